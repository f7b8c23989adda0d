// SPDX-License-Identifier: Apache-2.0
// The small rules: names, addresses, order, risk, marks, toasts, requests.
import { describe, expect, test } from 'vitest';
import { Api, RefusedError, UnreachableError } from './api';
import { alert, assessment, gap, numbers, segment, shuffled } from './fixtures';
import { chunked, findingsOf, marksOf, pieces } from './marks';
import { kept, ranked, type Rankable } from './order';
import { currentLevel, levelOfAssessment, levelOfScore, stripOf } from './risk';
import { livePath, pageOf, parseRoute, withQuery } from './router';
import { dismissed, expired, noToasts, offered } from './toasts';
import { parseUsername } from './username';

describe('what a person types as an account', () => {
  test('is a name, @name or an address', () => {
    for (const typed of ['Vigie_Live', ' @vigie_live ', 'https://www.tiktok.com/@vigie_live', 'tiktok.com/@vigie_live/live?x=1#y', 'HTTPS://M.TikTok.com/@VIGIE_LIVE']) {
      expect(parseUsername(typed), typed).toEqual({ username: 'vigie_live' });
    }
  });

  test('is a stream by its address', () => {
    expect(parseUsername(' stream:https://radio.test/direct,1.mp3 ')).toEqual({ username: 'stream:https://radio.test/direct,1.mp3' });
  });

  test('is told what is wrong with it', () => {
    const problems: Record<string, string> = {
      '': 'empty', '@': 'empty', ' ': 'empty', 'é': 'characters', 'a b': 'sentence', 'stream:ftp://x': 'stream', 'stream:https://a@b/': 'stream', 'stream:https://': 'stream', '👀': 'characters', '@@a': 'characters',
      [`a${'b'.repeat(199)}`]: 'too_long', 'https://example.org/@a': 'other_site', 'https://tiktok.com/': 'address_without_name',
      'https://www.tiktok.com/video/1': 'address_without_name', 'nottiktok.com/@a': 'other_site', '<b>x</b>': 'other_site',
    };
    for (const [typed, problem] of Object.entries(problems)) {
      expect(parseUsername(typed), typed).toEqual({ problem });
    }
  });
});

describe('addresses', () => {
  test('lead to views', () => {
    expect(pageOf(parseRoute('/'))).toBe('wall');
    expect(pageOf(parseRoute('/directs/'))).toBe('wall');
    expect(pageOf(parseRoute('/directs/01ABC?t=12'))).toBe('live/01ABC');
    expect(pageOf(parseRoute('/alertes?tri=recent'))).toBe('alerts');
    expect(pageOf(parseRoute('/comptes'))).toBe('accounts');
    expect(parseRoute('/alertes/01A?tri=recent').query.toString()).toBe('tri=recent&alerte=01A');
    expect(pageOf(parseRoute('/directs/a/b'))).toBe('missing');
    expect(pageOf(parseRoute('/autre'))).toBe('missing');
  });

  test('that were spoilt on their way lead nowhere and break nothing', () => {
    for (const address of ['/directs/%E0%A4%A', '/comptes/%', '/alertes/%zz']) {
      expect(pageOf(parseRoute(address)), address).toBe('missing');
    }
  });

  test('of a live come back as they were', () => {
    const random = numbers(3);
    for (let round = 0; round < 100; round += 1) {
      const id = Array.from({ length: 6 }, () => String.fromCharCode(33 + Math.floor(random() * 90))).join('');
      const route = parseRoute(livePath(id, 61.9));
      expect(route).toMatchObject({ view: 'live', id });
      expect(route.query.get('t')).toBe('61');
    }
  });

  test('hold filters only where they say something', () => {
    expect(withQuery(new URLSearchParams(), 'tri', 'nom', 'risque')).toBe('?tri=nom');
    expect(withQuery(new URLSearchParams('tri=nom&a=1'), 'tri', 'risque', 'risque')).toBe('?a=1');
    expect(withQuery(new URLSearchParams('tri=nom'), 'tri', 'risque', 'risque')).toBe('');
  });
});

