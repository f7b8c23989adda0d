// SPDX-License-Identifier: Apache-2.0
// The order of lists that must not move under the hand.

export type Sort = 'risque' | 'spectateurs' | 'recent' | 'nom';
export const sorts: readonly Sort[] = ['risque', 'spectateurs', 'recent', 'nom'];

export interface Rankable {
  id: string;
  username: string;
  level: number;
  alerts: number;
  startedAt: number;
  viewers: number;
}

export function ranked(items: readonly Rankable[], sort: Sort): string[] {
  const byName = (a: Rankable, b: Rankable): number => (a.username < b.username ? -1 : a.username > b.username ? 1 : 0);
  const byStart = (a: Rankable, b: Rankable): number => b.startedAt - a.startedAt;
  const byRisk = (a: Rankable, b: Rankable): number => b.level - a.level || b.alerts - a.alerts;
  const compare = {
    risque: (a: Rankable, b: Rankable) => byRisk(a, b) || byStart(a, b) || byName(a, b),
    spectateurs: (a: Rankable, b: Rankable) => b.viewers - a.viewers || byRisk(a, b) || byName(a, b),
    recent: (a: Rankable, b: Rankable) => byStart(a, b) || byName(a, b),
    nom: byName,
  }[sort];
  return [...items].sort(compare).map((item) => item.id);
}

// What was shown stays where it was; what is new comes last. A new order is only taken as a whole, by
// ranked().
export function kept(shown: readonly string[], present: readonly string[]): string[] {
  const there = new Set(present);
  const known = new Set(shown);
  return [...shown.filter((id) => there.has(id)), ...present.filter((id) => !known.has(id))];
}
