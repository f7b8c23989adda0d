// SPDX-License-Identifier: Apache-2.0
// The REST calls of the contract.
import type {
  Account, AccountEdit, AccountList, Alert, Assessment, BatchLine, BatchOptions, Cause, FieldProblem, Hold, Live, Notification, Page,
  Problem, Session, Status, TranscriptItem, Verdict, ViewerSample,
} from './types';

// The server answered, and it was no.
export class RefusedError extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly requestId: string,
    readonly fields: readonly FieldProblem[] = [],
    readonly proof: 'password' | 'code' | null = null, // what the server wants to see once more
  ) {
    super(`${status} ${detail}`);
  }
}

// No answer at all: the network, or the server is down.
export class UnreachableError extends Error {}

const proofNeeded = 'urn:vigie:problem:reauthentication_required';
const patience = 20_000; // ms
const pageSize = 1000; // the contract's largest

export type Fetch = (path: string, init: RequestInit) => Promise<Response>;

export class Api {
  #fetch: Fetch;
  #csrf = '';
  onSessionEnd: () => void = () => undefined;
  // Asks the person who they are once more; whether they proved it.
  onProofNeeded: (withCode: boolean) => Promise<boolean> = () => Promise.resolve(false);

  constructor(fetcher: Fetch = (path, init) => fetch(path, init)) {
    this.#fetch = fetcher;
  }

  async session(): Promise<Session> {
    const session = await this.#json<Session>('GET', '/session');
    this.#csrf = session.csrf_token;
    return session;
  }

  // The session goes on under another cookie (App.renewingSession).
  reauthenticate = (password: string, code: string): Promise<Session> =>
    this.#write('POST', '/session/reauthenticate', code === '' ? { password } : { password, code });
  signOut = (): Promise<void> => this.#write('DELETE', '/session');
  status = (): Promise<Status> => this.#json('GET', '/status');

