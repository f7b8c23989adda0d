// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { backoff, EventStream, parseEvent, type Link, type Socket } from './events';
import { numbers } from './fixtures';

class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  isClosed = false;
  constructor(readonly path: string) {}
  close(): void {
    this.isClosed = true;
  }
  tell(id: number, type = 'live.updated'): void {
    this.onmessage?.({ data: JSON.stringify({ id, type, at: '2026-11-22T12:00:00Z', data: {} }) });
  }
}

// A clock turned by hand, and a network that is watched.
function stage(isSignedIn = true) {
  const sockets: FakeSocket[] = [];
  const links: Link[] = [];
  const events: number[] = [];
  const timers: { at: number; action: () => void }[] = [];
  let now = 0;
  const stream = new EventStream(
    {
      open: (path) => {
        const socket = new FakeSocket(path);
        sockets.push(socket);
        return socket;
      },
      now: () => now,
      random: () => 0.5,
      after: (ms, action) => {
        const timer = { at: now + ms, action };
        timers.push(timer);
        return () => {
          const index = timers.indexOf(timer);
          if (index >= 0) {
            timers.splice(index, 1);
          }
        };
      },
    },
    {
      onEvent: (event) => events.push(event.id ?? -1),
      onLink: (link) => links.push(link),
      isSignedIn: async () => isSignedIn,
    },
  );
  const advance = (ms: number): void => {
    const end = now + ms;
    for (;;) {
      const next = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) {
        break;
      }
      now = next.at;
      timers.splice(timers.indexOf(next), 1);
      next.action();
    }
    now = end;
  };
  const last = (): FakeSocket => sockets.at(-1) as FakeSocket;
  return { stream, sockets, links, events, advance, last, timers };
}

const turn = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

describe('the feed', () => {
  test('asks beyond every log first, so that a resync names the place to begin', () => {
    const { stream, last } = stage();
    stream.start(true);
    expect(last().path).toBe(`/api/v1/events?after=${Number.MAX_SAFE_INTEGER}&scope=all`);
  });

  test('asks for what came after the last event when it comes back', async () => {
    const { stream, last, advance } = stage();
    stream.start(false);
    last().onopen?.();
    last().tell(40, 'resync');
    last().tell(41);
    last().onclose?.({ code: 1006 });
    await turn();
    advance(1000);
    expect(last().path).toBe('/api/v1/events?after=41');
  });

  test('tells no event twice, and takes a resync to an older log', () => {
    const { stream, last, events } = stage();
    stream.start(false);
    last().onopen?.();
    last().tell(40, 'resync');
    for (const id of [41, 41, 42, 40, 42, 43]) {
      last().tell(id);
    }
    last().tell(5, 'resync');
    last().tell(6);
    expect(events).toEqual([40, 41, 42, 43, 5, 6]);
  });

  test('waits 1, 2, 4, 8, 15, 15 s while nobody answers', async () => {
    const { stream, links, last, advance } = stage();
    stream.start(false);
    const waits: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      last().onclose?.({ code: 1006 });
      await turn();
      const link = links.at(-1) as Link & { state: 'lost'; since: number; retryAt: number };
      expect(link.state).toBe('lost');
      expect(link.since).toBe(0);
      waits.push(link.retryAt - waits.reduce((sum, wait) => sum + wait, 0));
      advance(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 15000, 15000]);
  });

  test('begins the waits anew after a while of good service', async () => {
    const { stream, links, last, advance } = stage();
    stream.start(false);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      last().onclose?.({ code: 1006 });
      await turn();
      advance(15000);
    }
    last().onopen?.();
    advance(6000);
    last().onclose?.({ code: 1006 });
    await turn();
    const link = links.at(-1) as Link & { since: number; retryAt: number };
    expect(link.retryAt - link.since).toBe(1000);
  });

  test('stops, and says so, when the session ended', async () => {
    const { stream, links, last, advance, sockets } = stage();
    stream.start(false);
    last().onopen?.();
    last().onclose?.({ code: 1008 });
    await turn();
    expect(links.at(-1)?.state).toBe('closed');
    advance(60_000);
    expect(sockets).toHaveLength(1);
  });

  test('stops when a refused handshake means that nobody is signed in', async () => {
    const { stream, links, last, advance, sockets } = stage(false);
    stream.start(false);
    last().onclose?.({ code: 1006 });
    await turn();
    expect(links.at(-1)?.state).toBe('closed');
    advance(60_000);
    expect(sockets).toHaveLength(1);
  });

  test('gives a handshake ten seconds', () => {
    const { stream, sockets, advance, links } = stage();
    stream.start(false);
    advance(10_000);
    expect(sockets[0]?.isClosed).toBe(true);
    expect(links.at(-1)?.state).toBe('lost');
    advance(1000);
    expect(sockets).toHaveLength(2);
  });

  test('tries at once when asked, and only once', () => {
    const { stream, sockets, last, advance } = stage();
    stream.start(false);
    last().onclose?.({ code: 1006 });
    stream.retryNow();
    stream.retryNow();
    expect(sockets).toHaveLength(2);
    last().onopen?.();
    advance(60_000);
    expect(sockets).toHaveLength(2);
  });

  test('lets go of a socket that others found dead', () => {
    const { stream, sockets, last, links } = stage();
    stream.start(false);
    last().onopen?.();
    stream.distrust();
    expect(sockets[0]?.isClosed).toBe(true);
    expect(links.at(-1)?.state).toBe('lost');
  });

  test('leaves no timer behind when it is closed', () => {
    const { stream, last, timers } = stage();
    stream.start(false);
    last().onclose?.({ code: 1006 });
    stream.close();
    expect(timers).toEqual([]);
  });

  test('drops what is no event', () => {
    for (const text of ['', '{', 'null', '[]', '1', '{"id":"1","type":"x","data":{}}', '{"id":1,"data":{}}', '{"id":1,"type":"x"}']) {
      expect(parseEvent(text), text).toBeNull();
    }
  });
});

describe('backoff', () => {
  test('stays within a fifth of its step', () => {
    const random = numbers(7);
    const steps = [1000, 2000, 4000, 8000, 15000];
    for (let round = 0; round < 500; round += 1) {
      const attempt = Math.floor(random() * 10);
      const step = steps[Math.min(attempt, 4)] as number;
      const wait = backoff(attempt, random());
      expect(wait).toBeGreaterThanOrEqual(step * 0.8);
      expect(wait).toBeLessThanOrEqual(step * 1.2);
    }
  });
});
