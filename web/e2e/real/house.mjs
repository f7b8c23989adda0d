// SPDX-License-Identifier: Apache-2.0
// The real server with its pages and its API only, in a folder of its own, begun and ended with a suite.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasBrowser } from '../browser.mjs';
import { freePort, startVigie, until, vigieBinary } from '../processes.mjs';

export const lacking = [[hasBrowser, 'Chromium'], [existsSync(vigieBinary), vigieBinary]].filter(([isThere]) => !isThere).map(([, name]) => name);

// The application that was just built rather than the one in the binary, unless WEB_DIR says otherwise.
const application = process.env.WEB_DIR ?? fileURLToPath(new URL('../../dist', import.meta.url));

export class House {
  #folder;
  #vigie;
  address = '';
  setUpLink = '';

  async open(configuration = {}) {
    this.#folder = mkdtempSync(join(tmpdir(), 'vigie-house-'));
    const port = await freePort();
    this.address = `http://127.0.0.1:${port}`;
    this.#vigie = await startVigie(['serve', '--roles', 'web'], {
      LISTEN: `127.0.0.1:${port}`, METRICS_LISTEN: '127.0.0.1:0', DATA_DIR: join(this.#folder, 'data'), SECRET_KEY: 'ab'.repeat(32), WEB_DIR: application, ...configuration,
    }, this.address);
    this.setUpLink = await until('the set-up link', () => {
      const link = /https?:\S+(\/demarrage\/\S+)/.exec(this.#vigie.output)?.[1];
      assert.ok(link, this.#vigie.output);
      return link;
    });
  }

  async close() {
    const code = await this.#vigie?.end();
    rmSync(this.#folder, { recursive: true, force: true });
    assert.equal(code, 0, `vigie did not end cleanly: ${this.#vigie?.output}`);
  }
}

// The six figures of a secret (RFC 6238), so many periods from now.
export function codeOf(secret, ahead = 0) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replaceAll(/\s/g, '')].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac('sha1', key).update(counter).digest();
  const at = hash.at(-1) & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
