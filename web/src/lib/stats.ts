// SPDX-License-Identifier: Apache-2.0
// What Statistiques shows: its period is the page's address.
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

// The first of the last days, today among them; which moments those are is the server's to say, by the person's zone.
export function firstDayOf(period: PeriodDays, today: Date): string {
  const first = new Date(today.getFullYear(), today.getMonth(), today.getDate() - Number(period) + 1);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${first.getFullYear()}-${two(first.getMonth() + 1)}-${two(first.getDate())}`;
}

export const callOf = (period: PeriodDays, today: Date): string => `/stats?from=${firstDayOf(period, today)}`;

export interface Bar {
  label: string; // a day, as YYYY-MM-DD
  value: number;
}

export const barsOf = <Row extends { day: string }>(rows: readonly Row[], valueOf: (row: Row) => number): Bar[] =>
  rows.map((row) => ({ label: row.day, value: valueOf(row) })).sort((a, b) => (a.label < b.label ? -1 : 1));

// A round number at or above the highest, for the top of the scale.
export function topOf(values: readonly number[]): number {
  const highest = Math.max(0, ...values);
  if (highest <= 0) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(highest));
  return ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= highest) ?? 10) * power;
}

// How a share of the whole reads; nothing of nothing has none.
export const shareOf = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
