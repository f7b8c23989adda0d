// SPDX-License-Identifier: Apache-2.0
// A person's own account: the calls.
import type { Api } from './api';
import type { Page, Role } from './types';

export interface Me {
  id: string;
  username: string;
  email: string | null;
  pending_email: string | null;
  role: Role;
  language: 'fr' | 'en';
  time_zone: string;
  created_at: string;
  totp: boolean;
  totp_required: boolean;
}

export interface OwnSession {
  id: string;
  created_at: string;
  last_used_at: string;
  agent: string;
  address: string;
  current: boolean;
}

export interface Token {
  id: string;
  name: string;
  scope: 'read' | 'write';
  created_at: string;
  last_used_at: string | null;
  expires_at: string | null;
  token?: string; // only in the answer that makes it
}

export const getMe = (api: Api): Promise<Me> => api.read('/me');
export const changeEmail = (api: Api, email: string, password: string): Promise<unknown> => api.write('PUT', '/me/email', { email, password });
export const changePassword = (api: Api, current: string, password: string): Promise<unknown> => api.write('PUT', '/me/password', { current, password });
export const getSessions = async (api: Api): Promise<OwnSession[]> => (await api.read<Page<OwnSession>>('/me/sessions')).items;
export const endSession = (api: Api, id: string): Promise<unknown> => api.write('DELETE', `/me/sessions/${encodeURIComponent(id)}`);
export const endOtherSessions = (api: Api): Promise<unknown> => api.write('DELETE', '/me/sessions');
export const getTokens = async (api: Api): Promise<Token[]> => (await api.read<Page<Token>>('/me/tokens')).items;
export const makeToken = (api: Api, name: string, scope: string, days: number | null): Promise<Token> =>
  api.write('POST', '/me/tokens', { name, scope, ...(days === null ? {} : { expires_days: days }) });
export const endToken = (api: Api, id: string): Promise<unknown> => api.write('DELETE', `/me/tokens/${encodeURIComponent(id)}`);
export const beginTotp = (api: Api, password: string): Promise<{ secret: string; uri: string }> => api.write('POST', '/me/totp', { password });
export const confirmTotp = (api: Api, code: string): Promise<{ recovery_codes: string[] }> => api.write('PUT', '/me/totp', { code });
export const endTotp = (api: Api, password: string, code: string): Promise<unknown> => api.write('DELETE', '/me/totp', { password, code });

export const shortestPassword = 12; // characters, the server's default

// "Firefox · Linux": enough to tell one's own machines apart; else what the browser said of itself, cut.
export function agentName(agent: string): string {
  const browser = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chromium'], ['Safari/', 'Safari']].find(([sign = '']) => agent.includes(sign))?.[1];
  const system = [['Android', 'Android'], ['iPhone', 'iOS'], ['iPad', 'iPadOS'], ['Windows', 'Windows'], ['Mac OS', 'macOS'], ['Linux', 'Linux']].find(([sign = '']) => agent.includes(sign))?.[1];
  return browser === undefined && system === undefined ? agent.slice(0, 60) : [browser, system].filter((one) => one !== undefined).join(' · ');
}

// In fours, to be typed by hand.
export const inFours = (secret: string): string => secret.replace(/\s+/g, '').replace(/(.{4})(?=.)/g, '$1 ');
