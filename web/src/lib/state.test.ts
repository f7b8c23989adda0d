// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { account, alert, assessment, gap, live, notification, numbers, segment, shuffled } from './fixtures';
import {
  alertsToHandle, applied, emptyState, inserted, livesOnAir, loaded, markedRead, merged, newestNotifications, opening,
  unread, withAccounts, withDetail, withTail, type State,
} from './state';
import type { VigieEvent } from './types';

const at = '2026-11-22T12:01:00Z';

// A plausible hour of one live, numbered as the log numbers it.
function story(): VigieEvent[] {
  const told: Omit<VigieEvent, 'id' | 'at'>[] = [
    { type: 'account.status', data: account({ status: 'live' }) },
    { type: 'live.started', data: live({ viewers: 1 }) },
    { type: 'segment.final', data: segment() },
    { type: 'segment.final', data: segment({ id: 's2', start: 5, end: 9, text: 'On commence.' }) },
    { type: 'segment.final', data: gap() },
    { type: 'segment.final', data: segment({ id: 's3', start: 20, end: 25, text: 'Reprenons.' }) },
    { type: 'assessment', data: assessment() },
    { type: 'assessment', data: assessment({ id: 'x2', start: 30, end: 60, discours_haineux: true, risque_score: 0.6 }) },
    { type: 'alert.opened', data: alert() },
    { type: 'notification', data: notification() },
    { type: 'live.updated', data: live({ viewers: 99, capture: { state: 'stalled', reason: 'stall', lag_s: 40, gaps: 1 } }) },
    { type: 'alert.updated', data: alert({ count: 2, severity: 'critique' }) },
    { type: 'notification', data: notification({ read: true, read_at: at }) },
    { type: 'live.ended', data: live({ state: 'ended', ended_at: at, duration_s: 60 }) },
    { type: 'account.status', data: account({ status: 'active' }) },
  ] as Omit<VigieEvent, 'id' | 'at'>[];
  return told.map((event, index) => ({ ...event, id: index + 1, at }) as VigieEvent);
}

const play = (events: readonly VigieEvent[], from: State = opening(emptyState, 'l1')): State => events.reduce(applied, from);

// What a person sees; when a capture's state changed is known only to who saw it change.
function visible(state: State): unknown {
  return {
    accounts: [...state.accounts.values()],
    lives: [...state.lives.values()],
    words: state.lastWords.get('l1')?.id,
    assessments: state.assessments.get('l1'),
    alerts: [...state.alerts.values()],
    notifications: [...state.notifications.values()],
    transcript: state.transcript,
    lastEvent: state.lastEvent,
  };
}

describe('events', () => {
  test('played in order tell the whole story', () => {
    const state = play(story());
    expect(state.transcript.map((item) => item.id)).toEqual(['s1', 's2', 'g1', 's3']);
    expect(state.lives.get('l1')?.state).toBe('ended');
    expect(state.alerts.get('q1')?.count).toBe(2);
    expect(state.accounts.get('a1')?.status).toBe('active');
    expect(unread(state)).toBe(0);
    expect(state.lastEvent).toBe(15);
  });

  test('told twice change nothing', () => {
    const once = play(story());
    expect(visible(play(story(), once))).toEqual(visible(once));
  });

  test('in any order, with any repetition, come to the same', () => {
    const wanted = visible(play(story()));
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = numbers(seed);
      const mixed = shuffled([...story(), ...story().filter(() => random() < 0.5)], random);
      expect(visible(play(mixed)), `seed ${seed}`).toEqual(wanted);
    }
  });

  test('never change the state they are given', () => {
    const before = play(story().slice(0, 5));
    const copy = structuredClone(visible(before));
    play(story().slice(5), before);
    expect(visible(before)).toEqual(copy);
  });

  test('of a type nobody knows are ignored', () => {
    const strange = { id: 20, type: 'weather', at, data: {} } as unknown as VigieEvent;
    expect(applied(emptyState, strange).lives.size).toBe(0);
  });

  test('keep the words of one live whole, of others only the last', () => {
    const state = play(story(), emptyState);
    expect(state.transcript).toEqual([]);
    expect(state.lastWords.get('l1')?.text).toBe('Reprenons.');
  });

  test('keep an hour of risk for a live that is not open', () => {
    const events = Array.from({ length: 200 }, (_, index): VigieEvent => ({
      id: index + 1, type: 'assessment', at, data: assessment({ id: `x${index}`, start: index * 30, end: index * 30 + 30 }),
    }));
    expect(play(events, emptyState).assessments.get('l1')).toHaveLength(120);
    expect(play(events).assessments.get('l1')).toHaveLength(200);
  });

  test('of an account leave the viewer’s own notes', () => {
    const known = withAccounts(emptyState, [account({ note: 'à relire', tags: ['presse'] })], ['a1'], 0);
    const { note: _note, tags: _tags, priority: _priority, ...told } = account({ status: 'live' });
    const state = applied(known, { id: 1, type: 'account.status', at, data: told as ReturnType<typeof account> });
    expect(state.accounts.get('a1')).toMatchObject({ status: 'live', note: 'à relire', tags: ['presse'] });
  });

  test('say since when a capture is down', () => {
    const state = play(story().slice(0, 11));
    expect(state.captureSince.get('l1')).toBe(Date.parse(at));
  });

  test('measure the delay of the newest words', () => {
    const started: VigieEvent = { id: 1, type: 'live.started', at, data: live() };
    const said: VigieEvent = { id: 2, type: 'segment.final', at: '2026-11-22T12:00:10.500Z', data: segment({ end: 6.4 }) };
    expect(play([started, said]).delays.get('l1')).toBeCloseTo(4.1);
  });
});

