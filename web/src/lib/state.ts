// SPDX-License-Identifier: Apache-2.0
// Everything the page knows, as one immutable value, and the pure functions that change it. Events may
// come twice, late or in any order, and REST answers in between: the result is the same.
import type {
  Account, Alert, Assessment, Live, Notification, Segment, TranscriptItem, VigieEvent,
} from './types';

type Table<T> = ReadonlyMap<string, T>;

export interface State {
  accounts: Table<Account>;
  mine: ReadonlySet<string>; // the accounts this person follows
  lives: Table<Live>;
  captureSince: Table<number>; // ms: when the state of a capture last changed before our eyes
  lastWords: Table<Segment>; // of each live
  delays: Table<number>; // seconds from speech to settled text, of each live's newest segment
  assessments: Table<readonly Assessment[]>; // of each live, by start
  alerts: Table<Alert>;
  notifications: Table<Notification>;
  opened: string | null; // the live whose page is open; only its words are kept whole
  transcript: readonly TranscriptItem[]; // its words and holes, by start
  versions: Table<number>; // the event that last wrote an account, live or alert
  lastEvent: number;
}

export const emptyState: State = {
  accounts: new Map(),
  mine: new Set(),
  lives: new Map(),
  captureSince: new Map(),
  lastWords: new Map(),
  delays: new Map(),
  assessments: new Map(),
  alerts: new Map(),
  notifications: new Map(),
  opened: null,
  transcript: [],
  versions: new Map(),
  lastEvent: 0,
};

const stripSpan = 3600; // seconds of assessments kept for lives that are not open

function put<T>(table: Table<T>, key: string, value: T): Table<T> {
  return new Map(table).set(key, value);
}

const byStart = (a: { start: number; id: string }, b: { start: number; id: string }): number =>
  a.start - b.start || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

// The list with item in its place, once.
export function inserted<T extends { id: string; start: number }>(list: readonly T[], item: T): readonly T[] {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byStart(list[middle] as T, item) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const isThere = list[low]?.id === item.id;
  return [...list.slice(0, low), item, ...list.slice(isThere ? low + 1 : low)];
}

export function merged<T extends { id: string; start: number }>(list: readonly T[], more: readonly T[]): readonly T[] {
  const byId = new Map<string, T>();
  for (const item of [...list, ...more]) {
    byId.set(item.id, item);
  }
  return [...byId.values()].sort(byStart);
}

function withTranscriptItem(state: State, item: TranscriptItem, at: string): State {
  const isOpened = item.live_id === state.opened;
  let next: State = isOpened ? { ...state, transcript: inserted(state.transcript, item) } : state;
  if ('gap' in item) {
    return next;
  }
  const newest = state.lastWords.get(item.live_id);
  if (newest === undefined || byStart(newest, item) < 0) {
    next = { ...next, lastWords: put(next.lastWords, item.live_id, item) };
    const live = state.lives.get(item.live_id);
    if (live !== undefined) {
      const delay = (Date.parse(at) - Date.parse(live.started_at)) / 1000 - item.end;
      next = { ...next, delays: put(next.delays, item.live_id, Math.max(0, delay)) };
    }
  }
  return next;
}

function withAssessment(state: State, assessment: Assessment): State {
  let list = inserted(state.assessments.get(assessment.live_id) ?? [], assessment);
  if (assessment.live_id !== state.opened) {
    const newest = list.at(-1)?.end ?? 0;
    list = list.filter((one) => one.end > newest - stripSpan);
  }
  return { ...state, assessments: put(state.assessments, assessment.live_id, list) };
}

function withLive(state: State, live: Live, at: string): State {
  const before = state.lives.get(live.id);
  let captureSince = state.captureSince;
  if (before?.capture.state !== live.capture.state) {
    captureSince = put(captureSince, live.id, Date.parse(at));
  }
  return { ...state, lives: put(state.lives, live.id, live), captureSince };
}

// Times of the server, all in one form.
const later = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b > a) ? b : a);

