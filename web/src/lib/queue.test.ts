// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { alert, notification } from './fixtures';
import {
  addressOf, decisionOf, emptyDraft, freshIn, holderOf, isInTab, needsRenewal, neighbour, nextWaiting, ordered, problemOf, readDrafts, tabs,
  undoLeft, undoOf, viewOf, withCause, withDraft, withVerdict,
} from './queue';
import { isTypingIn, matchOf, shortcuts, type Pressed } from './shortcuts';
import { mayInterrupt, noToasts, offered, told } from './toasts';
import type { Alert, Decision } from './types';

const now = Date.parse('2026-11-22T12:10:00Z');
const at = (seconds: number): string => new Date(now + seconds * 1000).toISOString();
const decision = (change: Partial<Decision> = {}): Decision => ({
  id: 'd1', verdict: 'lawful', cause: null, note: '', decided_by: 'amine', decided_at: at(0), ...change,
});
const held = (name: string, seconds = 300): Alert => alert({ state: 'claimed', claimed_by: name, claimed_until: at(seconds) });

describe('the tabs', () => {
  const where = (one: Alert): string[] => tabs.filter((tab) => isInTab(one, tab, 'claire', now));

  test('an alert is in one of them', () => {
    expect(where(alert())).toEqual(['a-traiter']);
    expect(where(held('claire'))).toEqual(['prises']);
    expect(where(held('amine'))).toEqual(['a-traiter']);
    expect(where(held('claire', -1))).toEqual(['a-traiter']);
    expect(where(alert({ decision: decision({ verdict: 'second_opinion' }) }))).toEqual(['second-avis']);
    expect(where(alert({ state: 'decided', decision: decision() }))).toEqual(['traitees']);
  });

  test('a detection is never in the queue', () => {
    expect(where(alert({ severity: 'faible', kind: 'viralite' }))).toEqual(['detections']);
    expect(where(alert({ severity: 'faible', kind: 'viralite', state: 'decided' }))).toEqual(['traitees']);
  });

  test('the address says what is shown, and leaves out what is usual', () => {
    for (const address of ['/alertes', '/alertes?etat=traitees&tri=probabilite', '/alertes?genre=incertain&tri=recent&alerte=q1']) {
      expect(addressOf(viewOf(new URL(address, 'http://x').searchParams))).toBe(address);
    }
    expect(viewOf(new URLSearchParams('etat=rien&genre=viralite&tri=x'))).toEqual({ tab: 'a-traiter', kind: '', sort: 'probabilite', opened: null });
    expect(viewOf(new URLSearchParams('etat=traitees')).sort).toBe('recent');
  });
});

describe('the list', () => {
  const list = [
    alert({ id: 'a', score: 0.5, opened_at: at(-1) }), alert({ id: 'b', score: 0.9, opened_at: at(-9) }), alert({ id: 'c', score: 0.9, opened_at: at(-5) }),
  ];

  test('is ordered by the probability of hate, or by time', () => {
    expect(ordered(list, 'probabilite')).toEqual(['c', 'b', 'a']);
    expect(ordered(list, 'recent')).toEqual(['a', 'c', 'b']);
  });

  test('stays still: what came since is only counted', () => {
    expect(freshIn(['b', 'gone'], list)).toBe(2);
    expect(freshIn(['a', 'b', 'c'], list)).toBe(0);
  });

  test('leads to the next that waits, from the top again at its end', () => {
    const waits = (id: string): boolean => id !== 'c';
    expect(nextWaiting(['a', 'b', 'c', 'd'], 'b', waits)).toBe('d');
    expect(nextWaiting(['a', 'b', 'c'], 'b', waits)).toBe('a');
    expect(nextWaiting(['b', 'c'], 'b', waits)).toBeNull();
    expect(nextWaiting(['a', 'b'], 'elsewhere', waits)).toBe('a');
    expect([neighbour(['a', 'b'], null, 1), neighbour(['a', 'b'], 'a', 1), neighbour(['a', 'b'], 'b', 1), neighbour(['a', 'b'], 'a', -1), neighbour([], null, 1)])
      .toEqual(['a', 'b', null, null, null]);
  });
});

describe('a claim', () => {
  test('is nobody’s once it is over', () => {
    expect(holderOf(held('amine', 60), now)).toEqual({ name: 'amine', left: 60_000 });
    expect(holderOf(held('amine', 0), now)).toBeNull();
    expect(holderOf(alert({ state: 'decided', claimed_by: 'amine', claimed_until: at(9) }), now)).toBeNull();
  });

  test('is renewed by who is active, never by who is away', () => {
    expect(needsRenewal(held('claire', 599), 'claire', now, now)).toBe(false);
    expect(needsRenewal(held('claire', 400), 'claire', now - 5000, now)).toBe(true);
    expect(needsRenewal(held('claire', 400), 'claire', now - 120_000, now)).toBe(false);
    expect(needsRenewal(held('amine', 400), 'claire', now, now)).toBe(false);
    expect(needsRenewal(held('claire', -1), 'claire', now, now)).toBe(false);
  });
});

