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

export const longestSearch = 500; // characters

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
  put('from', search.from); // whole days of the person's zone
  put('to', search.to);
  put('cursor', cursor);
  return `/search?${query}`;
}

export const find = (api: Api, search: Search, cursor: string): Promise<Page<Hit>> => api.read(callOf(search, cursor));
