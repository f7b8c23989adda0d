// SPDX-License-Identifier: Apache-2.0
// Journal d'audit in Chromium: read by administrators and auditors, filtered by mouse and keyboard, taken along,
// and what is empty or fails said where it is.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hasBrowser } from './browser.mjs';
import { answerPages } from './pages-world.mjs';
import { staged } from './stage.mjs';
import { provoked } from './states-world.mjs';

const source = (path) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

test('the page knows every kind of the server, and no other', () => {
  const [, kinds] = /namespace kind \{([\s\S]*?)\n\}/.exec(source('src/audit/audit.hpp'));
  const known = [...kinds.matchAll(/"([a-z_.]+)"/g)].map((match) => match[1]).sort();
  const [, groups] = /kindGroups = \{([\s\S]*?)\n\} as const/.exec(source('web/src/lib/audit.ts'));
  assert.deepEqual([...groups.matchAll(/'([a-z_]+\.[a-z_]+)'/g)].map((match) => match[1]).sort(), known);
});

describe('the audit log', { skip: hasBrowser ? false : 'no Chromium' }, () => {
  let store;
  const stage = staged((server) => {
    server.world.person.role = 'auditor';
    store = answerPages(server);
  });
  const { open, check } = stage;
  const rows = (page) => page.locator('.audit-lines tbody tr');
  const questions = () => stage.server.calls.filter((call) => call.startsWith('GET /audit?'));

  const dresses = [
    ['wide', {}], ['narrow', { viewport: { width: 360, height: 800 } }], ['dark', { colorScheme: 'dark' }],
    ['dark-narrow', { colorScheme: 'dark', viewport: { width: 360, height: 800 } }], ['broad', { viewport: { width: 1920, height: 1080 } }],
  ];
  for (const [dress, options] of dresses) {
    test(`for an auditor: ${dress}`, async () => {
      const page = await open('/admin/journal', options);
      await rows(page).nth(49).waitFor();
      await check(`audit-${dress}`);
      await rows(page).nth(8).scrollIntoViewIfNeeded();
      await check(`audit-${dress}-rows`);
      await page.getByRole('button', { name: 'Afficher plus' }).scrollIntoViewIfNeeded();
      await check(`audit-${dress}-end`);
    });
  }

  test('in English', async () => {
    stage.server.world.person.language = 'en';
    const page = await open('/admin/journal', { locale: 'en-GB' });
    await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor();
    await page.getByRole('row', { name: /amine Decided an alert Alert on @demo_marche False alarm, / }).first().waitFor();
    await page.getByText('This page did not check the chain of integrity. On the server, vigie audit verify checks it').waitFor();
    await check('audit-english');
  });

  test('an auditor reaches it by the navigation, and asks nothing that only administrators may', async () => {
    const page = await open('/directs');
    await page.getByRole('link', { name: 'Journal d’audit' }).click();
    await page.getByRole('heading', { level: 1, name: 'Journal d’audit' }).waitFor();
    await page.waitForFunction(() => document.title === 'Journal d’audit — Vigie' || document.title.endsWith(') Journal d’audit — Vigie'));
    await rows(page).first().waitFor();
    assert.equal(await page.getByRole('navigation', { name: 'Rubriques' }).count(), 0);
    assert.ok(!stage.server.calls.some((call) => call.startsWith('GET /users')));
  });

  test('an administrator reaches it among the tabs, and filters by anybody', async () => {
    stage.server.world.person.role = 'admin';
    const page = await open('/admin/personnes');
    await page.getByRole('navigation', { name: 'Rubriques' }).getByRole('link', { name: 'Journal d’audit' }).focus();
    await page.keyboard.press('Enter');
    await rows(page).first().waitFor();
    await page.getByRole('combobox', { name: /^Personne/ }).selectOption({ label: 'nadia' });
    await page.getByRole('heading', { name: 'Aucune ligne pour ces filtres.' }).waitFor();
    await check('audit-none');
    await page.getByRole('button', { name: 'Effacer les filtres' }).click();
    await rows(page).first().waitFor();
    await check('audit-admin');
  });

  test('without the right: no way shown, nothing asked, and the page says who can grant it', async () => {
    for (const role of ['user', 'moderator']) {
      stage.server.world.person.role = role;
      const page = await open('/admin/journal', {}, provoked);
      await page.getByRole('heading', { name: 'Réservé aux administrateurs et aux auditeurs' }).waitFor();
      assert.equal(await page.getByRole('link', { name: 'Journal d’audit' }).count(), 0);
      await check('audit-forbidden');
    }
    assert.deepEqual(questions(), []);
  });

  test('a line says when, who, what, on what, how, and leads there', async () => {
    const page = await open('/admin/journal');
    const decided = page.getByRole('row', { name: /A décidé d’une alerte/ }).first();
    await decided.getByText('Fausse alerte, ironie, fiction ou chanson').waitFor();
    const time = decided.locator('time');
    assert.match(await time.textContent(), /^\d{1,2} \p{L}+\.? \d{4} \d{2}:\d{2}:\d{2}$/u);
    assert.equal(await time.getAttribute('title'), store.audit[1].at);
    await page.getByRole('row', { name: /ligne de commande A exporté le journal d’audit/ }).first().waitFor();
    await page.getByRole('row', { name: /Vigie A effacé du son/ }).first().waitFor();
    await page.getByRole('row', { name: /personne effacée \(…\u2060XGONE3\) A arrêté ou repris une capture/ }).first().waitFor();
    await decided.getByRole('link', { name: 'Alerte sur @demo_marche' }).click();
    await page.waitForURL(/\/alertes\?alerte=q-demo_marche-1$/);
    await page.goBack();
    await page.getByRole('row', { name: /A écouté un extrait/ }).first().getByRole('link', { name: 'Direct de @demo_marche' }).click();
    await page.waitForURL(/\/directs\/l-demo_marche\?t=3885$/);
  });

  test('the filters are the address, by keyboard and by the way back in', async () => {
    const page = await open('/admin/journal?nature=alert.decided&periode=30');
    await rows(page).first().waitFor();
    assert.equal(await rows(page).count(), 3); // of four days, twelve days apart
    assert.equal(await page.getByLabel('Action').inputValue(), 'alert.decided');
    assert.match(questions().at(-1), /^GET \/audit\?limit=50&kind=alert\.decided&from=\d{4}-\d{2}-\d{2}$/);
    await page.getByRole('button', { name: 'Effacer les filtres' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/admin\/journal$/);
    await rows(page).nth(10).waitFor();
    await page.getByRole('link', { name: 'paul' }).first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/personne=p4$/);
    await page.waitForFunction(() => document.querySelectorAll('.audit-lines tbody tr').length === 4);
    assert.equal(await page.getByRole('combobox', { name: /^Personne/ }).inputValue(), 'p4');
    await page.getByLabel('Période').selectOption('7');
    await page.waitForURL(/personne=p4&periode=7$/);
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll('.audit-lines tbody tr').length === 1);
  });

  test('page by page, to an end that is said', async () => {
    const page = await open('/admin/journal', {}, /503/);
    await page.getByText('50 lignes, les plus récentes d’abord\u202f; il y en a d’autres').first().waitFor();
    stage.server.refusals['GET /audit'] = [503, { detail: 'busy', request_id: 'r503' }];
    const more = page.getByRole('button', { name: 'Afficher plus' });
    await more.click();
    await page.getByText('Chargement impossible').waitFor();
    assert.equal(await rows(page).count(), 50); // what was shown still is
    delete stage.server.refusals['GET /audit'];
    await page.getByRole('button', { name: 'Réessayer' }).click();
    await rows(page).nth(79).waitFor();
    assert.match(questions().at(-1), /cursor=4662$/);
    assert.equal(await more.count(), 0);
    await page.waitForFunction(() => document.activeElement?.textContent === '80 lignes');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Télécharger en CSV — Journal d’audit' }).click()]);
    assert.equal(download.suggestedFilename(), 'vigie-journal-d-audit.csv');
    const text = readFileSync(await download.path(), 'utf8').split('\r\n');
    assert.equal(text.length, 82); // a head, and an end after the last
    assert.match(text[2], /^4710;"2.+";"amine";"p2";"session";"A décidé d’une alerte";"alert\.decided";"Alerte sur @demo_marche";"alert";"q-demo_marche-1";/);
  });

  test('what fails says so and works again; an empty log is no error', async () => {
    stage.server.refusals['GET /audit'] = [503, { detail: 'busy', request_id: 'r503' }];
    const page = await open('/admin/journal', {}, /503/);
    await page.getByText('Chargement impossible').waitFor();
    await check('audit-failed');
    delete stage.server.refusals['GET /audit'];
    store.audit = [];
    await page.getByRole('button', { name: 'Réessayer' }).click();
    await page.getByRole('heading', { name: 'Le journal est vide.' }).waitFor();
    await check('audit-empty');
  });

  test('a request id is copied by keyboard, or can be selected where the browser refuses', async () => {
    const page = await open('/admin/journal', { permissions: ['clipboard-read', 'clipboard-write'] });
    const id = store.audit[0].request_id;
    await page.getByRole('button', { name: `Copier le code de requête ${id}` }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(`Code de requête ${id} copié.`).waitFor({ state: 'attached' });
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), id);
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined })); // as without https
    await page.getByRole('button', { name: /^Copier le code de requête/ }).nth(1).click();
    await page.getByText('Le navigateur n’a pas permis la copie').waitFor();
  });
});