// An event of an account knows nothing of the viewer's own notes.
function withAccount(state: State, account: Account): State {
  const before = state.accounts.get(account.id);
  const own = {
    note: before?.note ?? '', tags: before?.tags ?? [], priority: before?.priority ?? 0, followed: before?.followed ?? false,
    checked_at: later(before?.checked_at ?? null, account.status_at), lists: before?.lists ?? [],
  };
  return { ...state, accounts: put(state.accounts, account.id, { ...account, ...own }) };
}

// Reading is never undone.
function withNotification(state: State, notification: Notification): State {
  const before = state.notifications.get(notification.id);
  const kept = before?.read === true ? before : notification;
  return { ...state, notifications: put(state.notifications, notification.id, kept) };
}

// The event, only where nothing newer was told of the same object.
function ifNewer(state: State, key: string, id: number, change: (state: State) => State): State {
  if ((state.versions.get(key) ?? -1) >= id) {
    return state;
  }
  return change({ ...state, versions: put(state.versions, key, id) });
}

function changed(state: State, event: VigieEvent): State {
  switch (event.type) {
    case 'account.status':
      return ifNewer(state, `account ${event.data.id}`, event.id, (next) => withAccount(next, event.data));
    case 'live.started':
    case 'live.updated':
    case 'live.ended':
      return ifNewer(state, `live ${event.data.id}`, event.id, (next) => withLive(next, event.data, event.at));
    case 'segment.final':
      return withTranscriptItem(state, event.data, event.at);
    case 'assessment':
      return withAssessment(state, event.data);
    case 'alert.opened':
    case 'alert.updated':
      return ifNewer(state, `alert ${event.data.id}`, event.id, (next) => ({
        ...next,
        alerts: put(next.alerts, event.data.id, event.data),
      }));
    case 'notification':
      return withNotification(state, event.data);
    default:
      return state;
  }
}

export function applied(state: State, event: VigieEvent): State {
  const next = changed(state, event);
  return event.id !== null && event.id > next.lastEvent ? { ...next, lastEvent: event.id } : next;
}

export interface Snapshot {
  accounts: readonly Account[];
  mine: readonly string[];
  lives: readonly Live[];
  alerts: readonly Alert[];
  notifications: readonly Notification[];
}

// REST's list, but for what events after asOf have told better.
function replaced<T extends { id: string }>(
  state: State,
  kind: string,
  table: Table<T>,
  items: readonly T[],
  asOf: number,
): Table<T> {
  const isTold = (id: string): boolean => (state.versions.get(`${kind} ${id}`) ?? -1) > asOf;
  const result = new Map<string, T>();
  for (const item of items) {
    result.set(item.id, (isTold(item.id) ? table.get(item.id) : undefined) ?? item);
  }
  for (const [id, item] of table) {
    if (isTold(id) && !result.has(id)) {
      result.set(id, item);
    }
  }
  return result;
}

// What REST answered after event asOf. What it no longer lists is gone.
export function loaded(state: State, snapshot: Snapshot, asOf: number): State {
  const lives = new Map(replaced(state, 'live', state.lives, snapshot.lives, asOf));
  const opened = state.opened === null ? undefined : state.lives.get(state.opened);
  if (opened !== undefined && !lives.has(opened.id)) {
    lives.set(opened.id, opened);
  }
  const notifications = new Map(state.notifications);
  for (const notification of snapshot.notifications) {
    notifications.set(notification.id, notification);
  }
  return {
    ...withAccounts(state, snapshot.accounts, snapshot.mine, asOf),
    lives,
    alerts: replaced(state, 'alert', state.alerts, snapshot.alerts, asOf),
    notifications,
    lastEvent: Math.max(state.lastEvent, asOf),
  };
}

export function withAccounts(state: State, accounts: readonly Account[], mine: readonly string[], asOf: number): State {
  return { ...state, accounts: replaced(state, 'account', state.accounts, accounts, asOf), mine: new Set(mine) };
}

// What REST answered of one alert; events of it may have told more by then.
export function withAlert(state: State, alert: Alert, asOf: number): State {
  const isTold = (state.versions.get(`alert ${alert.id}`) ?? -1) > asOf;
  return isTold ? state : { ...state, alerts: put(state.alerts, alert.id, alert) };
}

