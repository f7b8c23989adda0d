// SPDX-License-Identifier: Apache-2.0
// The main job with the real programs in a real browser: an account is followed, its live is noticed,
// heard, judged and shown; the server dies and comes back, and nothing is missing or doubled.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { expectAccessible, expectClean, hasBrowser, launch, shoot, watchedPage } from '../browser.mjs';
import { endAll, freePort, Program, runProgram, simulatorBinary, startVigie, until, vigieBinary } from '../processes.mjs';
import { steps } from './steps.mjs';

const password = 'une phrase de passe assez longue';
const speech =
  'Bonjour à tous et bienvenue. Le marché ouvre demain matin à huit heures. Je déteste les Chinois. ' +
  'Les pommes sont arrivées ce matin. Merci à tous et à demain.';
const scenario = `
accounts:
  - username: place_du_marche
    followers: 1200
    lives:
      - title: "Le direct du marché"
        audio: voix.wav
        wait: true
        loop: true
        viewers: [10, 250, 90]
llm:
  - match: "déteste"
    answer: {categorie: "Discours haineux", viralite: moyenne, discours_haineux: true, cible: ethnie, justification: "Hostilité envers un groupe désigné par son origine.", preuve: "déteste"}
`;

const lacking = [
  [hasBrowser, 'Chromium'], [existsSync(vigieBinary), vigieBinary], [existsSync(simulatorBinary), simulatorBinary],
].filter(([isThere]) => !isThere).map(([, name]) => name);

// Slow machines recognise speech slowly; each wait ends as soon as its condition holds.
const patience = Number(process.env.E2E_PATIENCE_MS ?? 120_000);

