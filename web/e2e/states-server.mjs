// SPDX-License-Identifier: Apache-2.0
// For states.test.mjs only: serves dist with the server's headers and plays the states that the real
// thing reaches seldom or slowly. The socket is written by hand: text frames out, close frames in.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const dist = `${root}dist`;
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

// The policy of the server, from its source, so that the two cannot drift apart.
function contentSecurityPolicy() {
  const source = readFileSync(`${root}../src/http/policy.cpp`, 'utf8');
  const [, text] = /content_security_policy =\s*((?:"[^"]*"\s*)+);/.exec(source);
  return [...text.matchAll(/"([^"]*)"/g)].map((match) => match[1]).join('');
}

export class StatesServer {
  #http = http.createServer((request, response) => this.#answer(request, response));
  #sockets = new Set();
  #policy = contentSecurityPolicy();
  #connections = new Set();
  #port = 0;
  lastEvent = 100;
  log = []; // every event told, for replay
  asked = []; // the addresses of sockets
  isSignedIn = true;
  longestReplay = 500;
  world = { person: null, accounts: [], lives: [], segments: {}, assessments: {}, alerts: [], notifications: [], lists: [], viewers: {}, status: null };
  refusals = {}; // "POST /accounts" → [status, problem]
  answers = {}; // "POST /accounts/batch" → (body, id, second id) => [status, answer]; the id in the path reads {id}; of a GET: (null, query)
  sound = null; // bytes of a WAV file: what every stretch of every live sounds like
  calls = [];
  sent = []; // [call, body] of each write

  constructor() {
    this.#http.on('upgrade', (request, socket) => this.#upgrade(request, socket));
    this.#http.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.on('close', () => this.#connections.delete(socket));
    });
  }

  async start() {
    await new Promise((done) => this.#http.listen(this.#port, '127.0.0.1', done));
    this.#port = this.#http.address().port;
    return `http://127.0.0.1:${this.#port}`;
  }

  async stop() {
    for (const socket of this.#connections) {
      socket.destroy();
    }
    this.#sockets.clear();
    await new Promise((done) => this.#http.close(done));
  }

  tell(type, data, at = new Date().toISOString()) {
    this.lastEvent += 1;
    const event = { id: this.lastEvent, type, at, data };
    this.log.push(event);
    for (const socket of this.#sockets) {
      send(socket, event);
    }
    return event;
  }

  // As the server tells of an alert: the alert, then this person's notification of it.
  raise(alert, interrupts = alert.severity !== 'faible') {
    const told = this.tell('alert.opened', { ...alert });
    this.tell('notification', {
      id: `of-${alert.id}`, kind: 'alert', live_id: alert.live_id, alert_id: alert.id, username: alert.username, severity: alert.severity,
      created_at: alert.opened_at, read_at: null, read: false, interrupts,
    });
    return told;
  }

  // As what is not kept: no number, no replay.
  murmur(type, data) {
    this.repeat({ type, at: new Date().toISOString(), data });
  }

  // As the network may: the same event once more.
  repeat(event) {
    for (const socket of this.#sockets) {
      send(socket, event);
    }
  }

  endSession() {
    this.isSignedIn = false;
    for (const socket of this.#sockets) {
      socket.write(Buffer.from([0x88, 0x02, 0x03, 0xf0])); // 1008
      socket.end();
    }
    this.#sockets.clear();
  }

  #upgrade(request, socket) {
    const url = new URL(request.url, 'http://x');
    this.asked.push(url.search);
    if (!this.isSignedIn) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    const after = Number(url.searchParams.get('after'));
    const missed = this.log.filter((event) => event.id > after);
    if (after > this.lastEvent || missed.length > this.longestReplay) {
      send(socket, { id: this.lastEvent, type: 'resync', at: new Date().toISOString(), data: {} });
    } else {
      missed.forEach((event) => send(socket, event));
    }
    this.#sockets.add(socket);
  }

  #answer(request, response) {
    const url = new URL(request.url, 'http://x');
    response.setHeader('Content-Security-Policy', this.#policy);
    response.setHeader('Cache-Control', 'no-store');
    if (url.pathname.startsWith('/api/v1/')) {
      this.#rest(request, response, url);
      return;
    }
    const isFile = url.pathname.includes('.') && existsSync(dist + url.pathname);
    const file = isFile ? dist + url.pathname : `${dist}/index.html`;
    response.setHeader('Content-Type', url.pathname === '/connexion' ? 'text/html' : types[extname(file)]);
    response.end(url.pathname === '/connexion' ? '<!doctype html><title>Se connecter</title><h1>Se connecter</h1>' : readFileSync(file));
  }

  #rest(request, response, url) {
    const path = url.pathname.slice('/api/v1'.length);
    const call = `${request.method} ${path}`;
    this.calls.push(call + url.search);
    const reply = (status, body) => {
      response.statusCode = status;
      response.setHeader('Content-Type', 'application/json');
      response.end(body === undefined ? '' : JSON.stringify(body));
    };
    if (!this.isSignedIn) {
      return reply(401, { title: 'Not signed in', status: 401, detail: '', request_id: 'r0' });
    }
    if (this.refusals[call] !== undefined) {
      return reply(...this.refusals[call]);
    }
    const page = (items) => {
      const limit = Number(url.searchParams.get('limit') ?? 50);
      const from = Number(url.searchParams.get('cursor') ?? 0);
      const next = from + limit < items.length ? String(from + limit) : null;
      return { items: items.slice(from, from + limit), next_cursor: next };
    };
    const world = this.world;
    const [, one, id, more] = path.split('/');
    if (request.method !== 'GET') {
      let text = '';
      request.on('data', (chunk) => { text += chunk; });
      request.on('end', () => {
        const body = text === '' ? null : JSON.parse(text);
        this.sent.push([call, body]);
        const answer = this.answers[call] ?? this.answers[`${request.method} /${one}/{id}`];
        reply(...(answer === undefined ? [204] : answer(body, id, path.split('/')[4])));
      });
      return undefined;
    }
    const own = this.answers[`GET ${path}`];
    if (own !== undefined) return reply(...own(null, url.searchParams));
    if (path === '/session') return reply(200, { user: world.person, csrf_token: 'c' });
    if (path === '/status') return reply(200, { ...world.status, time: new Date().toISOString() });
    if (path === '/accounts') return reply(200, page(world.accounts));
    if (path === '/lists') return reply(200, page(world.lists));
    const account = one === 'accounts' ? world.accounts.find((candidate) => candidate.id === id) : undefined;
    if (account !== undefined && more === undefined) return reply(200, account);
    if (account !== undefined && more === 'alert-rule') return reply(200, world.rule ?? { risk_threshold: null, hate_alerts: true, cooldown_s: null });
    if (account !== undefined && more === 'lives') return reply(200, page(world.lives.filter((live) => live.account_id === id)));
    if (path === '/alerts') return reply(200, page(alertsOf(world.alerts, url.searchParams)));
    const alert = one === 'alerts' ? world.alerts.find((candidate) => candidate.id === id) : undefined;
    if (alert !== undefined) return reply(200, alert);
    if (path === '/notifications') return reply(200, page(world.notifications));
    if (path === '/lives') {
      const wantsEnded = url.searchParams.get('state') === 'ended';
      return reply(200, page(world.lives.filter((live) => (live.state === 'ended') === wantsEnded)));
    }
    const live = one === 'lives' ? world.lives.find((candidate) => candidate.id === id) : undefined;
    if (live !== undefined && more === undefined) return reply(200, live);
    if (live !== undefined && more === 'holds') return reply(200, page(world.holds ?? []));
    if (live !== undefined && more === 'audio' && this.sound !== null) return sendSound(request, response, this.sound);
    if (live !== undefined && more === 'viewers') return reply(200, { items: world.viewers[id] ?? [], next_cursor: null });
    if (live !== undefined && more === 'assessments') return reply(200, page(world.assessments[id] ?? []));
    if (live !== undefined && more === 'segments') {
      const items = world.segments[id] ?? [];
      return reply(200, url.searchParams.get('order') === 'newest' ? page(items.slice(-Number(url.searchParams.get('limit')))) : page(items));
    }
    return reply(404, { title: 'Not found', status: 404, detail: 'nothing here', request_id: 'r404' });
  }
}

