// SPDX-License-Identifier: Apache-2.0
// What Statistiques shows: its period is the page's address, its days have no holes.
import type { AlertKind, Cause, Severity, Verdict } from './types';

export interface Spread {
  p50: number | null;
  p95: number | null;
}

export interface Stats {
  from: string;
  to: string;
  lives: { count: number; hours: number; by_day: { day: string; count: number; hours: number }[] };
  alerts: { total: number; by_kind: Partial<Record<AlertKind, number>>; by_severity: Partial<Record<Severity, number>>; by_day: { day: string; count: number }[] };
  decisions: { total: number; by_verdict: Partial<Record<Verdict, number>>; false_alarm_causes: Partial<Record<Cause, number>> };
  delays: Partial<Record<'live_to_known_s' | 'words_s' | 'alert_to_claim_s' | 'alert_to_decision_s', Spread | null>>;
}

export const periods = ['7', '30', '90'] as const; // days
export type PeriodDays = (typeof periods)[number];

export const periodOf = (query: URLSearchParams): PeriodDays => periods.find((one) => one === query.get('periode')) ?? '7';

const day = 86_400_000; // ms

// Whole days, today among them.
export function callOf(period: PeriodDays, now: number): string {
  const end = Math.floor(now / day) * day + day;
  const query = new URLSearchParams({ from: new Date(end - Number(period) * day).toISOString(), to: new Date(end).toISOString() });
  return `/stats?${query}`;
}

export interface Bar {
  label: string; // a day, as YYYY-MM-DD
  value: number;
}

// Every day of the period, with nothing where nothing was counted.
export function daysOf(stats: Stats, rows: readonly { day: string }[], valueOf: (row: never) => number): Bar[] {
  const known = new Map(rows.map((row) => [row.day.slice(0, 10), valueOf(row as never)]));
  const bars: Bar[] = [];
  for (let at = Date.parse(stats.from); at < Date.parse(stats.to) && bars.length < 400; at += day) {
    const label = new Date(at).toISOString().slice(0, 10);
    bars.push({ label, value: known.get(label) ?? 0 });
  }
  return bars;
}

// A round number at or above the highest, for the top of the scale.
export function topOf(values: readonly number[]): number {
  const highest = Math.max(0, ...values);
  if (highest <= 0) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(highest));
  return ([1, 2, 5, 10].find((step) => step * power >= highest) ?? 10) * power;
}

// How a share of the whole reads; nothing of nothing has none.
export const shareOf = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