describe('order', () => {
  const item = (id: string, level = 0, startedAt = 0, alerts = 0): Rankable => ({ id, username: id, level, alerts, startedAt, viewers: 0 });

  test('puts the riskiest first, then the most alerted, then the newest', () => {
    const items = [item('a', 1), item('b', 3, 5), item('c', 3, 9), item('d', 3, 0, 2)];
    expect(ranked(items, 'risque')).toEqual(['d', 'c', 'b', 'a']);
    expect(ranked(items, 'nom')).toEqual(['a', 'b', 'c', 'd']);
  });

  test('does not depend on how the items came', () => {
    const random = numbers(11);
    const items = Array.from({ length: 30 }, (_, index) => item(`u${index}`, Math.floor(random() * 4), Math.floor(random() * 5)));
    const wanted = ranked(items, 'risque');
    for (let round = 0; round < 50; round += 1) {
      expect(ranked(shuffled(items, random), 'risque')).toEqual(wanted);
    }
  });

  test('keeps what is shown in its place', () => {
    expect(kept(['b', 'a', 'x'], ['a', 'b', 'c'])).toEqual(['b', 'a', 'c']);
  });
});

describe('risk', () => {
  test('has the levels of the severities', () => {
    expect(levelOfAssessment(assessment())).toBe(0);
    expect(levelOfAssessment(assessment({ viralite: 'moyenne' }))).toBe(1);
    expect(levelOfAssessment(assessment({ indetermine: true }))).toBe(2);
    expect(levelOfAssessment(assessment({ discours_haineux: true }))).toBe(3);
    expect(levelOfAssessment(assessment({ discours_haineux: true, viralite: 'forte' }))).toBe(4);
  });

  test('reads the formula’s scores', () => {
    expect([0, 0.2, 0.5, 0.6, 0.7, 0.9, 1].map(levelOfScore)).toEqual([0, 0, 1, 3, 1, 3, 4]);
  });

  test('of a live is that of its last ten minutes of speech', () => {
    const old = assessment({ start: 0, end: 30, discours_haineux: true });
    const late = assessment({ id: 'x2', start: 800, end: 830 });
    expect(currentLevel([old, late], 0.6)).toBe(0);
    expect(currentLevel([old], 0)).toBe(3);
    expect(currentLevel([], 1)).toBe(4);
    expect(currentLevel([], 0.2)).toBe(0);
  });

  test('of a live that nobody judged yet is not none', () => {
    expect(currentLevel([], 0)).toBeNull();
  });

  test('stands in the strip where it was heard', () => {
    const strip = stripOf([assessment({ start: 12, end: 28, discours_haineux: true })], [gap({ start: 40, end: 45 })], 0, 60, 6);
    expect(strip.bars.map((bar) => bar.level)).toEqual([0, 3, 3, 0, 0, 0]);
    expect(strip.bars.map((bar) => bar.isHeard)).toEqual([false, true, true, false, false, false]);
    expect(strip.bars.map((bar) => bar.isGap)).toEqual([false, false, false, false, true, false]);
    expect(strip.highestAt).toBe(12);
  });

  test('never draws outside the strip', () => {
    const random = numbers(5);
    for (let round = 0; round < 300; round += 1) {
      const start = random() * 200 - 50;
      const one = assessment({ start, end: start + random() * 100 });
      const strip = stripOf([one], [], 0, 100, 10);
      expect(strip.bars).toHaveLength(10);
      expect(strip.bars.some((bar) => bar.isHeard)).toBe(one.end > 0 && one.start < 100);
    }
  });
});

