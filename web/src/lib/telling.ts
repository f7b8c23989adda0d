// SPDX-License-Identifier: Apache-2.0
// How a person wants to be told, and when not: the calls, and what may be sent.
import type { Api } from './api';
import type { Notification, Page } from './types';

export const paces = ['immediate', 'hourly', 'daily', 'off'] as const;
export type Pace = (typeof paces)[number];

export interface Stretch {
  weekday: number; // 1: Monday … 7: Sunday, that of from
  from: string; // 22:00
  to: string; // past midnight when not after from
}

export interface Preference {
  mail: Pace;
  time_zone: string;
  quiet_hours: Stretch[];
  critical_passes: boolean;
}

export const lengths = ['15m', '1h', 'live', 'tomorrow'] as const;
export type Length = (typeof lengths)[number];

export interface Silence {
  id: string;
  account_id: string | null;
  live_id: string | null;
  until_live_ends: boolean;
  created_at: string;
  ends_at: string;
}

export interface TestOutcome {
  delivered: boolean;
  answer: string;
}

export const mostStretches = 21; // the server's

export const getPreference = (api: Api): Promise<Preference> => api.read('/me/notifications');
export const editPreference = (api: Api, change: Partial<Preference>): Promise<Preference> => api.write('PATCH', '/me/notifications', change);
export const sendTestMail = (api: Api): Promise<TestOutcome> => api.write('POST', '/me/notifications/test');
export const getSilences = async (api: Api): Promise<Silence[]> => (await api.read<Page<Silence>>('/silences')).items;
export const silence = (api: Api, what: { account_id?: string; live_id?: string; length: Length }): Promise<Silence> => api.write('POST', '/silences', what);
export const endSilence = (api: Api, id: string): Promise<void> => api.write('DELETE', `/silences/${encodeURIComponent(id)}`);
export const olderNotifications = (api: Api, cursor: string): Promise<Page<Notification>> =>
  api.read(`/notifications?limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);

export const byWeekday = (stretches: readonly Stretch[]): Stretch[] =>
  [...stretches].sort((a, b) => a.weekday - b.weekday || (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));

const hour = /^([01]\d|2[0-3]):[0-5]\d$/;

export type HoursProblem = 'badHour' | 'tooMany' | 'twice';

// What is wrong, and with which stretch.
export function problemOfHours(stretches: readonly Stretch[]): { problem: HoursProblem; index: number } | null {
  if (stretches.length > mostStretches) {
    return { problem: 'tooMany', index: mostStretches };
  }
  const seen = new Set<string>();
  for (const [index, one] of stretches.entries()) {
    if (!hour.test(one.from) || !hour.test(one.to)) {
      return { problem: 'badHour', index };
    }
    const key = JSON.stringify([one.weekday, one.from, one.to]);
    if (seen.has(key)) {
      return { problem: 'twice', index };
    }
    seen.add(key);
  }
  return null;
}

const week = [1, 2, 3, 4, 5, 6, 7];
export const everyNight = (): Stretch[] => week.map((weekday) => ({ weekday, from: '22:00', to: '07:00' }));
export const weekends = (): Stretch[] => [6, 7].map((weekday) => ({ weekday, from: '00:00', to: '00:00' }));

// Those that this browser knows, the person's own among them whatever it knows.
export function zonesWith(own: string): string[] {
  const known = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];
  return [...new Set([...known, 'UTC', own])].filter((zone) => zone !== '').sort();
}
