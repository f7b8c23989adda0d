// SPDX-License-Identifier: Apache-2.0
// The queue of alerts as a person works through it: its tabs and order, the list that stays still, who
// holds what, and what was begun. Pure: time is given.
import type { Alert, AlertKind, Cause, Verdict } from './types';

export const tabs = ['a-traiter', 'prises', 'second-avis', 'traitees', 'detections'] as const;
export type Tab = (typeof tabs)[number];
export type Sort = 'probabilite' | 'recent';

export const kinds: readonly AlertKind[] = ['haine', 'incertain', 'injection'];
export const verdicts: readonly Verdict[] = ['confirmed', 'platform_rule', 'lawful', 'false_alarm', 'out_of_scope', 'second_opinion'];
export const causes: readonly Cause[] = ['transcription', 'analysis', 'quotation', 'irony', 'other'];

const renewBefore = 480_000; // ms left of the server's 600,000 when an active person's claim is renewed
const activeFor = 60_000; // ms after the last touch
const undoFor = 10_000; // ms, the server's
export const longestNote = 2000; // bytes, the server's

export interface View {
  tab: Tab;
  kind: AlertKind | '';
  sort: Sort;
  opened: string | null;
}

// Decisions are looked up by date, what waits by how probable hate is.
export const sortByDefault = (tab: Tab): Sort => (tab === 'traitees' ? 'recent' : 'probabilite');

export function viewOf(query: URLSearchParams): View {
  const tab = tabs.find((one) => one === query.get('etat')) ?? 'a-traiter';
  const wished = query.get('tri');
  return {
    tab,
    kind: kinds.find((one) => one === query.get('genre')) ?? '',
    sort: wished === 'recent' || wished === 'probabilite' ? wished : sortByDefault(tab),
    opened: query.get('alerte'),
  };
}

export function addressOf(view: View): string {
  const query = new URLSearchParams();
  if (view.tab !== 'a-traiter') query.set('etat', view.tab);
  if (view.kind !== '') query.set('genre', view.kind);
  if (view.sort !== sortByDefault(view.tab)) query.set('tri', view.sort);
  if (view.opened !== null) query.set('alerte', view.opened);
  const text = query.toString();
  return text === '' ? '/alertes' : `/alertes?${text}`;
}

export interface Holder {
  name: string;
  left: number; // ms
}

// Nobody holds what is decided, and a claim that is over is none.
export function holderOf(alert: Alert, now: number): Holder | null {
  if (alert.state !== 'claimed' || alert.claimed_by === null || alert.claimed_until === null) {
    return null;
  }
  const left = Date.parse(alert.claimed_until) - now;
  return left > 0 ? { name: alert.claimed_by, left } : null;
}

export function isInTab(alert: Alert, tab: Tab, me: string, now: number): boolean {
  if (tab === 'traitees') {
    return alert.state === 'decided';
  }
  if (alert.state === 'decided' || (alert.severity === 'faible') !== (tab === 'detections')) {
    return tab === 'prises' && alert.state !== 'decided' && holderOf(alert, now)?.name === me;
  }
  const isMine = holderOf(alert, now)?.name === me;
  const wantsSecond = alert.decision?.verdict === 'second_opinion';
  switch (tab) {
    case 'prises':
      return isMine;
    case 'second-avis':
      return wantsSecond && !isMine;
    case 'a-traiter':
      return !wantsSecond && !isMine;
    default:
      return true;
  }
}

const newest = (a: Alert, b: Alert): number =>
  Date.parse(b.opened_at) - Date.parse(a.opened_at) || (a.id < b.id ? 1 : -1);

export function ordered(alerts: readonly Alert[], sort: Sort): string[] {
  const compare = sort === 'recent' ? newest : (a: Alert, b: Alert): number => b.score - a.score || newest(a, b);
  return [...alerts].sort(compare).map((alert) => alert.id);
}

