// SPDX-License-Identifier: Apache-2.0
// Objects for tests, whole and plausible; only what matters to a test is given.
import type { Account, Alert, Assessment, Gap, Live, Notification, Segment } from './types';

export const account = (change: Partial<Account> = {}): Account => ({
  id: 'a1', platform: 'tiktok', username: 'marche', display_name: 'Le marché', url: 'https://www.tiktok.com/@marche',
  status: 'active', status_at: '2026-11-22T12:00:00Z', status_reason: 'status_4', followers: 1200, interval_s: 30,
  last_live_at: null, note: '', tags: [], priority: 0, followed: true, checked_at: '2026-11-22T12:00:00Z', lists: [], ...change,
});

export const live = (change: Partial<Live> = {}): Live => ({
  id: 'l1', account_id: 'a1', platform: 'tiktok', username: 'marche', state: 'live', title: 'Direct du marché',
  started_at: '2026-11-22T12:00:00Z', detected_at: '2026-11-22T12:00:10Z', ended_at: null, duration_s: null,
  viewers: 3412, peak_viewers: 4000, capture: { state: 'running', reason: null, lag_s: 4, gaps: 0 }, risk: 0.2, ...change,
});

export const segment = (change: Partial<Segment> = {}): Segment => ({
  id: 's1', live_id: 'l1', start: 0, end: 4, text: 'Bonjour à tous.', language: 'fr', confidence: 0.9, uncertain: false,
  speech: true, ...change,
});

export const gap = (change: Partial<Gap> = {}): Gap => ({ id: 'g1', live_id: 'l1', start: 10, end: 16, gap: 'stall', ...change });

export const assessment = (change: Partial<Assessment> = {}): Assessment => ({
  id: 'x1', live_id: 'l1', start: 0, end: 30, categorie: 'Neutre', viralite: 'faible', discours_haineux: false,
  cible: 'autre', justification: '', risque_score: 0.2, score: 0.03, indetermine: false, preuve: '',
  analyser: 'embedded-lexicon', model: null, repli: false, ...change,
});

export const alert = (change: Partial<Alert> = {}): Alert => ({
  id: 'q1', live_id: 'l1', account_id: 'a1', username: 'marche', kind: 'haine', severity: 'eleve', state: 'open',
  opened_at: '2026-11-22T12:05:00Z', updated_at: '2026-11-22T12:05:00Z', count: 1, sentence: 'une phrase', context: '',
  at: 300, clip: { from: 285, to: 315 }, score: 0.9, assessment_id: 'x1',
  claimed_by: null, claimed_until: null, decision: null, ...change,
});

export const notification = (change: Partial<Notification> = {}): Notification => ({
  id: 'n1', kind: 'alert', live_id: 'l1', alert_id: 'q1', username: 'marche', severity: 'eleve',
  created_at: '2026-11-22T12:05:00Z', read_at: null, read: false, ...change,
});

// A stream of numbers in [0, 1) that is the same for the same seed (mulberry32).
export function numbers(seed: number): () => number {
  let value = seed;
  return () => {
    value = (value + 0x6d2b79f5) | 0;
    let mixed = Math.imul(value ^ (value >>> 15), 1 | value);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}
