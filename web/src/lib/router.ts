// SPDX-License-Identifier: Apache-2.0
// Addresses to views and back, over the History API.

export type Route =
  | { view: 'wall'; query: URLSearchParams }
  | { view: 'live'; id: string; query: URLSearchParams }
  | { view: 'alerts'; query: URLSearchParams }
  | { view: 'account'; id: string; query: URLSearchParams }
  | { view: 'accounts'; query: URLSearchParams }
  | { view: 'search' | 'stats' | 'notifications' | 'profile'; query: URLSearchParams }
  | { view: 'admin'; id: AdminTab; query: URLSearchParams }
  | { view: 'missing'; query: URLSearchParams };

export const adminTabs = ['personnes', 'seuils', 'modeles', 'canaux', 'journal', 'systeme'] as const;
export type AdminTab = (typeof adminTabs)[number];

const plain = { alertes: 'alerts', comptes: 'accounts', recherche: 'search', statistiques: 'stats', notifications: 'notifications', profil: 'profile' } as const;

// Nothing for one that is no text.
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

export function parseRoute(address: string): Route {
  const url = new URL(address, 'http://vigie.invalid');
  const query = url.searchParams;
  const parts = url.pathname.split('/').filter((part) => part !== '').map(decoded);
  const [first, second] = parts;
  if (parts.length === 0 || (first === 'directs' && parts.length === 1)) {
    return { view: 'wall', query };
  }
  if (first === 'directs' && second !== undefined && parts.length === 2) {
    return { view: 'live', id: second, query };
  }
  if (parts.length === 1 && first !== undefined && Object.hasOwn(plain, first)) {
    return { view: plain[first as keyof typeof plain], query };
  }
  if (first === 'alertes' && second !== undefined && parts.length === 2) {
    query.set('alerte', second); // the queue, with this alert open
    return { view: 'alerts', query };
  }
  if (first === 'admin' && parts.length <= 2) {
    const tab = adminTabs.find((one) => one === (second ?? adminTabs[0]));
    return tab === undefined ? { view: 'missing', query } : { view: 'admin', id: tab, query };
  }
  if (first === 'comptes' && second !== undefined && parts.length === 2) {
    return { view: 'account', id: second, query };
  }
  return { view: 'missing', query };
}

// The view and what it is about; a change of it is a change of page, a change of query is not.
export function pageOf(route: Route): string {
  return 'id' in route ? `${route.view}/${route.id}` : route.view;
}

export const wallPath = '/directs';
export const alertsPath = '/alertes';
export const accountsPath = '/comptes';
export const searchPath = '/recherche';
export const statsPath = '/statistiques';
export const notificationsPath = '/notifications';
export const profilePath = '/profil';
export const adminPath = (tab: AdminTab): string => `/admin/${tab}`;

export const accountPath = (id: string): string => `${accountsPath}/${encodeURIComponent(id)}`;

export function livePath(id: string, atSeconds?: number): string {
  const path = `/directs/${encodeURIComponent(id)}`;
  return atSeconds === undefined ? path : `${path}?t=${Math.floor(atSeconds)}`;
}

// The same address with one filter set, or removed where it says nothing new.
export function withQuery(query: URLSearchParams, name: string, value: string, byDefault: string): string {
  const changed = new URLSearchParams(query);
  if (value === byDefault) {
    changed.delete(name);
  } else {
    changed.set(name, value);
  }
  const text = changed.toString();
  return text === '' ? '' : `?${text}`;
}

export class Router {
  #listener: (route: Route) => void;

  constructor(listener: (route: Route) => void) {
    this.#listener = listener;
  }

  start(): void {
    addEventListener('popstate', () => this.#tell());
    document.addEventListener('click', (event) => this.#onClick(event));
    this.#tell();
  }

  go(path: string): void {
    history.pushState(null, '', path);
    this.#tell();
  }

  replace(path: string): void {
    history.replaceState(null, '', path);
    this.#tell();
  }

  #tell(): void {
    this.#listener(parseRoute(location.pathname + location.search));
  }

  // Plain clicks on our own links stay in the page; everything else is the browser's.
  #onClick(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (link === null || !isPlain || event.defaultPrevented || link.target !== '' || link.origin !== location.origin) {
      return;
    }
    if (link.getAttribute('href')?.startsWith('#') || parseRoute(link.pathname).view === 'missing') {
      return;
    }
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}