  accounts = (all: boolean): Promise<Account[]> => this.#all(`/accounts?${scope(all)}`);
  account = (id: string): Promise<Account> => this.#json('GET', `/accounts/${encodeURIComponent(id)}`);
  followMany = async (text: string, options: BatchOptions): Promise<BatchLine[]> =>
    (await this.#write<Page<BatchLine>>('POST', '/accounts/batch', { text, ...options })).items;
  edit = (id: string, change: AccountEdit): Promise<Account> => this.#write('PATCH', `/accounts/${encodeURIComponent(id)}`, change);
  unfollow = (id: string): Promise<void> => this.#write('DELETE', `/accounts/${encodeURIComponent(id)}`);
  check = (id: string): Promise<void> => this.#write('POST', `/accounts/${encodeURIComponent(id)}/check`);
  livesOfAccount = (id: string, limit: number, cursor: string): Promise<Page<Live>> =>
    this.#json('GET', `/accounts/${encodeURIComponent(id)}/lives?limit=${limit}&cursor=${encodeURIComponent(cursor)}`);
  viewers = async (liveId: string): Promise<ViewerSample[]> =>
    (await this.#json<Page<ViewerSample>>('GET', `/lives/${encodeURIComponent(liveId)}/viewers`)).items;

  lists = async (): Promise<AccountList[]> => (await this.#json<Page<AccountList>>('GET', '/lists')).items;
  createList = (name: string): Promise<AccountList> => this.#write('POST', '/lists', { name });
  renameList = (id: string, name: string): Promise<AccountList> => this.#write('PATCH', `/lists/${encodeURIComponent(id)}`, { name });
  removeList = (id: string): Promise<void> => this.#write('DELETE', `/lists/${encodeURIComponent(id)}`);
  setInList = (listId: string, accountId: string, isIn: boolean): Promise<void> =>
    this.#write(isIn ? 'PUT' : 'DELETE', `/lists/${encodeURIComponent(listId)}/accounts/${encodeURIComponent(accountId)}`);

  livesOnAir = (all: boolean): Promise<Live[]> => this.#all(`/lives?state=live&${scope(all)}`);
  livesEnded = async (all: boolean, limit: number): Promise<Live[]> =>
    (await this.#json<Page<Live>>('GET', `/lives?state=ended&limit=${limit}&${scope(all)}`)).items;
  live = (id: string): Promise<Live> => this.#json('GET', `/lives/${encodeURIComponent(id)}`);
  transcript = (id: string): Promise<TranscriptItem[]> => this.#all(`/lives/${encodeURIComponent(id)}/segments?`);
  lastWords = async (id: string, count: number): Promise<TranscriptItem[]> =>
    (await this.#json<Page<TranscriptItem>>('GET', `/lives/${encodeURIComponent(id)}/segments?order=newest&limit=${count}`))
      .items;
  assessments = (id: string): Promise<Assessment[]> => this.#all(`/lives/${encodeURIComponent(id)}/assessments?`);
  setCapture = (id: string, running: boolean): Promise<Live> =>
    this.#write('PUT', `/lives/${encodeURIComponent(id)}/capture`, { running });

  // What waits for a person, in somebody's hands or not.
  openAlerts = async (all: boolean): Promise<Alert[]> => {
    const [open, claimed] = await Promise.all([
      this.#all<Alert>(`/alerts?state=open&${scope(all)}`), this.#all<Alert>(`/alerts?state=claimed&${scope(all)}`),
    ]);
    return [...open, ...claimed];
  };
  decidedAlerts = (all: boolean, kind: string, sort: 'newest' | 'score', cursor: string): Promise<Page<Alert>> =>
    this.#json('GET', `/alerts?state=decided&sort=${sort}&limit=50&${scope(all)}${kind === '' ? '' : `&kind=${kind}`}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
  alert = (id: string): Promise<Alert> => this.#json('GET', `/alerts/${encodeURIComponent(id)}`);
  claim = (id: string): Promise<Alert> => this.#write('PUT', `/alerts/${encodeURIComponent(id)}/claim`);
  release = (id: string): Promise<Alert> => this.#write('DELETE', `/alerts/${encodeURIComponent(id)}/claim`);
  decide = (id: string, decision: { verdict: Verdict; cause?: Cause; note?: string }): Promise<Alert> =>
    this.#write('POST', `/alerts/${encodeURIComponent(id)}/decisions`, decision);
  undo = (id: string, decisionId: string): Promise<Alert> =>
    this.#write('DELETE', `/alerts/${encodeURIComponent(id)}/decisions/${encodeURIComponent(decisionId)}`);

  holds = async (liveId: string): Promise<Hold[]> => (await this.#json<Page<Hold>>('GET', `/lives/${encodeURIComponent(liveId)}/holds`)).items;
  placeHold = (liveId: string, reason: string, until: string): Promise<Hold> =>
    this.#write('POST', `/lives/${encodeURIComponent(liveId)}/holds`, { reason, until });
  releaseHold = (id: string): Promise<void> => this.#write('DELETE', `/holds/${encodeURIComponent(id)}`);

  // For pages that are loaded when they are opened; each keeps its own calls.
  read = <T>(path: string): Promise<T> => this.#json<T>('GET', path);
  write = <T = void>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> => this.#write<T>(method, path, body);

  notifications = async (limit: number): Promise<Notification[]> =>
    (await this.#json<Page<Notification>>('GET', `/notifications?limit=${limit}`)).items;
  readNotification = (id: string): Promise<void> => this.#write('PUT', `/notifications/${encodeURIComponent(id)}/read`);
  readAllNotifications = (): Promise<void> => this.#write('PUT', '/notifications/read');

  async #all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let cursor = '';
    do {
      const page: Page<T> = await this.#json('GET', `${path}&limit=${pageSize}${cursor}`);
      items.push(...page.items);
      cursor = page.next_cursor === null ? '' : `&cursor=${encodeURIComponent(page.next_cursor)}`;
    } while (cursor !== '');
    return items;
  }

  // A token made old by a sign-in elsewhere is fetched again, a fresh proof is asked for: each once.
  async #write<T>(method: string, path: string, body?: unknown): Promise<T> {
    try {
      return await this.#json<T>(method, path, body);
    } catch (error) {
      if (!(error instanceof RefusedError) || error.status !== 403) {
        throw error;
      }
      if (error.proof !== null) {
        if (!(await this.onProofNeeded(error.proof === 'code'))) {
          throw error;
        }
      } else if (error.detail.includes('X-CSRF-Token')) {
        await this.session();
      } else {
        throw error;
      }
    }
    return this.#json<T>(method, path, body);
  }

  async #json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.#send(method, path, body);
    if (response.ok) {
      const text = await response.text();
      return (text === '' ? undefined : JSON.parse(text)) as T;
    }
    if (response.status === 401) {
      this.onSessionEnd();
    }
    const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
    const proof = problem.type !== proofNeeded ? null : problem.second_factor === true ? 'code' : 'password';
    throw new RefusedError(response.status, problem.detail ?? '', problem.request_id ?? '', problem.errors ?? [], proof);
  }

  async #send(method: string, path: string, body: unknown): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (method !== 'GET') {
      headers['X-CSRF-Token'] = this.#csrf;
    }
    const init: RequestInit = { method, headers, signal: AbortSignal.timeout(patience) };
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
      init.body = JSON.stringify(body);
    }
    try {
      return await this.#fetch(`/api/v1${path}`, init);
    } catch (error) {
      throw new UnreachableError(error instanceof Error ? error.message : String(error));
    }
  }
}

// Cut by the server; a whole file of MPEG-4 that the browser asks for in parts.
export const soundAddress = (liveId: string, from: number, to: number): string =>
  `/api/v1/lives/${encodeURIComponent(liveId)}/audio?from=${Math.max(0, from)}&to=${to}`;

const scope = (all: boolean): string => (all ? 'scope=all' : '');
