// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { inOrder, isWebAddress, thresholdIn, type AdminPerson } from './admin';
import { Api, RefusedError } from './api';
import { parseEvent } from './events';
import { live, notification } from './fixtures';
import { makeFormat } from './format';
import { catalogueOf } from './i18n';
import { agentName, inFours } from './me';
import { pageOf, parseRoute } from './router';
import { numberIn } from './rule';
import { addressOfSearch, callOf, problemOf, searchOf } from './search';
import { applied, emptyState, withNotifications } from './state';
import { barsOf, callOf as callOfStats, periodOf, shareOf, topOf } from './stats';
import { byWeekday, everyNight, problemOfHours, weekends, zonesWith } from './telling';
import type { Part } from './types';
import { lagWords, wordsOfNotification } from './words';

const t = catalogueOf('fr');
const format = makeFormat('fr', 'UTC');

describe('addresses', () => {
  test('lead to the pages that are loaded when opened', () => {
    const views = ['/recherche?q=a', '/statistiques', '/notifications?vue=reglages', '/profil', '/admin', '/admin/canaux', '/admin/journal'].map((path) => pageOf(parseRoute(path)));
    expect(views).toEqual(['search', 'stats', 'notifications', 'profile', 'admin/personnes', 'admin/canaux', 'admin/journal']);
  });

  test('that lead nowhere say so', () => {
    for (const path of ['/admin/rien', '/admin/personnes/2', '/recherche/2', '/constructor', '/__proto__']) {
      expect(parseRoute(path).view, path).toBe('missing');
    }
  });
});

describe('a search', () => {
  test('is its address, and back', () => {
    const search = { words: 'prix & marché', account: 'a1', from: '2026-11-01', to: '2026-11-20' };
    expect(searchOf(new URL(addressOfSearch(search), 'http://x').searchParams)).toEqual(search);
    expect(addressOfSearch({ words: '', account: '', from: '', to: '' })).toBe('/recherche');
  });

  test('leaves out days that are none', () => {
    expect(searchOf(new URLSearchParams('du=hier&au=2026-13-45'))).toMatchObject({ from: '', to: '' });
  });

  test('asks for whole days, and for nothing that was not chosen', () => {
    expect(callOf({ words: 'a', account: '', from: '2026-11-01', to: '' }, 'c1')).toBe('/search?q=a&from=2026-11-01&cursor=c1');
  });

  test('says what is wrong with it', () => {
    const search = { words: 'a', account: '', from: '', to: '' };
    expect(problemOf(search)).toBeNull();
    expect(problemOf({ ...search, words: 'a'.repeat(501) })).toBe('tooLong');
    expect(problemOf({ ...search, from: '2026-11-02', to: '2026-11-01' })).toBe('badPeriod');
  });
});

describe('statistics', () => {
  test('have their days in order', () => {
    expect(barsOf([{ day: '2026-11-02', count: 3 }, { day: '2026-11-01', count: 0 }], (row) => row.count)).toEqual([{ label: '2026-11-01', value: 0 }, { label: '2026-11-02', value: 3 }]);
  });

  test('have a round top, and no share of nothing', () => {
    expect([0, 1, 3, 7, 11, 31, 180].map((one) => topOf([one]))).toEqual([1, 1, 3, 8, 15, 40, 200]);
    expect([shareOf(1, 4), shareOf(0, 0)]).toEqual([0.25, null]);
  });

  test('ask for whole days with today among them', () => {
    expect(periodOf(new URLSearchParams('periode=12'))).toBe('7');
    expect(callOfStats('7', new Date(2026, 10, 3, 15))).toBe('/stats?from=2026-10-28');
  });
});

describe('quiet hours', () => {
  test('are in the order of the week', () => {
    expect(byWeekday([...weekends(), ...everyNight()]).map((one) => one.weekday)).toEqual([1, 2, 3, 4, 5, 6, 6, 7, 7]);
  });

  test('name the stretch that is wrong', () => {
    expect(problemOfHours(everyNight())).toBeNull();
    expect(problemOfHours([{ weekday: 1, from: '', to: '07:00' }])).toEqual({ problem: 'badHour', index: 0 });
    expect(problemOfHours([...everyNight(), ...everyNight()])).toEqual({ problem: 'twice', index: 7 });
    expect(problemOfHours(Array.from({ length: 22 }, (_, index) => ({ weekday: 1, from: `${String(index).padStart(2, '0')}:00`, to: '23:30' })))?.problem).toBe('tooMany');
  });

  test('are of a zone that is in the list, whatever this browser knows', () => {
    expect(zonesWith('Mars/Olympus')).toContain('Mars/Olympus');
    expect(zonesWith('UTC').filter((zone) => zone === 'UTC')).toHaveLength(1);
  });
});

