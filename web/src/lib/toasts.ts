// SPDX-License-Identifier: Apache-2.0
// Which alerts may interrupt, and for how long: at most three toasts, one per live per five minutes, then
// a count. Pure: time is given.
import { levelOfSeverity } from './risk';
import type { Alert, Notification } from './types';

export interface Toast {
  alert: Alert; // the gravest since it came up
  more: number; // further alerts of this live
  until: number | null; // ms; nothing: until it is closed
}

export interface Toasts {
  shown: readonly Toast[];
  quiet: ReadonlyMap<string, { until: number; level: number }>; // by live
  allowed: ReadonlySet<string>; // alerts of which the server said that they may interrupt this person
}

export const noToasts: Toasts = { shown: [], quiet: new Map(), allowed: new Set() };

const most = 3;
const visible = 10_000; // ms
const quietSpan = 300_000; // ms

function untilOf(alert: Alert, now: number): number | null {
  return alert.severity === 'critique' ? null : now + visible;
}

function withRoom(shown: readonly Toast[]): readonly Toast[] {
  if (shown.length < most) {
    return shown;
  }
  const passing = shown.findIndex((toast) => toast.until !== null);
  return shown.toSpliced(passing < 0 ? 0 : passing, 1);
}

export function offered(toasts: Toasts, alert: Alert, now: number): Toasts {
  const level = levelOfSeverity(alert.severity);
  if (level < 2 || alert.state === 'decided') {
    return toasts;
  }
  const quiet = toasts.quiet.get(alert.live_id);
  const isGraver = quiet === undefined || quiet.until <= now || level > quiet.level;
  const up = toasts.shown.find((toast) => toast.alert.live_id === alert.live_id);
  if (up !== undefined) {
    if (up.alert.id === alert.id && !isGraver) {
      return toasts;
    }
    const more = up.more + (up.alert.id === alert.id ? 0 : 1);
    const next: Toast = isGraver ? { alert, more, until: untilOf(alert, now) } : { ...up, more };
    return { ...remember(toasts, alert, level, now), shown: toasts.shown.map((toast) => (toast === up ? next : toast)) };
  }
  if (!isGraver) {
    return toasts;
  }
  const shown = [...withRoom(toasts.shown), { alert, more: 0, until: untilOf(alert, now) }];
  return { ...remember(toasts, alert, level, now), shown };
}

// What the server told this person of an alert: silences and quiet hours are its business. Its alert
// may be told before or after.
export function mayInterrupt(toasts: Toasts, notification: Notification, alert: Alert | undefined, now: number): Toasts {
  if (notification.alert_id === null || notification.read) {
    return toasts;
  }
  const allowed = new Set(toasts.allowed);
  if (notification.interrupts === false) {
    allowed.delete(notification.alert_id);
    return { ...toasts, allowed };
  }
  const next = { ...toasts, allowed: allowed.add(notification.alert_id) };
  return alert === undefined ? next : offered(next, alert, now);
}

// What came of an alert: only more or graver words may interrupt, not what colleagues do with it; and
// an alert in somebody's hands calls nobody any more.
export function told(toasts: Toasts, before: Alert | undefined, alert: Alert, now: number): Toasts {
  if (alert.state !== 'open') {
    const up = toasts.shown.find((toast) => toast.alert.id === alert.id && toast.more === 0);
    return up === undefined ? toasts : dismissed(toasts, alert.live_id);
  }
  if (!toasts.allowed.has(alert.id)) {
    return toasts;
  }
  const isMore = before === undefined || alert.count > before.count || levelOfSeverity(alert.severity) > levelOfSeverity(before.severity);
  return isMore ? offered(toasts, alert, now) : toasts;
}

function remember(toasts: Toasts, alert: Alert, level: number, now: number): Toasts {
  const before = toasts.quiet.get(alert.live_id);
  const stillQuiet = before !== undefined && before.until > now;
  const entry = stillQuiet
    ? { until: before.until, level: Math.max(before.level, level) }
    : { until: now + quietSpan, level };
  return { ...toasts, quiet: new Map(toasts.quiet).set(alert.live_id, entry) };
}

export function dismissed(toasts: Toasts, liveId: string): Toasts {
  return { ...toasts, shown: toasts.shown.filter((toast) => toast.alert.live_id !== liveId) };
}

// While a hand or the focus is on a toast, none of them goes.
export function expired(toasts: Toasts, now: number, isHeld: boolean): Toasts {
  if (isHeld) {
    const prolonged = toasts.shown.map((toast) =>
      toast.until === null ? toast : { ...toast, until: Math.max(toast.until, now + visible / 2) },
    );
    return { ...toasts, shown: prolonged };
  }
  const shown = toasts.shown.filter((toast) => toast.until === null || toast.until > now);
  return shown.length === toasts.shown.length ? toasts : { ...toasts, shown };
}
