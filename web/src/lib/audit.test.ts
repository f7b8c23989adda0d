// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { addressOfAudit, auditKinds, callOfAudit, filtersOf, namedIn, noFilters, type AuditLine } from './audit';
import { auditRows, detailWords, kindWords, onWhat, whoDid, type Speaking } from './audit-words';
import { makeFormat } from './format';
import { catalogueOf } from './i18n';
import { auditWords } from './i18n/audit';
import { pageOf, parseRoute } from './router';

const speaking = (language: 'fr' | 'en' = 'fr'): Speaking => ({
  t: auditWords[language], app: catalogueOf(language), format: makeFormat(language, 'UTC'),
  personName: (id) => (id === '01P' ? 'claire' : undefined), accountName: (id) => (id === '01C' ? '@marche' : undefined),
  liveName: (id) => (id === '01L' ? '@marche' : undefined), alertName: (id) => (id === '01A' ? '@marche' : undefined),
});

const line = (change: Partial<AuditLine> = {}): AuditLine => ({
  number: 7, at: '2026-11-22T12:00:00.123456Z', kind: 'alert.decided', via: 'session', person_id: '01P', username: 'claire', thing: 'alert', thing_id: '01A',
  thing_username: null, request_id: 'deadbeef', detail: {}, sha256: 'ab', ...change,
});

const detail = (given: AuditLine['detail'], change: Partial<AuditLine> = {}, language: 'fr' | 'en' = 'fr'): string => detailWords(speaking(language), line({ detail: given, ...change }));

describe('the filters of the audit log', () => {
  test('are its address, and back', () => {
    const filters = { person: '01P', kind: 'alert.decided', period: '30' } as const;
    const address = addressOfAudit(filters);
    expect(address).toBe('/admin/journal?personne=01P&nature=alert.decided&periode=30');
    expect(pageOf(parseRoute(address))).toBe('admin/journal');
    expect(filtersOf(parseRoute(address).query)).toEqual(filters);
    expect(addressOfAudit(noFilters)).toBe('/admin/journal');
  });

  test('leave out what is none of ours', () => {
    expect(filtersOf(new URLSearchParams('nature=constructor&periode=365'))).toEqual(noFilters);
  });

  test('ask for whole days, and for nothing that was not chosen', () => {
    const today = new Date(2026, 10, 3, 15);
    expect(callOfAudit(noFilters, today, '')).toBe('/audit?limit=50');
    expect(callOfAudit({ person: '01P', kind: 'live.heard', period: '7' }, today, '12')).toBe('/audit?limit=50&person=01P&kind=live.heard&from=2026-10-28&cursor=12');
  });

  test('offer whoever a line names', () => {
    const found = namedIn([line(), line({ person_id: null, username: null, thing: 'person', thing_id: '01Q', thing_username: 'amine' }), line({ person_id: '01R', username: null })]);
    expect([...found]).toEqual([['01P', 'claire'], ['01Q', 'amine']]);
  });
});

