// SPDX-License-Identifier: Apache-2.0
// What the audit log's page asks of the server; its filters are the page's address.
import type { Api } from './api';
import { adminPath } from './router';
import { firstDayOf, periods, type PeriodDays } from './stats';
import type { Page } from './types';

// Every kind of the server (src/audit/audit.hpp), in the order of the filter; e2e/audit.test.mjs compares them.
export const kindGroups = {
  sessions: ['session.opened', 'session.refused', 'session.confirmed', 'session.ended'],
  people: [
    'person.created', 'person.approved', 'person.enabled', 'person.disabled', 'person.role', 'person.forgotten', 'person.password', 'person.email',
    'second_factor.on', 'second_factor.off', 'token.created', 'token.revoked', 'preferences.changed',
  ],
  alerts: ['alert.decided', 'alert.undone'],
  accounts: ['account.unfollowed', 'account.rule', 'list.rule', 'list.removed'],
  lives: ['live.capture', 'live.exported', 'live.heard', 'hold.placed', 'hold.released', 'sound.deleted'],
  telling: ['webhook.created', 'webhook.changed', 'webhook.removed', 'silence.created', 'silence.removed'],
  server: ['configuration.changed', 'audit.exported'],
} as const;
export type AuditGroup = keyof typeof kindGroups;
export type AuditKind = (typeof kindGroups)[AuditGroup][number];
export const auditGroups = Object.keys(kindGroups) as AuditGroup[];
export const auditKinds: readonly AuditKind[] = Object.values(kindGroups).flat();

export const vias = ['session', 'token', 'visitor', 'command', 'vigie'] as const;
export type Via = (typeof vias)[number];

export type Detail = Readonly<Record<string, unknown>>;

export interface AuditLine {
  number: number;
  at: string;
  kind: string;
  via: Via;
  person_id: string | null;
  username: string | null; // null with an id: they are gone
  thing: string;
  thing_id: string;
  thing_username: string | null; // where the thing is a person
  request_id: string;
  detail: Detail;
  sha256: string;
}

export interface Filters {
  person: string; // who did it, or to whom it was done; each: empty for all
  kind: AuditKind | '';
  period: PeriodDays | '';
}

export const noFilters: Filters = { person: '', kind: '', period: '' };
const linesAtOnce = 50;

export const filtersOf = (query: URLSearchParams): Filters => ({
  person: query.get('personne') ?? '',
  kind: auditKinds.find((one) => one === query.get('nature')) ?? '',
  period: periods.find((one) => one === query.get('periode')) ?? '',
});

const put = (query: URLSearchParams, name: string, value: string): void => { if (value !== '') query.set(name, value); };

export function addressOfAudit(filters: Filters): string {
  const query = new URLSearchParams();
  put(query, 'personne', filters.person);
  put(query, 'nature', filters.kind);
  put(query, 'periode', filters.period);
  return query.size === 0 ? adminPath('journal') : `${adminPath('journal')}?${query}`;
}

export function callOfAudit(filters: Filters, today: Date, cursor: string): string {
  const query = new URLSearchParams({ limit: String(linesAtOnce) });
  put(query, 'person', filters.person);
  put(query, 'kind', filters.kind);
  put(query, 'from', filters.period === '' ? '' : firstDayOf(filters.period, today));
  put(query, 'cursor', cursor);
  return `/audit?${query}`;
}

export const getAudit = (api: Api, filters: Filters, today: Date, cursor: string): Promise<Page<AuditLine>> => api.read(callOfAudit(filters, today, cursor));

// The people that lines name, by id: whom an auditor, who may not list people, can filter by.
export function namedIn(lines: readonly AuditLine[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const line of lines) {
    if (line.person_id !== null && line.username !== null) names.set(line.person_id, line.username);
    if (line.thing === 'person' && line.thing_username !== null) names.set(line.thing_id, line.thing_username);
  }
  return names;
}
