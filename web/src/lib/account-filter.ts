// SPDX-License-Identifier: Apache-2.0
// Which accounts the page shows, and in which order: what its address says, with the words of
// GET /accounts behind it. The accounts are all here already, kept up to date by the feed.
import type { Account, AccountStatus } from './types';

export type AccountSort = 'nom' | 'etat' | 'dernier' | 'priorite' | 'ajout';
export const accountSorts: readonly AccountSort[] = ['nom', 'etat', 'dernier', 'priorite', 'ajout'];
export const statuses: readonly AccountStatus[] = ['live', 'active', 'offline', 'unknown'];

export interface AccountFilter {
  words: string;
  list: string;
  tag: string;
  status: AccountStatus | '';
  sort: AccountSort;
  isMineOnly: boolean;
}

export function filterOf(query: URLSearchParams): AccountFilter {
  return {
    words: query.get('q') ?? '',
    list: query.get('liste') ?? '',
    tag: query.get('etiquette') ?? '',
    status: statuses.find((one) => one === query.get('etat')) ?? '',
    sort: accountSorts.find((one) => one === query.get('tri')) ?? 'nom',
    isMineOnly: query.get('comptes') === 'miens',
  };
}

// Accents and case do not count.
const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

function holds(account: Account, words: string): boolean {
  const wanted = folded(words.trim().replace(/^@/, ''));
  return [account.username, account.display_name, account.note, ...account.tags].some((text) => folded(text).includes(wanted));
}

const byName = (a: Account, b: Account): number => (a.username < b.username ? -1 : a.username > b.username ? 1 : 0);
const statusRank: Record<AccountStatus, number> = { live: 3, unknown: 2, active: 1, offline: 0 };
const lastLive = (account: Account): number => (account.last_live_at === null ? 0 : Date.parse(account.last_live_at));

const compare: Record<AccountSort, (a: Account, b: Account) => number> = {
  nom: byName,
  etat: (a, b) => statusRank[b.status] - statusRank[a.status] || byName(a, b),
  dernier: (a, b) => lastLive(b) - lastLive(a) || byName(a, b),
  priorite: (a, b) => b.priority - a.priority || byName(a, b),
  ajout: (a, b) => (a.id < b.id ? 1 : -1), // ids grow with time
};

export function shownAccounts(accounts: Iterable<Account>, filter: AccountFilter): Account[] {
  return [...accounts]
    .filter((account) =>
      (!filter.isMineOnly || account.followed) && (filter.list === '' || account.lists.includes(filter.list)) &&
      (filter.tag === '' || account.tags.some((tag) => folded(tag) === folded(filter.tag))) &&
      (filter.status === '' || account.status === filter.status) && holds(account, filter.words))
    .sort(compare[filter.sort]);
}

export const isFiltered = (filter: AccountFilter): boolean =>
  filter.words !== '' || filter.list !== '' || filter.tag !== '' || filter.status !== '' || filter.isMineOnly;

export const tagsOf = (accounts: Iterable<Account>): string[] => [...new Set([...accounts].flatMap((account) => account.tags))].sort();

// "élection, presse" → two tags, each once.
export const parseTags = (typed: string): string[] => [...new Set(typed.split(/[,;\n]/).map((tag) => tag.trim()).filter((tag) => tag !== ''))];

// The middle of what was measured, in seconds; null when nothing was.
export function medianInterval(accounts: Iterable<Account>): number | null {
  const all = [...accounts].map((account) => account.interval_s).filter((interval) => interval > 0).sort((a, b) => a - b);
  return all[Math.floor((all.length - 1) / 2)] ?? null;
}