describe('a line of the audit log', () => {
  test('of every kind is a sentence in both languages, each of its own', () => {
    for (const language of ['fr', 'en'] as const) {
      const said = auditKinds.map((kind) => kindWords(auditWords[language], kind));
      expect(new Set(said).size).toBe(auditKinds.length);
      expect(said.every((one) => /^\p{Lu}.+ /u.test(one))).toBe(true);
    }
    expect(kindWords(auditWords.fr, 'toString')).toBe('toString');
  });

  test('says who, or what, did it', () => {
    expect(whoDid(speaking(), line())).toEqual({ text: 'claire', how: '' });
    expect(whoDid(speaking(), line({ via: 'token' })).how).toBe('par un jeton d’accès');
    expect(whoDid(speaking(), line({ person_id: '01HXABCDEFGH', username: null })).text).toBe('personne effacée (…\u2060CDEFGH)');
    expect((['command', 'vigie', 'visitor'] as const).map((via) => whoDid(speaking(), line({ via, person_id: null, username: null })).text)).toEqual(['ligne de commande', 'Vigie', 'personne non connectée']);
  });

  test('leads to the page of its thing where there is one', () => {
    const of = (thing: string, thing_id: string, change: Partial<AuditLine> = {}): unknown => onWhat(speaking(), line({ thing, thing_id, ...change }));
    expect(of('account', '01C')).toEqual({ text: 'Compte @marche', path: '/comptes/01C', id: '' });
    expect(of('live', '01HXABCDEFGH')).toEqual({ text: 'Direct', path: '/directs/01HXABCDEFGH', id: '…\u2060CDEFGH' });
    expect(of('live', '01L', { detail: { from_s: 61.5 } })).toMatchObject({ text: 'Direct de @marche', path: '/directs/01L?t=61' });
    expect(of('alert', '01A')).toEqual({ text: 'Alerte sur @marche', path: '/alertes?alerte=01A', id: '' });
    expect(of('webhook', '01HXABCDEFGH')).toEqual({ text: 'Webhook', path: null, id: '…\u2060CDEFGH' });
    expect(of('person', '01P', { thing_username: 'claire' })).toEqual({ text: 'claire', path: null, id: '' });
    expect(of('person', '')).toMatchObject({ text: 'nom inconnu de Vigie' });
    expect(of('constructor', '')).toEqual({ text: 'constructor', path: null, id: '' });
  });
});

describe('the detail of a line', () => {
  test('is in words', () => {
    expect(detail({ from: 'user', to: 'moderator' })).toBe('de Veilleur à Modérateur');
    expect(detail({ decision: '01D', verdict: 'false_alarm', cause: 'irony' })).toBe('Fausse alerte, ironie, fiction ou chanson');
    expect(detail({ decision: '01D', verdict: 'out_of_scope', cause: '' }, {}, 'en')).toBe(catalogueOf('en').review.verdict.out_of_scope);
    expect(detail({ from_s: 3885, to_s: 3919 })).toBe('de 01:04:45 à 01:05:19');
    expect([detail({ from_s: 5 }), detail({ to_s: 5 })]).toEqual(['à partir de 00:00:05', 'de 00:00:00 à 00:00:05']);
    expect([detail({ running: false }), detail({ format: 'srt' }), detail({ pieces: 3 })]).toEqual(['arrêtée', 'au format SRT', '3 morceaux, durée de conservation passée']);
    expect([detail({ account: '', live: '' }), detail({ account: '01C', live: '' }), detail({ account: '', live: '01L' })]).toEqual(['toutes les notifications', 'compte @marche', 'direct @marche']);
    expect([detail({ person: '01P', scope: 'read' }), detail({ person: '01P' }, { person_id: '01Q' })]).toEqual(['portée\u00a0: lecture', 'pour claire']);
    expect(detail({ second_factor: true })).toBe('avec la double authentification');
  });

  test('that nobody thought of is shown as it is', () => {
    expect(detail({ constructor: 1, later: { a: [1] }, why: 'toString' })).toBe('constructor\u00a0: 1, later\u00a0: {"a":[1]}, toString');
    expect(detail({ hold: '01H' })).toBe('');
    expect(detail({ sha256: '6aaee0202e40b038', version: '1.2.3' }, {}, 'en')).toBe('hash 6aaee020…\u2060, Vigie 1.2.3');
  });
});

test('the download holds every line with what it is made of', () => {
  const [head, row] = auditRows(speaking(), [line({ detail: { verdict: 'lawful', decision: '01D', cause: '' } })]);
  expect(head).toHaveLength(row?.length ?? 0);
  expect(row).toEqual([
    7, '2026-11-22T12:00:00.123456Z', 'claire', '01P', 'session', 'A décidé d’une alerte', 'alert.decided', 'Alerte sur @marche', 'alert', '01A',
    catalogueOf('fr').review.verdict.lawful, '{"verdict":"lawful","decision":"01D","cause":""}', 'deadbeef', 'ab',
  ]);
});
