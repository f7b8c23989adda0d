// SPDX-License-Identifier: Apache-2.0
// The page's one object: holds the state where Svelte sees it change, and moves it with the framework-free
// parts beside it.
import { Api, RefusedError, UnreachableError } from './api';
import { EventStream, type Link, type Socket } from './events';
import { makeFormat } from './format';
import { catalogueOf } from './i18n';
import { fetchAccounts, fetchDetail, fetchSnapshot, fetchTails } from './loader';
import {
  savedLanguage, savedTheme, saveLanguage, saveTheme, type LanguageCode, type Theme,
} from './preferences';
import { pageOf, parseRoute, Router, type Route } from './router';
import {
  alertsToHandle, applied, emptyState, loaded, markedRead, opening, withAccounts, withDetail, withTail,
} from './state';
import { dismissed, expired, mayInterrupt, noToasts, told } from './toasts';
import type { Interim, Page, Person, Status, VigieEvent } from './types';

const accountsEvery = 30_000; // ms: ages of statuses are not events
const bannerAfter = 3000; // ms without a link before it is said
const caughtUpShown = 8000; // ms

export type Failure = { error: unknown; since: number };

class App {
  api = new Api();
  router = new Router((route) => this.#routed(route));
  #stream: EventStream;
  #clockOffset = 0; // ms: the server's time is the one that counts
  #isLeaving = false;
  #wasLost = false;
  #backAt = 0; // ms, by the server's clock: what happened before was missed
  #loading = 0;

  state = $state.raw(emptyState);
  person = $state.raw<Person | null>(null);
  status = $state.raw<Status | null>(null);
  route = $state.raw<Route>(parseRoute('/'));
  link = $state.raw<Link>({ state: 'connecting', since: Date.now() });
  interim = $state.raw<Interim | null>(null); // of the live that is open
  pending = $state(0); // people who wait for an administrator
  toasts = $state.raw(noToasts);
  failure = $state.raw<Failure | null>(null);
  detailFailure = $state.raw<Failure | null>(null);
  isLoaded = $state(false);
  isDetailLoaded = $state(false);
  isSessionEnded = $state(false);
  proof = $state.raw<{ withCode: boolean; done: (isProved: boolean) => void } | null>(null); // asked for now
  isToastHeld = $state(false);
  caughtUp = $state.raw<{ count: number | null; until: number } | null>(null);
  message = $state(''); // what an action did, for the status line
  language = $state<LanguageCode>(savedLanguage() ?? (document.documentElement.lang === 'en' ? 'en' : 'fr'));
  theme = $state<Theme>(savedTheme());
  tick = $state(Date.now());

  t = $derived(catalogueOf(this.language));
  format = $derived(makeFormat(this.language));
  isLost = $derived((this.link.state === 'lost' || this.link.state === 'trying') && this.tick - this.link.since >= bannerAfter);
  // Ages stop growing where the news stopped.
  now = $derived((this.isLost && 'since' in this.link ? this.link.since : this.tick) + this.#clockOffset);
  frozenAt = $derived(this.isLost && 'since' in this.link ? this.link.since + this.#clockOffset : null);
  seesAll = $derived(this.person !== null && this.person.role !== 'user');
  decides = $derived(this.person?.role === 'moderator' || this.person?.role === 'admin');
  isAdmin = $derived(this.person?.role === 'admin');
  readsAudit = $derived(this.person?.role === 'admin' || this.person?.role === 'auditor');
  toHandle = $derived(alertsToHandle(this.state).length);

  constructor() {
    this.#stream = new EventStream(
      {
        open: (path) => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`) as Socket,
        now: () => Date.now(),
        random: () => Math.random(),
        after: (ms, action) => {
          const timer = setTimeout(action, ms);
          return () => clearTimeout(timer);
        },
      },
      {
        onEvent: (event) => this.#receive(event),
        onLink: (link) => this.#linked(link),
        isSignedIn: () => this.#isSignedIn(),
      },
    );
    this.api.onSessionEnd = () => this.#endSession();
    this.api.onProofNeeded = (withCode) => this.#askForProof(withCode);
  }

  async start(): Promise<void> {
    this.applyTheme();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.applyTheme());
    this.router.start();
    setInterval(() => this.#everySecond(), 1000);
    setInterval(() => void this.refreshAccounts(), accountsEvery);
    addEventListener('online', () => this.#stream.retryNow());
    addEventListener('offline', () => this.#stream.distrust());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) {
        this.tick = Date.now();
        void this.resume();
        void this.refreshAccounts();
      }
    });
    await this.#signIn();
  }

  // Everything anew, with no event lost between REST and the feed (lib/events.ts says how).
  reload(): void {
    if (this.person === null) {
      void this.#signIn();
    } else {
      this.#stream.start(this.seesAll);
    }
  }

  retryLink(): void {
    this.#stream.retryNow();
  }

  async #signIn(): Promise<void> {
    try {
      const { user } = await this.api.session();
      this.person = user;
      this.language = user.language;
      saveLanguage(user.language);
      this.failure = null;
      this.#stream.start(this.seesAll);
    } catch (error) {
      if (error instanceof RefusedError && error.status === 401) {
        location.assign(this.signInAddress());
        return;
      }
      this.#failed(error);
      setTimeout(() => this.person === null && void this.#signIn(), 5000);
    }
  }

  signInAddress(): string {
    return `/connexion?suite=${encodeURIComponent(location.pathname + location.search)}`;
  }

  async signOut(): Promise<void> {
    this.#isLeaving = true;
    this.#stream.close();
    try {
      await this.api.signOut();
    } catch (error) {
      if (!(error instanceof RefusedError && error.status === 401)) {
        this.#isLeaving = false;
        this.#failed(error);
        this.reload();
        return;
      }
    }
    location.assign('/connexion');
  }

  // For what gives this browser another session: the one before ends, and that is no reason to say so.
  async renewingSession(act: () => Promise<unknown>): Promise<void> {
    this.#isLeaving = true;
    try {
      await act();
      await this.api.session();
    } finally {
      this.#isLeaving = false;
    }
    this.reload();
  }

  // Of two that ask at once the later waits for the same answer.
  #asking: Promise<boolean> | null = null;
  #askForProof(withCode: boolean): Promise<boolean> {
    this.#asking ??= new Promise<boolean>((done) => { this.proof = { withCode, done }; })
      .finally(() => { this.proof = this.#asking = null; });
    return this.#asking;
  }

  #endSession(): void {
    if (!this.#isLeaving && this.person !== null) {
      this.isSessionEnded = true;
      this.#stream.close();
    }
  }

  // Somebody signed in again, perhaps in another tab: what was typed here goes on where it was. Another
  // person begins anew.
  async resume(): Promise<boolean> {
    if (!this.isSessionEnded || this.person === null) {
      return true;
    }
    try {
      const { user } = await this.api.session();
      if (user.id !== this.person.id) {
        location.reload();
        return true;
      }
      this.person = user;
      this.isSessionEnded = false;
      this.#stream.start(this.seesAll);
      return true;
    } catch {
      return false;
    }
  }

  async #isSignedIn(): Promise<boolean> {
    try {
      await this.api.session();
      return true;
    } catch (error) {
      return !(error instanceof RefusedError && error.status === 401);
    }
  }

  #linked(link: Link): void {
    this.link = link;
    this.tick = Date.now();
    if (link.state === 'lost') {
      this.#wasLost ||= true;
    }
    if (link.state === 'open' && this.#wasLost) {
      this.#wasLost = false;
      this.#backAt = link.since + this.#clockOffset;
      this.caughtUp = { count: 0, until: link.since + caughtUpShown };
      if (this.isLoaded) {
        void this.refreshAccounts();
      }
    }
    if (link.state === 'closed' && !this.#isLeaving && this.person !== null) {
      this.isSessionEnded = true;
    }
  }

  #receive(event: VigieEvent): void {
    if (event.type === 'resync') {
      if (this.caughtUp !== null) {
        this.caughtUp = { count: null, until: Date.now() + caughtUpShown };
      }
      void this.#load(event.id);
      return;
    }
    if (event.type === 'segment.interim') {
      this.interim = event.data.live_id === this.state.opened ? event.data : this.interim;
      return;
    }
    const before = this.state;
    this.state = applied(before, event);
    if (event.type === 'segment.final' && event.data.live_id === this.interim?.live_id && event.data.end > this.interim.start) {
      this.interim = null; // settled
    }
    if (this.caughtUp !== null && this.caughtUp.count !== null && Date.parse(event.at) < this.#backAt) {
      this.caughtUp = { count: this.caughtUp.count + 1, until: Date.now() + caughtUpShown };
    }
    if (event.type === 'alert.opened' || event.type === 'alert.updated') {
      this.toasts = told(this.toasts, before.alerts.get(event.data.id), event.data, Date.now());
    }
    if (event.type === 'notification') {
      this.toasts = mayInterrupt(this.toasts, event.data, this.state.alerts.get(event.data.alert_id ?? ''), Date.now());
    }
  }

  async #load(asOf: number): Promise<void> {
    this.#loading += 1;
    const turn = this.#loading;
    try {
      const [snapshot, status] = await Promise.all([fetchSnapshot(this.api, this.seesAll), this.#fetchStatus()]);
      if (turn !== this.#loading) {
        return; // a newer one is under way
      }
      this.status = status;
      this.state = loaded(this.state, snapshot, asOf);
      this.isLoaded = true;
      this.failure = null;
      void this.refreshPending();
      await Promise.all([
        this.#loadDetail(),
        fetchTails(this.api, this.state, (tail) => {
          this.state = withTail(this.state, tail.id, tail.items, tail.assessments);
        }),
      ]);
    } catch (error) {
      if (turn === this.#loading) {
        this.#failed(error);
        setTimeout(() => turn === this.#loading && void this.#load(asOf), 5000);
      }
    }
  }

  async #fetchStatus(): Promise<Status> {
    const begin = Date.now();
    const status = await this.api.status();
    this.#clockOffset = Date.parse(status.time) - (begin + Date.now()) / 2;
    return status;
  }

  async #loadDetail(): Promise<void> {
    const id = this.state.opened;
    if (id === null) {
      return;
    }
    const asOf = this.state.lastEvent;
    try {
      const detail = await fetchDetail(this.api, id);
      this.state = withDetail(this.state, detail, asOf);
      if (this.state.opened === id) {
        this.isDetailLoaded = true;
        this.detailFailure = null;
      }
    } catch (error) {
      if (this.state.opened === id) {
        this.detailFailure = { error, since: Date.now() };
      }
    }
  }

  retryDetail(): void {
    this.detailFailure = null;
    void this.#loadDetail();
  }

  async refreshAccounts(): Promise<void> {
    if (!this.isLoaded || document.hidden || this.isSessionEnded || this.link.state !== 'open') {
      return;
    }
    const asOf = this.state.lastEvent;
    try {
      const [{ accounts, mine }, status] = await Promise.all([fetchAccounts(this.api, this.seesAll), this.#fetchStatus()]);
      this.state = withAccounts(this.state, accounts, mine, asOf);
      this.status = status;
      void this.refreshPending();
    } catch (error) {
      if (error instanceof UnreachableError) {
        this.#stream.distrust();
      }
    }
  }

  async refreshPending(): Promise<void> {
    if (this.isAdmin) {
      const page = await this.api.read<Page<unknown>>('/users?state=pending&limit=1000').catch(() => null);
      this.pending = page?.items.length ?? this.pending;
    }
  }

  #failed(error: unknown): void {
    this.failure ??= { error, since: Date.now() };
  }

  #routed(route: Route): void {
    const isSamePage = pageOf(route) === pageOf(this.route);
    this.route = route;
    if (route.view === 'live' || !isSamePage) {
      this.openLive(route.view === 'live' ? route.id : null);
    }
    if (!isSamePage) {
      this.message = '';
    }
  }

  // From here on the words of this live are whole, and kept so.
  openLive(id: string | null): void {
    if (id === this.state.opened) {
      return;
    }
    this.state = opening(this.state, id);
    this.interim = null;
    this.isDetailLoaded = false;
    this.detailFailure = null;
    if (this.isLoaded) {
      void this.#loadDetail();
    }
  }

  #everySecond(): void {
    if (document.hidden) {
      return;
    }
    this.tick = Date.now();
    this.toasts = expired(this.toasts, this.tick, this.isToastHeld);
    if (this.caughtUp !== null && this.caughtUp.until < this.tick) {
      this.caughtUp = null;
    }
  }

  dismiss(liveId: string): void {
    this.toasts = dismissed(this.toasts, liveId);
    this.isToastHeld = false;
  }

  async markRead(id: string | null): Promise<void> {
    this.state = markedRead(this.state, id, new Date().toISOString());
    try {
      await (id === null ? this.api.readAllNotifications() : this.api.readNotification(id));
    } catch {
      // The bell tells the truth again with the next load.
    }
  }

  // At once on the page, and kept for the other browsers and the mails of this person.
  async setLanguage(language: LanguageCode): Promise<void> {
    this.language = language;
    saveLanguage(language);
    await this.api.write('PATCH', '/me', { language });
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    saveTheme(theme);
    this.applyTheme();
  }

  applyTheme(): void {
    const isDark = this.theme === 'dark' || (this.theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
    document.documentElement.dataset['bsTheme'] = isDark ? 'dark' : 'light';
  }
}

export const app = new App();