describe('a decision', () => {
  test('names what is missing', () => {
    expect(problemOf(emptyDraft)).toBe('verdict');
    expect(problemOf(withVerdict(emptyDraft, 'false_alarm'))).toBe('cause');
    expect(problemOf({ ...withVerdict(emptyDraft, 'lawful'), note: 'é'.repeat(1001) })).toBe('note');
    expect(problemOf({ ...withVerdict(emptyDraft, 'lawful'), note: ` ${'é'.repeat(1000)} ` })).toBeNull();
    expect(decisionOf(withVerdict(emptyDraft, 'false_alarm'))).toBeNull();
  });

  test('carries a cause only where it is a false alarm', () => {
    const draft = withCause({ ...emptyDraft, note: ' chanson ' }, 'irony');
    expect(decisionOf(draft)).toEqual({ verdict: 'false_alarm', cause: 'irony', note: 'chanson' });
    expect(decisionOf(withVerdict(draft, 'lawful'))).toEqual({ verdict: 'lawful', note: 'chanson' });
  });

  test('that was begun is kept, and read back with care', () => {
    const drafts = withDraft(new Map(), 'q1', withCause(emptyDraft, 'other'));
    expect(readDrafts(JSON.stringify([...drafts]))).toEqual(drafts);
    expect(withDraft(drafts, 'q1', emptyDraft).size).toBe(0);
    expect(readDrafts('[["q1",{"verdict":"hang","cause":3}]]').get('q1')).toEqual(emptyDraft);
    expect([readDrafts(null).size, readDrafts('{').size, readDrafts('{"a":1}').size]).toEqual([0, 0, 0]);
    let many = drafts;
    for (let index = 0; index < 60; index += 1) {
      many = withDraft(many, `n${index}`, { ...emptyDraft, note: 'x' });
    }
    expect([many.size, many.has('q1'), many.has('n59')]).toEqual([50, false, true]);
  });

  test('can be taken back for ten seconds', () => {
    const undo = undoOf(alert({ state: 'decided', decision: decision() }), emptyDraft, now);
    expect(undo?.decisionId).toBe('d1');
    expect([0, 100, 9001, 10_000, 99_000].map((later) => undoLeft(undo, now + later))).toEqual([10, 10, 1, 0, 0]);
    expect(undoLeft(null, now)).toBe(0);
    expect(undoOf(alert(), emptyDraft, now)).toBeNull();
  });
});

describe('the shortcuts', () => {
  const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

  test('are letters, each once', () => {
    const keys = shortcuts.map(([one]) => one);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys.flatMap((one) => one.split(' '))) {
      expect(key).toMatch(/^([a-z]|\?|escape|ctrl\+enter|ctrl\+k)$/);
    }
  });

  test('say nothing while somebody types, but Ctrl+Entrée', () => {
    expect(matchOf(press('j'), null, false, now).action).toBe('next');
    expect(matchOf(press('J'), null, false, now).action).toBe('next');
    expect(matchOf(press('j'), null, true, now).action).toBeNull();
    expect(matchOf(press('Enter', { ctrlKey: true }), null, true, now).action).toBe('save');
    expect(matchOf(press('c', { ctrlKey: true }), null, false, now).action).toBeNull();
    expect(matchOf(press('j', { altKey: true }), null, false, now).action).toBeNull();
    expect(matchOf(press('7'), null, false, now).action).toBeNull();
  });

  test('go in twos, for a while', () => {
    const first = matchOf(press('f'), null, false, now);
    expect(first.action).toBe('falseAlarm');
    expect(matchOf(press('c'), first.chord, false, now + 100).action).toBe('cause.quotation');
    expect(matchOf(press('c'), first.chord, false, now + 6000).action).toBe('confirm');
    expect(matchOf(press('j'), first.chord, false, now + 100)).toEqual({ action: 'next', chord: null });
    const go = matchOf(press('g'), null, false, now);
    expect(go.action).toBeNull();
    expect(matchOf(press('d'), go.chord, false, now).action).toBe('goLives');
  });

  test('know where letters are text', () => {
    const element = (tag: string, type: string | null = null): Element => ({
      getAttribute: () => type, matches: (selector: string) => selector.split(', ').includes(tag),
    }) as unknown as Element;
    expect(['textarea', 'select', 'input'].map((tag) => isTypingIn(element(tag)))).toEqual([true, true, true]);
    expect([isTypingIn(element('input', 'radio')), isTypingIn(element('input', 'date')), isTypingIn(element('button')), isTypingIn(null)]).toEqual([false, true, false, false]);
  });
});

describe('toasts and what colleagues do', () => {
  const allowed = mayInterrupt(noToasts, notification({ interrupts: true }), undefined, now);

  test('only what the server lets interrupt comes up, whichever is told first', () => {
    expect(told(noToasts, undefined, alert(), now).shown).toEqual([]);
    expect(mayInterrupt(noToasts, notification({ interrupts: true }), alert(), now).shown).toHaveLength(1);
    expect(mayInterrupt(noToasts, notification({ interrupts: false }), alert(), now).shown).toEqual([]);
    expect(mayInterrupt(noToasts, notification({ alert_id: null }), alert(), now)).toBe(noToasts);
    expect(mayInterrupt(noToasts, notification({ interrupts: true, read: true }), alert(), now).shown).toEqual([]);
    const silenced = mayInterrupt(allowed, notification({ interrupts: false }), alert(), now);
    expect(told(silenced, alert(), alert({ severity: 'critique' }), now).shown).toEqual([]);
  });

  test('a claim, a release or a decision calls nobody', () => {
    expect(told(noToasts, alert(), held('amine'), now)).toBe(noToasts);
    expect(told(noToasts, held('amine'), alert(), now)).toBe(noToasts);
    expect(told(allowed, alert(), alert({ count: 2 }), now).shown).toHaveLength(1);
    expect(told(allowed, alert(), alert({ severity: 'critique' }), now).shown).toHaveLength(1);
    expect(told(allowed, undefined, alert(), now).shown).toHaveLength(1);
  });

  test('an alert in somebody’s hands leaves the screen', () => {
    const up = offered(noToasts, alert(), now);
    expect(told(up, alert(), held('amine'), now).shown).toEqual([]);
    expect(told(up, alert({ id: 'q2' }), alert({ id: 'q2', state: 'decided' }), now)).toBe(up);
  });
});