// How many came since the list was taken.
export const freshIn = (order: readonly string[], wanted: readonly Alert[]): number => {
  const known = new Set(order);
  return wanted.filter((alert) => !known.has(alert.id)).length;
};

// The next one that still waits, in the order that is shown: after the current one, else from the top.
export function nextWaiting(order: readonly string[], current: string, isWaiting: (id: string) => boolean): string | null {
  const at = order.indexOf(current);
  return [...order.slice(at + 1), ...order.slice(0, Math.max(at, 0))].find((id) => id !== current && isWaiting(id)) ?? null;
}

export function neighbour(order: readonly string[], current: string | null, step: 1 | -1): string | null {
  const at = current === null ? -1 : order.indexOf(current);
  if (at < 0) {
    return order[0] ?? null;
  }
  return order[at + step] ?? null;
}

// An active person's claim is renewed well before it ends; an absent person's ends.
export function needsRenewal(alert: Alert, me: string, touchedAt: number, now: number): boolean {
  const holder = holderOf(alert, now);
  return holder?.name === me && holder.left < renewBefore && now - touchedAt < activeFor;
}

export interface Draft {
  verdict: Verdict | null;
  cause: Cause | null;
  note: string;
}

export const emptyDraft: Draft = { verdict: null, cause: null, note: '' };

export const isEmpty = (draft: Draft): boolean => draft.verdict === null && draft.note.trim() === '';

export type DraftProblem = 'verdict' | 'cause' | 'note';

// The first field that keeps it from being a decision.
export function problemOf(draft: Draft): DraftProblem | null {
  if (draft.verdict === null) {
    return 'verdict';
  }
  if (draft.verdict === 'false_alarm' && draft.cause === null) {
    return 'cause';
  }
  return new TextEncoder().encode(draft.note.trim()).length > longestNote ? 'note' : null;
}

export function decisionOf(draft: Draft): { verdict: Verdict; cause?: Cause; note?: string } | null {
  if (draft.verdict === null || problemOf(draft) !== null) {
    return null;
  }
  const note = draft.note.trim();
  return {
    verdict: draft.verdict,
    ...(draft.verdict === 'false_alarm' && draft.cause !== null ? { cause: draft.cause } : {}),
    ...(note === '' ? {} : { note }),
  };
}

// A choice brings or drops its cause.
export const withVerdict = (draft: Draft, verdict: Verdict): Draft => ({
  ...draft, verdict, cause: verdict === 'false_alarm' ? draft.cause : null,
});
export const withCause = (draft: Draft, cause: Cause): Draft => ({ ...draft, verdict: 'false_alarm', cause });

const mostDrafts = 50;

export function readDrafts(text: string | null): ReadonlyMap<string, Draft> {
  try {
    const entries = JSON.parse(text ?? '[]') as [string, Partial<Draft>][];
    return new Map(entries.map(([id, draft]) => [id, {
      verdict: verdicts.find((one) => one === draft.verdict) ?? null,
      cause: causes.find((one) => one === draft.cause) ?? null,
      note: String(draft.note ?? ''),
    }]));
  } catch {
    return new Map();
  }
}

export function withDraft(drafts: ReadonlyMap<string, Draft>, id: string, draft: Draft): ReadonlyMap<string, Draft> {
  const others = [...drafts].filter(([key]) => key !== id);
  return new Map(isEmpty(draft) ? others : [...others, [id, draft] as const].slice(-mostDrafts));
}

export interface Undo {
  alertId: string;
  decisionId: string;
  username: string;
  verdict: Verdict;
  draft: Draft;
  until: number; // ms
}

export function undoOf(alert: Alert, draft: Draft, now: number): Undo | null {
  const { decision } = alert;
  return decision === null ? null : {
    alertId: alert.id, decisionId: decision.id, username: alert.username, verdict: decision.verdict, draft, until: now + undoFor,
  };
}

export const undoLeft = (undo: Undo | null, now: number): number => (undo === null ? 0 : Math.max(0, Math.ceil((undo.until - now) / 1000)));
