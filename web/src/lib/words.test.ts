// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { RefusedError, UnreachableError } from './api';
import { account, live } from './fixtures';
import { duration, makeFormat, safeAddress, timecode } from './format';
import { catalogueOf } from './i18n';
import type { Host } from './types';
import { ageOfAccount, captureWords, refusalOfHost, wordsForFailure } from './words';

const fr = catalogueOf('fr');
const french = makeFormat('fr', 'Europe/Paris');
const english = makeFormat('en', 'Europe/Paris');
const now = Date.parse('2026-11-22T12:00:12Z');
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

describe('times and numbers', () => {
  test('durations grow coarser', () => {
    const said = [0, 41.9, 59, 60, 3599, 3600, 4320, 86_400, 200_000, -5].map((seconds) => plain(duration(seconds)));
    expect(said).toEqual(['0 s', '41 s', '59 s', '1 min', '59 min', '1 h 00', '1 h 12', '24 h 00', '2 j', '0 s']);
    expect(plain(english.duration(200_000))).toBe('2 d');
  });

  test('time-codes have hours, minutes and seconds', () => {
    expect(timecode(4091.9)).toBe('01:08:11');
    expect(timecode(0)).toBe('00:00:00');
    expect(timecode(360_000)).toBe('100:00:00');
  });

  test('clocks have 24 hours in both languages', () => {
    expect(french.clock(now)).toBe('13:00:12');
    expect(english.clock(now)).toBe('13:00:12');
    expect(french.clock(Date.parse('2026-11-22T23:05:09Z'))).toBe('00:05:09');
  });

  test('ages never come from the future', () => {
    expect(plain(french.ago(now + 5000, now))).toBe('il y a 0 s');
    expect(plain(english.ago(now - 12_000, now))).toBe('12 s ago');
  });

  test('large numbers are short', () => {
    expect(plain(french.compact(3412))).toBe('3,4 k');
    expect(plain(french.number(3412))).toBe('3 412');
    expect(plain(french.seconds(4.12))).toBe('4,1 s');
    expect(plain(french.seconds(14.4))).toBe('14 s');
  });

  test('only addresses of the web are followed', () => {
    expect(safeAddress('https://www.tiktok.com/@x')).toBe('https://www.tiktok.com/@x');
    for (const bad of ['javascript:alert(1)', 'data:text/html,x', '', '@x', '//x']) {
      expect(safeAddress(bad), bad).toBeNull();
    }
  });
});

describe('a host that refuses us', () => {
  const host: Host = { host: 'www.tiktok.com', allowed_per_s: 0.5, used_per_s: 0, queue: 0, paused_until: null, reason: '', since: null };
  const refusing: Host = { ...host, reason: 'waf', since: new Date(now - 60_000).toISOString(), paused_until: new Date(now + 180_000).toISOString() };

  test('is said with since when, why and until when', () => {
    const since = french.clock(now - 60_000);
    expect(plain(refusalOfHost(fr, french, refusing, now))).toBe(plain(`bloqué par TikTok depuis ${since} · TikTok filtre nos demandes · nouvel essai dans 3 min`));
    expect(plain(refusalOfHost(fr, french, { ...refusing, paused_until: null, reason: 'http_418' }, now))).toContain('418');
  });

  test('is silent while it answers', () => {
    expect(refusalOfHost(fr, french, host, now)).toBe('');
  });
});

describe('the status of an account', () => {
  const said = (change: Parameters<typeof account>[0]): string => plain(ageOfAccount(fr, french, account(change), now));

  test('says how old it is', () => {
    expect(said({})).toBe('vérifié il y a 12 s');
  });

  test('says why it is no newer', () => {
    expect(said({ status_reason: 'captcha' })).toBe('vérifié il y a 12 s · TikTok demande une vérification humaine');
    expect(said({ status_reason: 'http_502' })).toBe('vérifié il y a 12 s · TikTok a répondu par l’erreur 502');
    expect(said({ status_reason: 'code_77' })).toBe('vérifié il y a 12 s · raison « code_77 »');
  });

  test('unknown says that it was never confirmed, and why', () => {
    expect(said({ status: 'unknown', status_at: null, status_reason: 'timeout' })).toBe('jamais confirmé · TikTok n’a pas répondu à temps');
    expect(said({ status: 'unknown', status_at: null, status_reason: 'never_checked' })).toBe('vérification…');
  });

  test('unknown and offline are different words', () => {
    expect(fr.account.status.unknown).toBe('Inconnu');
    expect(fr.account.status.unknown).not.toBe(fr.account.status.offline);
  });
});

describe('the health of a capture', () => {
  const at = (seconds: number): number => Date.parse('2026-11-22T12:00:00Z') + seconds * 1000;
  const said = (capture: Partial<ReturnType<typeof live>['capture']>, since?: number, heardTo?: number, seconds = 100) => {
    const whole = { state: 'running', reason: null, lag_s: null, gaps: 0, ...capture } as const;
    const words = captureWords(fr, french, live({ capture: whole }), since, heardTo, at(seconds));
    return { ...words, text: plain(words.text) };
  };

  test('running is good while words come, and tells of silence', () => {
    expect(said({}, undefined, 90)).toEqual({ text: 'Capture en cours', health: 'good' });
    expect(said({}, undefined, 59)).toEqual({ text: 'Capture en cours · Aucune parole depuis 41 s', health: 'quiet' });
    expect(said({})).toEqual({ text: 'Capture en cours', health: 'good' });
  });

  test('down says since when and why', () => {
    expect(said({ state: 'stalled', reason: 'stall' }, at(59))).toEqual({ text: 'Capture en panne depuis 41 s — le son n’arrive plus', health: 'bad' });
    expect(said({ state: 'stalled', reason: 'odd' }).text).toBe('Capture en panne — raison « odd »');
  });

  test('restricted says that there will be no words', () => {
    expect(said({ state: 'restricted', reason: 'age_restricted' }).text).toBe('Direct restreint : pas de transcription — réservé aux adultes');
  });

  test('stopped names a person, not a fault', () => {
    expect(said({ state: 'stopped', reason: 'person' })).toEqual({ text: 'Capture arrêtée — arrêtée par une personne', health: 'off' });
  });
});

describe('failures', () => {
  test('have words and the number to ask about', () => {
    expect(wordsForFailure(fr, new RefusedError(403, 'x', 'r1'))).toEqual({ text: fr.errors.notAllowed, code: 'r1' });
    expect(wordsForFailure(fr, new UnreachableError('x')).text).toBe(fr.errors.unreachable);
    expect(wordsForFailure(fr, new RefusedError(404, '', '')).text).toBe(fr.errors.missing);
  });
});
