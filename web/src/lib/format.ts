// SPDX-License-Identifier: Apache-2.0
// Numbers and times as people read them.
import type { LanguageCode } from './preferences';

const noBreak = '\u00a0';

export interface Format {
  number(value: number): string;
  percent(share: number): string; // 91 %
  compact(value: number): string; // 3,4 k
  seconds(value: number): string; // 4,1 s
  duration(seconds: number): string; // 41 s, 8 min, 1 h 12
  timecode(seconds: number): string; // 01:08:11
  clock(ms: number): string; // 14:02:11
  dateTime(ms: number): string;
  day(ms: number): string; // 20 février 2027
  dayOfMonth(ms: number): string; // 20 févr.
  shortDate(ms: number): string; // 22 nov. 2026
  ago(ms: number, now: number): string; // il y a 12 s
  list(items: readonly string[]): string;
}

const oneDay = 86_400; // seconds

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) {
    return `${whole}${noBreak}s`;
  }
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) {
    return `${minutes}${noBreak}min`;
  }
  const hours = Math.floor(minutes / 60);
  const rest = String(minutes % 60).padStart(2, '0');
  return hours < 48 ? `${hours}${noBreak}h${noBreak}${rest}` : `${Math.floor(hours / 24)}${noBreak}j`;
}

export function timecode(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

export function makeFormat(language: LanguageCode, timeZone?: string): Format {
  const zone = timeZone === undefined ? {} : { timeZone };
  const plain = new Intl.NumberFormat(language);
  const short = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
  const tenth = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const time = new Intl.DateTimeFormat(language, {
    hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', ...zone,
  });
  const date = new Intl.DateTimeFormat(language, {
    day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone,
  });
  const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  const wholeDay = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', year: 'numeric', ...zone });
  const shortDate = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric', ...zone });
  const shortDay = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', ...zone });
  const list = new Intl.ListFormat(language, { type: 'conjunction' });
  const inDays = language === 'fr' ? 'j' : 'd';
  const durationOf = (seconds: number): string => duration(seconds).replace(/j$/, inDays);
  return {
    number: (value) => plain.format(value),
    percent: (value) => share.format(value),
    compact: (value) => short.format(value),
    seconds: (value) => `${value < 10 ? tenth.format(value) : plain.format(Math.round(value))}${noBreak}s`,
    duration: durationOf,
    timecode,
    clock: (ms) => time.format(ms),
    dateTime: (ms) => date.format(ms),
    day: (ms) => wholeDay.format(ms),
    dayOfMonth: (ms) => shortDay.format(ms),
    shortDate: (ms) => shortDate.format(ms),
    ago: (ms, now) => {
      const seconds = (now - ms) / 1000;
      const text = seconds < oneDay ? durationOf(seconds) : `${Math.floor(seconds / oneDay)}${noBreak}${inDays}`;
      return language === 'fr' ? `il y a ${text}` : `${text} ago`;
    },
    list: (items) => list.format(items),
  };
}

// "3 s", "41 s", then whole minutes: spans that are still growing.
export const ageInSeconds = (iso: string, now: number): number => Math.max(0, (now - Date.parse(iso)) / 1000);

// Only addresses of the web are followed, whatever a row says.
export function safeAddress(url: string): string | null {
  try {
    const parsed = new URL(url);
    return parsed.protocol === 'https:' || parsed.protocol === 'http:' ? parsed.href : null;
  } catch {
    return null;
  }
}
