// SPDX-License-Identifier: Apache-2.0
// The accounts as the page shows them: filters, order, curves, what is one person's own.
import { describe, expect, test } from 'vitest';
import { filterOf, isFiltered, medianInterval, parseTags, shownAccounts, tagsOf } from './account-filter';
import { curveOf, thinned } from './curve';
import { account } from './fixtures';
import { accountPath, pageOf, parseRoute } from './router';
import { applied, emptyState, withOwnAccount, withoutOwnAccount } from './state';

const abel = account({ id: '1', username: 'abel', display_name: 'Abel à Évry', tags: ['Élection'], priority: 0, lists: ['x'] });
const mia = account({ id: '2', username: 'mia', display_name: '', status: 'live', last_live_at: '2026-11-22T10:00:00Z', note: 'Voir le marché', followed: false });
const zoe = account({ id: '3', username: 'zoe_1', display_name: '', status: 'unknown', priority: 2, last_live_at: '2026-11-21T10:00:00Z', interval_s: 0 });
const shown = (query: string): string => shownAccounts([zoe, abel, mia], filterOf(new URLSearchParams(query))).map((one) => one.username).join(' ');

describe('the filters of the address', () => {
  test('choose accounts', () => {
    expect(shown('')).toBe('abel mia zoe_1');
    expect(shown('q=%40ZOE')).toBe('zoe_1');
    expect(shown('q=evry')).toBe('abel');
    expect(shown('q=marche')).toBe('mia');
    expect(shown('etat=live')).toBe('mia');
    expect(shown('liste=x')).toBe('abel');
    expect(shown('etiquette=election')).toBe('abel');
    expect(shown('comptes=miens')).toBe('abel zoe_1');
    expect(shown('q=rien')).toBe('');
  });

  test('order them', () => {
    expect(shown('tri=priorite')).toBe('zoe_1 abel mia');
    expect(shown('tri=etat')).toBe('mia zoe_1 abel');
    expect(shown('tri=dernier')).toBe('mia zoe_1 abel');
    expect(shown('tri=ajout')).toBe('zoe_1 mia abel');
  });

  test('that are not ours mean nothing', () => {
    expect(shown('tri=taille&etat=endormi')).toBe('abel mia zoe_1');
    expect(isFiltered(filterOf(new URLSearchParams('tri=etat')))).toBe(false);
    expect(isFiltered(filterOf(new URLSearchParams('q=x')))).toBe(true);
  });
});

test('tags are typed with commas, each once', () => {
  expect(parseTags(' élection, presse;élection\n ,')).toEqual(['élection', 'presse']);
  expect(tagsOf([abel, mia])).toEqual(['Élection']);
});

test('the median interval counts what was measured', () => {
  expect(medianInterval([zoe])).toBeNull();
  expect(medianInterval([zoe, abel, account({ interval_s: 90 }), account({ interval_s: 60 })])).toBe(60);
});

test('an account has an address', () => {
  expect(parseRoute(accountPath('a/1'))).toMatchObject({ view: 'account', id: 'a/1' });
  expect(pageOf(parseRoute('/comptes/a1'))).toBe('account/a1');
  expect(pageOf(parseRoute('/comptes/a1/x'))).toBe('missing');
});

describe('a curve', () => {
  test('spreads its samples over the width, the highest on top', () => {
    const samples = [['10:00', 10], ['10:10', 50], ['10:20', 20]].map(([time, viewers]) => ({ at: `2026-11-22T${time}:00Z`, viewers: Number(viewers) }));
    expect(curveOf(samples, 100, 52)).toMatchObject({ line: 'M0 41L50 1L100 31', highest: 50, highestAt: Date.parse('2026-11-22T10:10:00Z') });
  });

  test('needs two moments', () => {
    const one = { at: '2026-11-22T10:00:00Z', viewers: 1 };
    expect(curveOf([], 100, 50)).toBeNull();
    expect(curveOf([one], 100, 50)).toBeNull();
    expect(curveOf([one, one], 100, 50)).toBeNull();
  });

  test('is a table of a bounded number of rows', () => {
    const many = Array.from({ length: 1000 }, (_, index) => index);
    expect(thinned(many, 5)).toEqual([0, 250, 500, 749, 999]);
    expect(thinned([1, 2], 5)).toEqual([1, 2]);
  });
});

describe('what is one person’s own', () => {
  const state = withOwnAccount(emptyState, abel);

  test('stays when an event tells of the account', () => {
    const event = { id: 5, type: 'account.status' as const, at: '', data: { ...account({ id: '1', username: 'abel', status: 'live', status_at: '2026-11-22T13:00:00Z' }), tags: [], lists: [] } };
    expect(applied(state, event).accounts.get('1')).toMatchObject({
      status: 'live', tags: ['Élection'], lists: ['x'], followed: true, checked_at: '2026-11-22T13:00:00Z',
    });
  });

  test('goes when it is followed no more', () => {
    expect(state.mine.has('1')).toBe(true);
    expect(withoutOwnAccount(state, '1', false).accounts.size).toBe(0);
    const kept = withoutOwnAccount(state, '1', true);
    expect(kept.accounts.get('1')).toMatchObject({ followed: false, tags: [], lists: [] });
    expect(kept.mine.size).toBe(0);
  });
});