describe('notifications', () => {
  test('are said by their kind, and one that is unknown is said all the same', () => {
    expect(wordsOfNotification(t, notification())).toBe('Alerte de niveau élevé · @marche');
    expect(wordsOfNotification(t, notification({ kind: 'live.started', severity: null }))).toBe('@marche est en direct');
    expect(wordsOfNotification(t, notification({ kind: 'later' as 'alert', severity: null }))).toBe('Nouvelle de @marche');
  });

  test('older ones join without undoing what was read', () => {
    const state = withNotifications({ ...emptyState, notifications: new Map([['n1', notification({ read: true })]]) }, [notification(), notification({ id: 'n0' })]);
    expect([...state.notifications.values()].map((one) => [one.id, one.read])).toEqual([['n1', true], ['n0', false]]);
  });
});

describe('interim words', () => {
  const text = '{"type":"segment.interim","at":"2026-11-22T12:00:00Z","data":{"live_id":"l1","start":4,"end":6,"text":"bonjour"}}';

  test('are an event without a number, and change nothing that is kept', () => {
    const event = parseEvent(text);
    expect(event).toMatchObject({ id: null, type: 'segment.interim' });
    expect(event === null ? null : applied(emptyState, event)).toBe(emptyState);
  });

  test('no other event may lack its number', () => {
    expect(parseEvent(text.replace('interim', 'final'))).toBeNull();
  });
});

describe('the delay of words', () => {
  const said = (state: 'on_time' | 'late' | 'put_off' | 'catching_up' | 'done' | 'none', delay_s: number | null): unknown => lagWords(t, format, live({ words: { state, delay_s } }), 3);

  test('is the server’s, and late is said', () => {
    expect(said('on_time', 4)).toEqual({ text: 'retard de transcription 4,0\u00a0s', isLate: false });
    expect(said('late', 41)).toEqual({ text: 'transcription en retard de 41\u00a0s', isLate: true });
    expect(said('put_off', 90)).toMatchObject({ isLate: true });
    expect(said('catching_up', null)).toMatchObject({ isLate: true });
    expect([said('done', 4), said('none', null)]).toEqual([{ text: '', isLate: false }, { text: '', isLate: false }]);
  });

  test('is what the page measured where the server says nothing', () => {
    expect(lagWords(t, format, live(), 3).text).toBe('retard de transcription 3,0\u00a0s');
    expect(lagWords(t, format, live(), undefined).text).toBe('');
  });
});

describe('an account of one’s own', () => {
  test('tells machines apart', () => {
    expect(agentName('Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0')).toBe('Firefox · Linux');
    expect(agentName('Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36')).toBe('Chromium · Android');
    expect(agentName(`curl/8 ${'x'.repeat(100)}`)).toHaveLength(60);
  });

  test('writes a key in fours', () => {
    expect(inFours('JBSWY3DPEHPK3PXP')).toBe('JBSW Y3DP EHPK 3PXP');
  });
});

describe('administration', () => {
  test('shows those who wait first', () => {
    const person = (username: string, state: AdminPerson['state']): AdminPerson => ({ id: username, username, email: null, role: 'user', state, created_at: '', last_seen_at: null, totp: false });
    expect(inOrder([person('b', 'active'), person('c', 'pending'), person('a', 'disabled')]).map((one) => one.username)).toEqual(['c', 'a', 'b']);
  });

  test('reads the general threshold from the part that tells it', () => {
    const part = (words: string): Part[] => [{ name: 'alerts', state: 'ok', words }];
    expect([thresholdIn(part('RISK_THRESHOLD=0.85')), thresholdIn(part('ok')), thresholdIn([])]).toEqual([0.85, undefined, undefined]);
  });

  test('takes addresses of the web only', () => {
    expect(['https://x.example/a', 'http://intranet', 'javascript:alert(1)', 'file:///etc', ''].map(isWebAddress)).toEqual([true, true, false, false, false]);
  });
});

describe('a number that people write', () => {
  test('is one with a comma or a point, within its bounds, or nothing', () => {
    expect(['0,8', ' 0.8 ', '', '1', '1,01', '-1', 'x', '1e-1'].map((text) => numberIn(text, 0, 1))).toEqual([0.8, 0.8, null, 1, undefined, undefined, undefined, undefined]);
  });
});

describe('a refusal', () => {
  test('names the fields that it is about', async () => {
    const body = { title: 'Invalid', status: 422, detail: 'two fields', request_id: 'r1', errors: [{ field: 'email', detail: 'no address' }] };
    const api = new Api(async () => new Response(JSON.stringify(body), { status: 422 }));
    const error = await api.write('PUT', '/me/email', {}).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(RefusedError);
    expect((error as RefusedError).fields).toEqual(body.errors);
  });
});