describe('marks', () => {
  const items = [segment({ text: 'Il dit que' }), gap(), segment({ id: 's2', start: 4, end: 8, text: 'tout va bien, ce soir.' })];

  test('follow evidence from one sentence into the next', () => {
    const marks = marksOf(items, findingsOf([], [assessment({ preuve: 'que tout va bien', discours_haineux: true })]));
    const shown = items.map((item) => ('gap' in item ? [] : pieces(item.text, marks.get(item.id)).filter((piece) => piece.isMarked)));
    expect(shown.map((all) => all.map((piece) => piece.text))).toEqual([['que'], [], ['tout va bien']]);
  });

  test('do not depend on capitals or on the form of the apostrophe', () => {
    const spoken = [segment({ text: 'L’Été vient' })];
    const marks = marksOf(spoken, findingsOf([alert({ sentence: "l'été", clip: { from: 0, to: 10 } })], []));
    expect(pieces(spoken[0]?.text ?? '', marks.get('s1'))[0]).toEqual({ text: 'L’Été', isMarked: true });
  });

  test('are not set on evidence that was not said there', () => {
    expect(marksOf(items, findingsOf([alert({ sentence: 'tout', clip: { from: 100, to: 110 } })], [])).size).toBe(0);
    expect(marksOf(items, findingsOf([], [assessment({ preuve: 'tout va bien' })])).size).toBe(0);
  });

  test('cut a text into pieces that are the text again', () => {
    const random = numbers(9);
    for (let round = 0; round < 200; round += 1) {
      const text = 'abcdefghijklmnopqrst';
      const findings = Array.from({ length: 4 }, () => {
        const from = Math.floor(random() * 19);
        return { text: text.slice(from, from + 1 + Math.floor(random() * 8)), from: 0, to: 5, level: 3 as const };
      });
      const mark = marksOf([segment({ text })], findings).get('s1');
      expect(pieces(text, mark).map((piece) => piece.text).join('')).toBe(text);
      expect(pieces(text, mark).every((piece) => piece.text !== '')).toBe(true);
    }
  });

  test('leave chunks that did not change the very same', () => {
    const many = Array.from({ length: 450 }, (_, index) => segment({ id: `s${index}`, start: index }));
    const before = chunked(many, new Map(), 200, []);
    const after = chunked([...many, segment({ id: 'last', start: 999 })], new Map(), 200, before);
    expect(after).toHaveLength(3);
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toBe(before[1]);
    expect(after[2]).not.toBe(before[2]);
    const marked = chunked(many, new Map([['s5', { level: 3, ranges: [[0, 2]] }]]), 200, before);
    expect(marked[0]).not.toBe(before[0]);
    expect(marked[1]).toBe(before[1]);
  });
});

describe('toasts', () => {
  test('never come from detections', () => {
    expect(offered(noToasts, alert({ severity: 'faible' }), 0).shown).toEqual([]);
  });

  test('come once per live in five minutes, then only count', () => {
    let toasts = offered(noToasts, alert(), 0);
    toasts = offered(toasts, alert({ id: 'q2' }), 1000);
    expect(toasts.shown).toHaveLength(1);
    expect(toasts.shown[0]?.more).toBe(1);
    toasts = offered(dismissed(toasts, 'l1'), alert({ id: 'q3' }), 200_000);
    expect(toasts.shown).toEqual([]);
    expect(offered(toasts, alert({ id: 'q4' }), 300_001).shown).toHaveLength(1);
  });

  test('come again when it gets worse', () => {
    const toasts = dismissed(offered(noToasts, alert(), 0), 'l1');
    expect(offered(toasts, alert({ id: 'q2', severity: 'critique' }), 1000).shown).toHaveLength(1);
  });

  test('of one alert told twice are one', () => {
    const toasts = offered(offered(noToasts, alert(), 0), alert({ count: 2 }), 500);
    expect(toasts.shown.map((toast) => toast.more)).toEqual([0]);
  });

  test('go after ten seconds, unless critical or being read', () => {
    let toasts = offered(offered(noToasts, alert(), 0), alert({ live_id: 'l2', severity: 'critique' }), 0);
    toasts = expired(toasts, 9_999, true);
    toasts = expired(toasts, 10_001, false);
    expect(toasts.shown).toHaveLength(2);
    expect(expired(toasts, 20_000, false).shown.map((toast) => toast.alert.live_id)).toEqual(['l2']);
  });

  test('are at most three, and critical ones stay longest', () => {
    const lives = ['l1', 'l2', 'l3', 'l4'];
    const toasts = lives.reduce(
      (all, id) => offered(all, alert({ live_id: id, id, severity: id === 'l1' ? 'critique' : 'eleve' }), 0), noToasts);
    expect(toasts.shown.map((toast) => toast.alert.live_id)).toEqual(['l1', 'l3', 'l4']);
  });
});

