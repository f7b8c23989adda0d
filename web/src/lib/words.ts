// SPDX-License-Identifier: Apache-2.0
// Sentences made of several facts: how an account or a capture stands, and what a failure means.
import { RefusedError } from './api';
import type { Format } from './format';
import type { Catalogue } from './i18n';
import { levelOfSeverity } from './risk';
import type { Account, Host, Live, Notification } from './types';

// Codes that come with a confirmed status and add nothing to it.
const confirming = /^(status_[234]|exists|absent|embed)$/;

export function reasonOfAccount(t: Catalogue, account: Account): string {
  const code = account.status_reason;
  const isUnknown = account.status === 'unknown';
  if (code === '' || (confirming.test(code) && !isUnknown)) {
    return '';
  }
  return reasonOfCode(t, code);
}

function reasonOfCode(t: Catalogue, code: string): string {
  const known = t.statusReason[code];
  if (known !== undefined) {
    return known;
  }
  const http = /^http_(\d+)$/.exec(code);
  return http?.[1] === undefined ? t.unknownReason(code) : t.account.http(http[1]);
}

// "bloqué par TikTok depuis 14:02:11 · TikTok filtre nos demandes · nouvel essai dans 3 min"; empty
// while the host answers.
export function refusalOfHost(t: Catalogue, format: Format, host: Host, now: number): string {
  if (host.since === null) {
    return '';
  }
  const words = [t.wall.blockedSince(format.clock(Date.parse(host.since))), reasonOfCode(t, host.reason)];
  const left = host.paused_until === null ? 0 : (Date.parse(host.paused_until) - now) / 1000;
  if (left > 0) {
    words.push(t.link.retryIn(format.duration(left)));
  }
  return words.join(' · ');
}

// "vérifié il y a 12 s", and why it is no newer. Unknown is never called offline.
export function ageOfAccount(t: Catalogue, format: Format, account: Account, now: number): string {
  const reason = reasonOfAccount(t, account);
  const age =
    account.status_at === null
      ? t.account.neverConfirmed
      : t.account.checked(format.ago(Date.parse(account.status_at), now));
  if (account.status_reason === 'never_checked') {
    return reason;
  }
  return reason === '' ? age : `${age} · ${reason}`;
}

export function wordsOfNotification(t: Catalogue, one: Notification): string {
  if (one.severity !== null) {
    return t.bell.alert(one.username, (t.level[levelOfSeverity(one.severity)] ?? '').toLowerCase());
  }
  return one.kind === 'live.started' ? t.bell.liveStarted(one.username) : t.bell.other(one.username);
}

export interface Lag {
  text: string; // empty: nothing to say
  isLate: boolean;
}

// How far the words are behind the sound: the server's word for it; what this page measured where the
// server says nothing.
export function lagWords(t: Catalogue, format: Format, live: Live, measured: number | undefined): Lag {
  const words = live.words;
  if (words === undefined) {
    const isHeard = measured !== undefined && live.capture.state === 'running';
    return { text: isHeard ? t.live.delay(format.seconds(measured)) : '', isLate: false };
  }
  const delay = words.delay_s === null ? '' : format.seconds(words.delay_s);
  switch (words.state) {
    case 'late':
    case 'put_off':
    case 'catching_up':
      return { text: t.live.words[words.state](delay === '' ? '?' : delay), isLate: true };
    case 'on_time':
      return { text: delay === '' ? '' : t.live.delay(delay), isLate: false };
    default:
      return { text: '', isLate: false };
  }
}

export type Health = 'good' | 'quiet' | 'bad' | 'off';

export interface CaptureWords {
  text: string;
  health: Health;
}

const quietAfter = 30; // seconds without a word before it is said

// since: when the state last changed, where we saw it. heardTo: seconds, the end of the last settled words.
export function captureWords(
  t: Catalogue,
  format: Format,
  live: Live,
  since: number | undefined,
  heardTo: number | undefined,
  now: number,
): CaptureWords {
  const { state, reason } = live.capture;
  const because = (text: string): string => {
    const words = reason === null ? '' : (t.captureReason[reason] ?? t.statusReason[reason] ?? t.unknownReason(reason));
    return words === '' ? text : t.capture.because(text, words);
  };
  const aged = (text: string): string =>
    since === undefined ? text : t.capture.since(text, format.duration((now - since) / 1000));
  switch (state) {
    case 'running': {
      if (live.state === 'paused') {
        return { text: t.capture.paused, health: 'quiet' };
      }
      const silence = (now - Date.parse(live.started_at)) / 1000 - (heardTo ?? Infinity);
      if (silence >= quietAfter) {
        return { text: `${t.capture.running} · ${t.capture.noSpeech(format.duration(silence))}`, health: 'quiet' };
      }
      return { text: t.capture.running, health: 'good' };
    }
    case 'stalled':
      return { text: because(aged(t.capture.stalled)), health: 'bad' };
    case 'failed':
      return { text: because(t.capture.failed), health: 'bad' };
    case 'stopped':
      return { text: because(t.capture.stopped), health: 'off' };
    case 'restricted':
      return { text: because(t.capture.restricted), health: 'off' };
    case 'done':
      return { text: t.capture.done, health: 'off' };
    default:
      return { text: t.capture.none, health: 'quiet' };
  }
}

export function wordsForFailure(t: Catalogue, error: unknown): { text: string; code: string } {
  if (!(error instanceof RefusedError)) {
    return { text: t.errors.unreachable, code: '' };
  }
  const text =
    error.proof !== null ? t.proof.needed
    : error.status === 403 ? t.errors.notAllowed
    : error.status === 404 ? t.errors.missing
    : error.status === 429 ? t.errors.busy
    : error.status >= 500 ? t.errors.unreachable
    : t.errors.refused;
  return { text, code: error.requestId };
}
