// SPDX-License-Identifier: Apache-2.0
// What Recherche asks of the server; its filters are the page's address.
import type { Api } from './api';
import type { Page } from './types';

export interface Hit {
  live_id: string;
  segment_id: string;
  account_id: string;
  username: string;
  title: string;
  start: number; // seconds of the live
  end: number;
  at: string; // when it was said
  parts: { text: string; hit: boolean }[];
}

export interface Search {
  words: string;
  account: string;
  from: string; // days, as in a field of dates; empty: no bound
  to: string;
}

export const longestSearch = 200; // characters

const dayOf = (text: string | null): string => (text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : '');

export const searchOf = (query: URLSearchParams): Search => ({
  words: query.get('q')?.trim() ?? '', account: query.get('compte') ?? '', from: dayOf(query.get('du')), to: dayOf(query.get('au')),
});

export type SearchProblem = 'tooLong' | 'badPeriod';

export function problemOf(search: Search): SearchProblem | null {
  if (search.words.length > longestSearch) {
    return 'tooLong';
  }
  return search.from !== '' && search.to !== '' && search.to < search.from ? 'badPeriod' : null;
}

// Whole days where the person is: from the first moment of one to the first after the other.
export function momentOf(day: string, after: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + after).toISOString();
}

export function addressOfSearch(search: Search): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string): void => { if (value !== '') query.set(name, value); };
  put('q', search.words);
  put('compte', search.account);
  put('du', search.from);
  put('au', search.to);
  return query.size === 0 ? '/recherche' : `/recherche?${query}`;
}

export function callOf(search: Search, cursor: string): string {
  const query = new URLSearchParams({ q: search.words });
  const put = (name: string, value: string): void => { if (value !== '') query.set(name, value); };
  put('account_id', search.account);
  put('from', search.from === '' ? '' : momentOf(search.from, 0));
  put('to', search.to === '' ? '' : momentOf(search.to, 1));
  put('cursor', cursor);
  return `/search?${query}`;
}

export const find = (api: Api, search: Search, cursor: string): Promise<Page<Hit>> => api.read(callOf(search, cursor));
