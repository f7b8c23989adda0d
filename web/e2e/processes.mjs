// SPDX-License-Identifier: Apache-2.0
// The real programs, started for a test and ended with it, each by its own process id.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const preset = process.env.PRESET ?? 'dev';
export const vigieBinary = process.env.VIGIE_BIN ?? `${root}build/${preset}/vigie`;
export const simulatorBinary = process.env.VIGIE_SIM_BIN ?? `${root}build/${preset}/vigie-sim`;

const running = new Set();

export class Program {
  output = '';

  constructor(binary, args, environment = {}) {
    // Nothing of the caller's own configuration reaches the programs.
    const { PATH, HOME, XDG_CACHE_HOME, VIGIE_CACHE, MODELS_DIR, ASAN_OPTIONS, TSAN_OPTIONS } = process.env;
    const kept = Object.fromEntries(
      Object.entries({ PATH, HOME, XDG_CACHE_HOME, VIGIE_CACHE, MODELS_DIR, ASAN_OPTIONS, TSAN_OPTIONS }).filter(([, value]) => value !== undefined));
    this.child = spawn(binary, args, { env: { ...kept, ...environment }, stdio: ['pipe', 'pipe', 'pipe'] });
    running.add(this);
    const listen = (chunk) => { this.output = (this.output + chunk).slice(-200_000); };
    this.child.stdout.on('data', listen);
    this.child.stderr.on('data', listen);
    this.ended = once(this.child, 'close').then(([code]) => {
      running.delete(this);
      return code;
    });
  }

  get isRunning() {
    return running.has(this);
  }

  async end(signal = 'SIGTERM') {
    if (this.isRunning) {
      this.child.kill(signal);
    }
    return this.ended;
  }
}

export async function endAll() {
  await Promise.all([...running].map((program) => program.end('SIGKILL')));
}

// To its end, with what it said.
export async function runProgram(binary, args, environment, input = '') {
  const program = new Program(binary, args, environment);
  program.child.stdin.end(input);
  const code = await program.ended;
  if (code !== 0) {
    throw new Error(`${binary} ${args.join(' ')} ended with ${code}: ${program.output}`);
  }
  return program.output.trim();
}

export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// Asks until the answer satisfies; the last reason is told when it never does.
export async function until(what, ask, { within = 60_000, every = 200 } = {}) {
  const deadline = Date.now() + within;
  let reason = '';
  while (Date.now() < deadline) {
    try {
      const found = await ask();
      if (found) {
        return found;
      }
      reason = 'not yet';
    } catch (error) {
      reason = error.message;
    }
    await new Promise((done) => setTimeout(done, every));
  }
  throw new Error(`waited ${within / 1000} s for ${what}: ${reason}`);
}

// Vigie, once it answers at its address.
export async function startVigie(args, environment, address) {
  const vigie = new Program(vigieBinary, args, environment);
  try {
    await until('vigie', async () => {
      assert.ok(vigie.isRunning, `vigie ended: ${vigie.output}`);
      return (await fetch(`${address}/readyz`)).ok;
    });
  } catch (error) {
    await vigie.end();
    throw error;
  }
  return vigie;
}