describe('requests', () => {
  const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });

  test('carry the token on writes only', async () => {
    const sent: [string, RequestInit][] = [];
    const api = new Api(async (path, init) => {
      sent.push([path, init]);
      return json(200, { csrf_token: 'secret', user: {} });
    });
    await api.session();
    await api.createList('x');
    expect(sent.map(([, init]) => (init.headers as Record<string, string>)['X-CSRF-Token'])).toEqual([undefined, 'secret']);
    expect(sent[1]?.[1].body).toBe('{"name":"x"}');
  });

  test('take a new token once when theirs grew old', async () => {
    const answers = [
      json(403, { detail: 'the X-CSRF-Token header is missing or old' }),
      json(200, { csrf_token: 'new' }),
      json(201, { id: 'a1' }),
    ];
    const api = new Api(async () => answers.shift() as Response);
    expect(await api.createList('x')).toEqual({ id: 'a1' });
  });

  test('ask for a proof where one is needed, and go on', async () => {
    const needed = { type: 'urn:vigie:problem:reauthentication_required', detail: 'again', second_factor: true };
    const answers = [json(403, needed), json(201, { id: 'w1' })];
    const api = new Api(async () => answers.shift() as Response);
    const asked: boolean[] = [];
    api.onProofNeeded = async (withCode) => { asked.push(withCode); return true; };
    expect(await api.write('POST', '/webhooks', {})).toEqual({ id: 'w1' });
    expect(asked).toEqual([true]);

    answers.push(json(403, { ...needed, second_factor: false }));
    api.onProofNeeded = async (withCode) => { asked.push(withCode); return false; };
    const refused = api.write('POST', '/webhooks', {});
    await expect(refused).rejects.toMatchObject({ status: 403, proof: 'password' });
    expect(asked).toEqual([true, false]);
    expect(answers).toEqual([]);

    answers.push(json(403, { detail: 'your role does not allow this' }));
    await expect(api.write('POST', '/webhooks', {})).rejects.toMatchObject({ proof: null });
    expect(asked).toEqual([true, false]);
  });

  test('read every page of a list', async () => {
    const paths: string[] = [];
    const api = new Api(async (path) => {
      paths.push(path);
      return json(200, paths.length < 3 ? { items: [paths.length], next_cursor: 'c/1' } : { items: [3], next_cursor: null });
    });
    expect(await api.transcript('l1')).toEqual([1, 2, 3]);
    expect(paths[2]).toBe('/api/v1/lives/l1/segments?&limit=1000&cursor=c%2F1');
  });

  test('tell a refusal from silence', async () => {
    const refused = new Api(async () => json(409, { detail: 'again', request_id: 'r7' }));
    await expect(refused.createList('x')).rejects.toMatchObject(new RefusedError(409, 'again', 'r7'));
    const silent = new Api(async () => Promise.reject(new TypeError('failed')));
    await expect(silent.status()).rejects.toBeInstanceOf(UnreachableError);
    const html = new Api(async () => new Response('<html>', { status: 502 }));
    await expect(html.status()).rejects.toMatchObject({ status: 502, detail: '' });
  });

  test('say when the session is over', async () => {
    const api = new Api(async () => json(401, {}));
    let isOver = false;
    api.onSessionEnd = () => { isOver = true; };
    await expect(api.status()).rejects.toBeInstanceOf(RefusedError);
    expect(isOver).toBe(true);
  });
});