describe('the main job', { skip: lacking.length === 0 ? false : `without ${lacking.join(', ')}` }, () => {
  let folder;
  let browser;
  let vigie;
  let environment;
  let address;
  let simulator;
  let watched;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vigie-e2e-'));
    await runProgram('espeak-ng', ['-v', 'fr', '-s', '140', '-w', join(folder, 'voix.wav'), speech]);
    writeFileSync(join(folder, 'scenario.yaml'), scenario);
    const [port, simulatorPort] = [await freePort(), await freePort()];
    simulator = `http://127.0.0.1:${simulatorPort}`;
    address = `http://127.0.0.1:${port}`;
    new Program(simulatorBinary, ['--port', String(simulatorPort), '--scenario', join(folder, 'scenario.yaml')]);
    await until('the simulator', async () => (await fetch(`${simulator}/__sim/stats`)).ok);
    environment = {
      LISTEN: `127.0.0.1:${port}`, METRICS_LISTEN: '127.0.0.1:0', DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'info',
      TIKTOK_WEB_URL: simulator, TIKTOK_WEBCAST_URL: simulator, POLL_INTERVAL_S: '2', POLL_BUDGET_PER_S: '20', WHISPER_MODEL: 'base',
      LLM_BASE_URL: `${simulator}/openai/v1`, LLM_MODEL: 'scripted',
      ...(process.env.WEB_DIR === undefined ? {} : { WEB_DIR: process.env.WEB_DIR }),
    };
    await runProgram(vigieBinary, ['admin', 'create', '--username', 'claire', '--role', 'admin'], environment, `${password}\n`);
    vigie = await startVigie(['serve'], environment, address);
    browser = await launch();
    // What the test provokes: a wrong password, a second follow, a server that is down; and Chromium's own
    // wish for an icon on the sign-in page.
    watched = await watchedPage(browser, {}, /WebSocket|ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|ERR_SOCKET|status of 401.*connexion|status of 409.*accounts|favicon\.ico/);
    watched.page.setDefaultTimeout(patience);
  });

  after(async () => {
    await browser?.close();
    await endAll();
    rmSync(folder, { recursive: true, force: true });
  });

  const step = steps(() => shoot(watched, 'real-failure'));

  const rest = (path) => watched.page.evaluate(async (wanted) => (await fetch(`/api/v1${wanted}`)).json(), path);
  const shownIds = () => watched.page.locator('.transcript [data-id]').evaluateAll((all) => all.map((one) => one.dataset.id));

  // The transcript of the page against the rows: all of them, once each, in their order.
  async function expectWhole(liveId) {
    await until('a transcript that is the rows', async () => {
      const rows = (await rest(`/lives/${liveId}/segments?limit=1000`)).items.map((item) => item.id);
      const shown = await shownIds();
      assert.equal(new Set(shown).size, shown.length, 'a sentence is shown twice');
      assert.deepEqual(shown, rows);
      return true;
    });
  }

  step('signs in by the form', async () => {
    const { page } = watched;
    await page.goto(address);
    assert.match(page.url(), /\/connexion\?suite=/);
    await page.getByLabel('Nom d’utilisateur').fill('claire');
    await page.getByLabel('Mot de passe').fill('pas celui-là, non');
    await page.getByRole('button', { name: 'Se connecter' }).click();
    await page.getByText('Nom ou mot de passe incorrect.').waitFor();
    await page.getByLabel('Mot de passe').fill(password);
    await page.getByRole('button', { name: 'Se connecter' }).click();
    await page.getByRole('heading', { name: 'Commencez par suivre un compte' }).waitFor();
    await page.getByText('Base de données : fonctionne').waitFor();
  });

  step('follows an account and sees it live', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: 'Suivre un compte' }).first().click();
    await page.getByLabel('Comptes publics').fill('https://www.tiktok.com/@Place_du_marche/live');
    await page.getByRole('button', { name: 'Suivre le compte' }).click();
    const tile = page.getByRole('article').filter({ hasText: '@place_du_marche' });
    await tile.getByText(/En direct/).waitFor();
    await tile.getByText('Le direct du marché').waitFor();
    await page.getByRole('button', { name: 'Suivre un compte' }).first().click();
    await page.getByLabel('Comptes publics').fill('@place_du_marche');
    await page.keyboard.press('Enter');
    await page.getByText('Vous suivez déjà @place_du_marche.').waitFor();
    await page.keyboard.press('Escape');
  });

  step('reads words, and is told of the alert', async () => {
    const { page } = watched;
    const tile = page.getByRole('article').filter({ hasText: '@place_du_marche' });
    const toast = page.locator('.toast-card').filter({ hasText: '@place_du_marche' });
    await Promise.all([
      toast.hover(), // at once when it comes: it leaves after ten seconds, unless a hand is on it
      tile.locator('.tile-words:not(.is-empty)').waitFor(),
      tile.getByText('Capture en cours').waitFor(),
    ]);
    await toast.getByText('Élevé').waitFor();
    await tile.getByText('1 alerte').waitFor();
    await expectAccessible(watched, 'the wall');
    await shoot(watched, 'real-wall');
    await toast.getByRole('link', { name: 'Ouvrir le direct' }).click();
    await page.getByRole('heading', { level: 1, name: 'Direct de @place_du_marche' }).waitFor();
    await page.locator('.sentence.is-flagged').first().waitFor();
    await page.getByText('Pourquoi ?').first().click();
    await page.getByText('Hostilité envers un groupe désigné par son origine.').first().waitFor();
    await expectAccessible(watched, 'the live');
    await shoot(watched, 'real-live');
  });

  step('sees the server die and come back: nothing is missing, nothing doubled', async () => {
    const { page } = watched;
    const liveId = new URL(page.url()).pathname.split('/').at(-1);
    await expectWhole(liveId);
    const before = (await shownIds()).length;
    await vigie.end('SIGKILL');
    await page.getByText(/Connexion perdue depuis \d+\ss —/).waitFor();
    await page.getByText(/Figé à/).waitFor();
    await shoot(watched, 'real-banner');
    [vigie] = await Promise.all([startVigie(['serve'], environment, address), page.locator('.banner').getByText(/Connexion rétablie/).waitFor()]); // shown for seconds only
    await page.waitForFunction((count) => document.querySelectorAll('.transcript [data-id]').length > count + 1, before);
    await expectWhole(liveId);
    await shoot(watched, 'real-back');
  });

  step('sees the live end', async () => {
    const { page } = watched;
    const liveId = new URL(page.url()).pathname.split('/').at(-1);
    await fetch(`${simulator}/__sim/emit?user=place_du_marche&what=end`);
    await page.getByText(/^Terminé · durée/).waitFor();
    await page.getByText(/Fin du direct/).waitFor();
    await until('the capture to be done', async () => (await rest(`/lives/${liveId}`)).capture.state === 'done');
    await expectWhole(liveId);
  });

  step('reads the bell, finds the alert in the list', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: /^Notifications, \d+ non lues?$/ }).click();
    await page.getByRole('button', { name: 'Tout marquer comme lu' }).click();
    await page.getByRole('button', { name: 'Notifications', exact: true }).waitFor();
    await until('the notifications to be read', async () => (await rest('/notifications')).items.every((one) => one.read));
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: /^Alertes/ }).click();
    await page.getByRole('article').filter({ hasText: '@place_du_marche' }).first().waitFor();
    await expectAccessible(watched, 'the alerts');
  });

  step('stops following, with a question before', async () => {
    const { page } = watched;
    await page.getByRole('link', { name: 'Comptes' }).click();
    await page.getByRole('button', { name: 'Ne plus suivre @place_du_marche…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Ne plus suivre' }).click();
    await page.getByText('Vous ne suivez plus @place_du_marche.').first().waitFor();
    await until('the account to be gone', async () => (await rest('/accounts')).items.length === 0);
  });

  step('signs out, and is out', async () => {
    const { page } = watched;
    await expectClean(watched, 'the whole job');
    await page.getByRole('button', { name: 'Réglages et session' }).click();
    await page.getByRole('button', { name: 'Se déconnecter' }).click();
    await page.waitForURL(/\/connexion$/);
    await page.goto(`${address}/alertes`);
    assert.match(page.url(), /\/connexion\?suite=/);
    assert.equal(await vigie.end(), 0, 'vigie did not end cleanly');
  });
});