function send(socket, event) {
  const text = Buffer.from(JSON.stringify(event));
  const head = text.length < 126 ? Buffer.from([0x81, text.length]) : Buffer.from([0x81, 126, text.length >> 8, text.length & 255]);
  socket.write(Buffer.concat([head, text]));
}

function alertsOf(alerts, query) {
  const found = alerts.filter((alert) => ['state', 'kind'].every((name) => !query.has(name) || alert[name] === query.get(name)));
  return query.get('sort') === 'score' ? found.sort((a, b) => b.score - a.score) : found;
}

function sendSound(request, response, bytes) {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const first = range === null ? 0 : Number(range[1]);
  const last = range === null || range[2] === '' ? bytes.length - 1 : Number(range[2]);
  response.statusCode = range === null ? 200 : 206;
  response.setHeader('Content-Type', 'audio/wav');
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Length', last - first + 1);
  if (range !== null) {
    response.setHeader('Content-Range', `bytes ${first}-${last}/${bytes.length}`);
  }
  response.end(bytes.subarray(first, last + 1));
}

// Silence, as a WAV file.
export function silence(seconds, rate = 8000) {
  const bytes = Buffer.alloc(44 + seconds * rate, 0x80);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  [[16, 4, 16], [20, 2, 1], [22, 2, 1], [24, 4, rate], [28, 4, rate], [32, 2, 1], [34, 2, 8]].forEach(([at, size, value]) => bytes.writeUIntLE(value, at, size));
  bytes.write('data', 36);
  bytes.writeUInt32LE(seconds * rate, 40);
  return bytes;
}
