// SPDX-License-Identifier: Apache-2.0
// How many keys and clicks each flow of the product asks for (product/ux.md §3), typing not counted: no more
// than was promised. Flows that are not there yet are not here either.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasBrowser } from './browser.mjs';
import { answerPages } from './pages-world.mjs';
import { until } from './processes.mjs';
import { answerReviews } from './reviews.mjs';
import { staged } from './stage.mjs';
import { silence } from './states-server.mjs';
import { account, alertOf } from './states-world.mjs';

// A hand that counts what it does.
class Hand {
  keys = 0;
  clicks = 0;
  constructor(page) { this.page = page; }
  async press(key) {
    this.keys += 1;
    await this.page.keyboard.press(key);
  }
  async click(locator) {
    this.clicks += 1;
    await locator.click();
  }
}

describe('keys and clicks', { skip: hasBrowser ? false : 'no Chromium', timeout: 240_000 }, () => {
  const stage = staged((server) => {
    server.sound = silence(40);
    answerPages(server);
    answerReviews(server);
    server.answers['POST /accounts/batch'] = () => {
      const fresh = account('nouveau');
      server.world.accounts.push(fresh);
      return [200, { items: [{ line: 1, typed: '@nouveau', result: 'added', detail: '', account: fresh }], next_cursor: null }];
    };
  });
  const begin = async (path) => new Hand(await stage.open(path));
  const sent = (call) => stage.server.sent.filter(([one]) => one === call);
  const tell = () => stage.server.raise(alertOf(stage.server.world.lives[1], 51, 500, { sentence: 'la phrase du direct' }));
  const atMost = (hand, { keys = 0, clicks = 0 }) => assert.deepEqual([hand.keys <= keys, hand.clicks <= clicks], [true, true], `${hand.keys} keys of ${keys}, ${hand.clicks} clicks of ${clicks}`);

  test('who is on air, and the riskiest: nothing, at home', async () => {
    const hand = await begin('/');
    const first = hand.page.getByRole('article').first();
    await first.getByText('Élevé').first().waitFor();
    await hand.page.getByText('5 en direct').first().waitFor();
    atMost(hand, {});
  });

  for (const [home, path] of [['the wall', '/'], ['the accounts', '/comptes']]) {
    test(`an account is followed, from ${home}: 4 keys, 3 clicks`, async () => {
      let hand = await begin(path);
      await hand.page.getByRole('button', { name: 'Suivre un compte' }).first().waitFor();
      await hand.press('s');
      await hand.press('c');
      await hand.page.getByLabel('Comptes publics').waitFor();
      await hand.page.keyboard.type('@nouveau');
      await hand.press('Enter');
      await until('the account', () => sent('POST /accounts/batch').length === 1);
      atMost(hand, { keys: 4 });
      hand = await begin(path);
      await hand.click(hand.page.getByRole('button', { name: 'Suivre un compte' }).first());
      await hand.page.keyboard.type('@nouveau');
      await hand.click(hand.page.getByRole('button', { name: 'Suivre le compte' }));
      await until('the account', () => sent('POST /accounts/batch').length === 2);
      atMost(hand, { clicks: 3 });
    });
  }

  test('from a toast to the sound of the sentence: 2 keys, 2 clicks', async () => {
    const isHeard = (page) => page.waitForFunction(() => document.querySelector('audio') !== null && !document.querySelector('audio').paused);
    let hand = await begin('/comptes');
    tell();
    await hand.page.locator('.toast-card').getByText('la phrase du direct').waitFor();
    await hand.press('o');
    await hand.page.getByRole('heading', { name: /demo_atelier/ }).first().waitFor();
    await hand.page.locator('audio').waitFor({ state: 'attached' });
    await hand.press('e');
    await isHeard(hand.page);
    atMost(hand, { keys: 2 });
    hand = await begin('/comptes');
    tell();
    await hand.click(hand.page.locator('.toast-card').getByRole('link').first());
    await hand.click(hand.page.getByRole('button', { name: 'Écouter', exact: false }).first());
    await isHeard(hand.page);
    atMost(hand, { clicks: 2 });
  });

  test('a false alarm with its cause: 2 keys, 2 clicks', async () => {
    let hand = await begin('/alertes?alerte=q-demo_marche-1');
    await hand.page.getByRole('radio', { name: /^Fausse alerte/ }).waitFor();
    await hand.press('f');
    await hand.press('a');
    await until('the decision', () => sent('POST /alerts/q-demo_marche-1/decisions').length === 1);
    atMost(hand, { keys: 2 });
    hand = await begin('/alertes?alerte=q-demo_marche-2');
    await hand.click(hand.page.locator('.choice-chip').filter({ hasText: 'erreur d’analyse' }));
    await hand.click(hand.page.getByRole('button', { name: 'Enregistrer et suivante' }));
    await until('the decision', () => sent('POST /alerts/q-demo_marche-2/decisions').length === 1);
    atMost(hand, { clicks: 2 });
  });

  test('one live silenced until it ends: 2 keys, 2 clicks', async () => {
    let hand = await begin('/directs/l-demo_marche');
    await hand.page.getByRole('button', { name: 'Mettre en sourdine' }).waitFor();
    await hand.press('s');
    await hand.press('d');
    await hand.page.getByText('En sourdine pour vous jusqu’à la fin du direct.').last().waitFor({ state: 'attached' });
    atMost(hand, { keys: 2 });
    hand = await begin('/directs/l-demo_marche');
    await hand.click(hand.page.getByRole('button', { name: 'Mettre en sourdine' }));
    await hand.click(hand.page.getByRole('button', { name: 'jusqu’à la fin du direct' }));
    await until('both', () => sent('POST /silences').length === 2);
    assert.deepEqual(sent('POST /silences').map(([, body]) => body), [{ live_id: 'l-demo_marche', length: 'live' }, { live_id: 'l-demo_marche', length: 'live' }]);
    atMost(hand, { clicks: 2 });
  });

  test('a capture stopped: 2 clicks, and never by a letter', async () => {
    const hand = await begin('/directs/l-demo_marche');
    await hand.click(hand.page.getByRole('button', { name: 'Arrêter la capture…' }));
    await hand.click(hand.page.getByRole('dialog').getByRole('button', { name: 'Arrêter la capture' }));
    await until('the stop', () => sent('PUT /lives/l-demo_marche/capture').length === 1);
    atMost(hand, { clicks: 2 });
  });

  test('a phrase found: Ctrl+K and Enter, 1 click', async () => {
    let hand = await begin('/directs');
    await hand.press('Control+k');
    await hand.page.keyboard.type('marché');
    await hand.press('Enter');
    await hand.page.locator('.hit-words').first().waitFor();
    atMost(hand, { keys: 2 });
    hand = await begin('/directs');
    await hand.click(hand.page.getByRole('searchbox').first());
    await hand.page.keyboard.type('marché');
    await hand.page.keyboard.press('Enter');
    await hand.page.locator('.hit-words').first().waitFor();
    atMost(hand, { clicks: 1 });
  });
});
