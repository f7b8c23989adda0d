// SPDX-License-Identifier: Apache-2.0
// The live feed: one socket, kept open, that misses nothing and says how it stands.
//
// With `after` the server replays what came since. Before the first event nothing is known to be after:
// asking for what comes after an id that no log reaches makes the server answer `resync` with its newest
// id and deliver everything beyond it, in one step. What REST answers from then on therefore holds every
// event up to that id, and the socket brings the rest: nothing can fall between.
import type { VigieEvent } from './types';

export type Link =
  | { state: 'connecting'; since: number }
  | { state: 'open'; since: number }
  | { state: 'lost'; since: number; retryAt: number }
  | { state: 'trying'; since: number }
  | { state: 'closed' };

export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: ((close: { code: number }) => void) | null;
  close(): void;
}

export interface World {
  open(path: string): Socket;
  now(): number;
  random(): number; // [0, 1)
  after(ms: number, action: () => void): () => void; // returns how to cancel
}

export interface Listener {
  onEvent(event: VigieEvent): void;
  onLink(link: Link): void;
  // The socket was refused or closed by the server; is the session still good? Resolves to false when not.
  isSignedIn(): Promise<boolean>;
}

const beyondEveryLog = Number.MAX_SAFE_INTEGER;
const steps = [1000, 2000, 4000, 8000, 15000]; // ms
const jitter = 0.2;
const settled = 5000; // ms open before the next loss counts as a first one
const patience = 10_000; // ms for a handshake
const policyViolation = 1008; // the session ended

export function backoff(attempt: number, random: number): number {
  const step = steps[Math.min(attempt, steps.length - 1)] ?? 15000;
  return Math.round(step * (1 - jitter + 2 * jitter * random));
}

export class EventStream {
  #world: World;
  #listener: Listener;
  #all = false;
  #last: number | null = null;
  #socket: Socket | null = null;
  #attempt = 0;
  #lostSince: number | null = null;
  #cancelTimer: () => void = () => undefined;
  #isClosed = true;

  constructor(world: World, listener: Listener) {
    this.#world = world;
    this.#listener = listener;
  }

  // Begins anew: the first message will be a resync.
  start(all: boolean): void {
    this.#drop();
    this.#all = all;
    this.#last = null;
    this.#attempt = 0;
    this.#isClosed = false;
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
    this.#listener.onLink({ state: 'closed' });
  }

  retryNow(): void {
    if (!this.#isClosed && this.#socket === null) {
      this.#cancelTimer();
      this.#connect();
    }
  }

  // Something else found the network gone: do not wait for the socket to notice.
  distrust(): void {
    if (!this.#isClosed && this.#socket !== null && this.#lostSince === null) {
      this.#drop();
      this.#lose();
    }
  }

  #connect(): void {
    const now = this.#world.now();
    const since = this.#lostSince;
    this.#listener.onLink(since === null ? { state: 'connecting', since: now } : { state: 'trying', since });
    const after = this.#last ?? beyondEveryLog;
    const socket = this.#world.open(`/api/v1/events?after=${after}${this.#all ? '&scope=all' : ''}`);
    this.#socket = socket;
    let openedAt: number | null = null;
    this.#cancelTimer = this.#world.after(patience, () => {
      this.#drop();
      this.#lose();
    });
    socket.onopen = () => {
      this.#cancelTimer();
      openedAt = this.#world.now();
      this.#lostSince = null;
      this.#listener.onLink({ state: 'open', since: openedAt });
    };
    socket.onmessage = (message) => this.#receive(message.data);
    socket.onclose = ({ code }) => {
      if (openedAt !== null && this.#world.now() - openedAt >= settled) {
        this.#attempt = 0;
      }
      this.#drop();
      void this.#ended(code);
    };
  }

  #receive(data: unknown): void {
    const event = typeof data === 'string' ? parseEvent(data) : null;
    if (event === null) {
      return;
    }
    if (event.id === null) {
      this.#listener.onEvent(event);
      return;
    }
    if (event.type !== 'resync' && this.#last !== null && event.id <= this.#last) {
      return; // told before
    }
    this.#last = event.id;
    this.#listener.onEvent(event);
  }

  async #ended(code: number): Promise<void> {
    this.#lose();
    // A refused handshake looks like a dead network; only asking tells them apart.
    const isSignedIn = code !== policyViolation && (await this.#listener.isSignedIn());
    if (!isSignedIn && !this.#isClosed) {
      this.close();
    }
  }

  #lose(): void {
    if (this.#isClosed) {
      return;
    }
    const now = this.#world.now();
    this.#lostSince ??= now;
    const wait = backoff(this.#attempt, this.#world.random());
    this.#attempt += 1;
    this.#listener.onLink({ state: 'lost', since: this.#lostSince, retryAt: now + wait });
    this.#cancelTimer();
    this.#cancelTimer = this.#world.after(wait, () => this.#connect());
  }

  #drop(): void {
    this.#cancelTimer();
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }
}

// What is not an event of ours is dropped: a newer server may say more than this page knows.
export function parseEvent(text: string): VigieEvent | null {
  try {
    const value = JSON.parse(text) as { id?: unknown; type?: unknown; data?: unknown } | null;
    const isEvent =
      value !== null && typeof value === 'object' && typeof value.type === 'string' && typeof value.data === 'object' && value.data !== null;
    if (isEvent && value.type === 'segment.interim') {
      return { ...value, id: null } as VigieEvent;
    }
    return isEvent && typeof value.id === 'number' ? (value as VigieEvent) : null;
  } catch {
    return null;
  }
}