// What REST answered of one account, to this person.
export function withOwnAccount(state: State, account: Account): State {
  const mine = new Set(state.mine);
  if (account.followed) {
    mine.add(account.id);
  }
  return { ...state, accounts: put(state.accounts, account.id, account), mine };
}

// It is followed by this person no more. Those who see every account keep it, without what was theirs.
export function withoutOwnAccount(state: State, id: string, isKept: boolean): State {
  const accounts = new Map(state.accounts);
  const mine = new Set(state.mine);
  const account = accounts.get(id);
  mine.delete(id);
  if (account !== undefined && isKept) {
    accounts.set(id, { ...account, note: '', tags: [], priority: 0, followed: false, lists: [] });
  } else {
    accounts.delete(id);
  }
  return { ...state, accounts, mine };
}

export function withTail(
  state: State,
  liveId: string,
  items: readonly TranscriptItem[],
  assessments: readonly Assessment[],
): State {
  const words = items.filter((item): item is Segment => !('gap' in item)).sort(byStart).at(-1);
  const known = state.lastWords.get(liveId);
  const isNewer = words !== undefined && (known === undefined || byStart(known, words) < 0);
  return {
    ...state,
    lastWords: isNewer ? put(state.lastWords, liveId, words) : state.lastWords,
    assessments: put(state.assessments, liveId, merged(state.assessments.get(liveId) ?? [], assessments)),
  };
}

// From here on the words of this live are kept whole.
export function opening(state: State, liveId: string | null): State {
  return state.opened === liveId ? state : { ...state, opened: liveId, transcript: [] };
}

export interface Detail {
  live: Live;
  transcript: readonly TranscriptItem[];
  assessments: readonly Assessment[];
}

export function withDetail(state: State, detail: Detail, asOf: number): State {
  const { live } = detail;
  if (state.opened !== live.id) {
    return state; // the person went elsewhere meanwhile
  }
  const isTold = (state.versions.get(`live ${live.id}`) ?? -1) > asOf;
  const next = withTail(state, live.id, detail.transcript, detail.assessments);
  return {
    ...next,
    lives: isTold ? next.lives : put(next.lives, live.id, live),
    transcript: merged(next.transcript, detail.transcript),
  };
}

// Older ones than the page began with; what is known of each stays.
export function withNotifications(state: State, items: readonly Notification[]): State {
  return items.reduce(withNotification, state);
}

export function markedRead(state: State, id: string | null, at: string): State {
  const notifications = new Map(state.notifications);
  for (const [key, one] of notifications) {
    if (!one.read && (id === null || key === id)) {
      notifications.set(key, { ...one, read: true, read_at: at });
    }
  }
  return { ...state, notifications };
}

export const livesOnAir = (state: State): Live[] => [...state.lives.values()].filter((live) => live.state !== 'ended');

export const livesEnded = (state: State): Live[] =>
  [...state.lives.values()]
    .filter((live) => live.state === 'ended')
    .sort((a, b) => Date.parse(b.ended_at ?? b.started_at) - Date.parse(a.ended_at ?? a.started_at));

const isOpen = (alert: Alert): boolean => alert.state !== 'decided';

export const openAlerts = (state: State): Alert[] => [...state.alerts.values()].filter(isOpen);

// Alertes ask for a decision; détections (faible) do not.
export const alertsToHandle = (state: State): Alert[] =>
  openAlerts(state).filter((alert) => alert.severity !== 'faible');

export const alertsOfLive = (state: State, liveId: string): Alert[] =>
  [...state.alerts.values()].filter((alert) => alert.live_id === liveId).sort((a, b) => b.at - a.at);

export const unread = (state: State): number =>
  [...state.notifications.values()].filter((notification) => !notification.read).length;

export const newestNotifications = (state: State): Notification[] =>
  [...state.notifications.values()].sort(
    (a, b) => Date.parse(b.created_at) - Date.parse(a.created_at) || (a.id < b.id ? 1 : -1),
  );