describe('answers of REST', () => {
  const snapshot = (lives: ReturnType<typeof live>[]) => ({ accounts: [account()], mine: ['a1'], lives, alerts: [], notifications: [] });

  test('do not undo an event that came while they were under way', () => {
    const ended: VigieEvent = { id: 11, type: 'live.ended', at, data: live({ state: 'ended' }) };
    const state = loaded(applied(emptyState, ended), snapshot([live()]), 10);
    expect(state.lives.get('l1')?.state).toBe('ended');
  });

  test('replace what was known before they were asked', () => {
    const old: VigieEvent = { id: 9, type: 'live.updated', at, data: live({ viewers: 1 }) };
    const state = loaded(applied(emptyState, old), snapshot([live({ viewers: 7 })]), 10);
    expect(state.lives.get('l1')?.viewers).toBe(7);
  });

  test('take away what they no longer list, but not what an event just brought', () => {
    const before = play([
      { id: 9, type: 'live.started', at, data: live({ id: 'old' }) },
      { id: 12, type: 'live.started', at, data: live({ id: 'new' }) },
    ], emptyState);
    expect([...loaded(before, snapshot([]), 10).lives.keys()]).toEqual(['new']);
  });

  test('leave the opened live where it is', () => {
    const before = play([{ id: 9, type: 'live.started', at, data: live() }]);
    expect(loaded(before, snapshot([]), 10).lives.has('l1')).toBe(true);
  });

  test('and events split anywhere show every sentence once', () => {
    const items = story().flatMap((event) => (event.type === 'segment.final' ? [event.data] : []));
    const events = story().filter((event) => event.type === 'segment.final');
    for (let cut = 0; cut <= items.length; cut += 1) {
      for (let overlap = 0; overlap <= cut; overlap += 1) {
        const detail = { live: live(), transcript: items.slice(0, cut), assessments: [] };
        const early = play(events.slice(cut - overlap, cut));
        const state = play(events.slice(cut - overlap), withDetail(early, detail, 0));
        expect(state.transcript.map((item) => item.id)).toEqual(['s1', 's2', 'g1', 's3']);
      }
    }
  });

  test('for a live that is no longer open are dropped', () => {
    const state = withDetail(opening(emptyState, 'other'), { live: live(), transcript: [segment()], assessments: [] }, 0);
    expect(state.transcript).toEqual([]);
  });

  test('older than the last words do not hide them', () => {
    const said = play([{ id: 1, type: 'segment.final', at, data: segment({ id: 's9', start: 90, end: 95 }) }], emptyState);
    expect(withTail(said, 'l1', [segment(), gap({ start: 99, end: 100 })], []).lastWords.get('l1')?.id).toBe('s9');
  });
});

describe('lists', () => {
  test('stay sorted and without doubles, whatever is put in', () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = numbers(seed);
      const items = Array.from({ length: 40 }, (_, index) => segment({ id: `s${index}`, start: Math.floor(random() * 20) }));
      const mixed = shuffled([...items, ...items], random);
      const list = mixed.reduce<readonly ReturnType<typeof segment>[]>((all, item) => inserted(all, item), []);
      expect(list).toHaveLength(40);
      expect(list).toEqual(merged([], mixed));
    }
  });

  test('count what is to be handled: detections are not', () => {
    const state = play([
      { id: 1, type: 'alert.opened', at, data: alert() },
      { id: 2, type: 'alert.opened', at, data: alert({ id: 'q2', severity: 'faible' }) },
      { id: 3, type: 'alert.opened', at, data: alert({ id: 'q3', state: 'decided' }) },
    ]);
    expect(alertsToHandle(state).map((one) => one.id)).toEqual(['q1']);
  });

  test('show paused lives on air', () => {
    const state = play([{ id: 1, type: 'live.updated', at, data: live({ state: 'paused' }) }]);
    expect(livesOnAir(state)).toHaveLength(1);
  });

  test('of notifications: newest first, reading one or all', () => {
    const state = play([
      { id: 1, type: 'notification', at, data: notification() },
      { id: 2, type: 'notification', at, data: notification({ id: 'n2', created_at: '2026-11-22T13:00:00Z' }) },
    ]);
    expect(newestNotifications(state).map((one) => one.id)).toEqual(['n2', 'n1']);
    expect(unread(markedRead(state, 'n1', at))).toBe(1);
    expect(unread(markedRead(state, null, at))).toBe(0);
  });
});
