// SPDX-License-Identifier: Apache-2.0
// What administrators do: people, webhooks, messages that could not be delivered. The calls.
import type { Api } from './api';
import type { Page, Part, Role, Severity } from './types';
import type { TestOutcome } from './telling';

export const roles: readonly Role[] = ['user', 'moderator', 'admin', 'auditor'];
export const personStates = ['pending', 'active', 'disabled'] as const;
export type PersonState = (typeof personStates)[number];

export interface AdminPerson {
  id: string;
  username: string;
  email: string | null;
  role: Role;
  state: PersonState;
  created_at: string;
  last_seen_at: string | null;
  totp: boolean;
}

export const webhookForms = ['vigie', 'slack', 'mattermost', 'teams'] as const;
export type WebhookForm = (typeof webhookForms)[number];
export const webhookSeverities: readonly Severity[] = ['critique', 'eleve', 'modere'];

export interface Webhook {
  id: string;
  name: string;
  url: string;
  form: WebhookForm;
  severity: Severity;
  language: string;
  created_at: string;
  enabled: boolean;
  disabled_at: string | null;
  disabled_reason: string;
  failures: number;
  last_error: string;
  secret?: string; // only in the answer that makes it
}

export type WebhookChange = Partial<Pick<Webhook, 'name' | 'url' | 'form' | 'severity' | 'language' | 'enabled'>>;

export interface Message {
  id: string;
  channel: 'mail' | 'webhook';
  destination: string;
  state: 'waiting' | 'sent' | 'dead';
  created_at: string;
  due_at: string;
  attempts: number;
  ended_at: string | null;
  last_error: string;
}

const id = (one: { id: string }): string => encodeURIComponent(one.id);

export async function getPeople(api: Api, state: PersonState | ''): Promise<AdminPerson[]> {
  const people: AdminPerson[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = new URLSearchParams({ limit: '1000', ...(state === '' ? {} : { state }), ...(cursor === '' ? {} : { cursor }) });
    const page: Page<AdminPerson> = await api.read(`/users?${query}`);
    people.push(...page.items);
    cursor = page.next_cursor;
  }
  return people;
}
export const editPerson = (api: Api, one: AdminPerson, change: { role?: Role; state?: PersonState }): Promise<AdminPerson> => api.write('PATCH', `/users/${id(one)}`, change);
export const signOutEverywhere = (api: Api, one: AdminPerson): Promise<unknown> => api.write('DELETE', `/users/${id(one)}/sessions`);

export const getWebhooks = async (api: Api): Promise<Webhook[]> => (await api.read<Page<Webhook>>('/webhooks')).items;
export const makeWebhook = (api: Api, wanted: WebhookChange): Promise<Webhook> => api.write('POST', '/webhooks', wanted);
export const editWebhook = (api: Api, one: Webhook, change: WebhookChange): Promise<Webhook> => api.write('PATCH', `/webhooks/${id(one)}`, change);
export const removeWebhook = (api: Api, one: Webhook): Promise<unknown> => api.write('DELETE', `/webhooks/${id(one)}`);
export const testWebhook = (api: Api, one: Webhook): Promise<TestOutcome> => api.write('POST', `/webhooks/${id(one)}/test`);
export const getOutbox = (api: Api, state: Message['state'], cursor: string): Promise<Page<Message>> =>
  api.read(`/outbox?state=${state}&limit=50${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
export const retryMessage = (api: Api, one: Message): Promise<Message> => api.write('POST', `/outbox/${id(one)}/retry`);

// The general threshold, as the part "alerts" tells it.
export function thresholdIn(parts: readonly Part[]): number | undefined {
  const words = /RISK_THRESHOLD=(\d+(?:\.\d+)?)/.exec(parts.find((part) => part.name === 'alerts')?.words ?? '');
  return words?.[1] === undefined ? undefined : Number(words[1]);
}

// Those who wait first, then by name.
export const inOrder = (people: readonly AdminPerson[]): AdminPerson[] =>
  [...people].sort((a, b) => Number(b.state === 'pending') - Number(a.state === 'pending') || (a.username < b.username ? -1 : 1));

// An address that may be called; the server looks again, at its name and at what that leads to.
export function isWebAddress(text: string): boolean {
  try {
    return ['https:', 'http:'].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}
