// SPDX-License-Identifier: Apache-2.0
// The queue and the sound of a live in Chromium: read, hear, claim, decide, take back, by mouse and by
// keyboard, with others at work and with the link lost.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expectClean, hasBrowser, shoot } from './browser.mjs';
import { answerReviews } from './reviews.mjs';
import { staged } from './stage.mjs';
import { silence } from './states-server.mjs';
import { ago, alertOf, provoked } from './states-world.mjs';

describe('alerts', { skip: hasBrowser ? false : 'no Chromium', timeout: 240_000 }, () => {
  let others;
  const stage = staged((server) => {
    server.world.notifications = [];
    server.sound = silence(30);
    others = answerReviews(server);
    const [evening, calm] = server.world.lives;
    server.world.alerts.push(
      alertOf(calm, 1, 480, { sentence: 'une phrase dite à l’atelier', score: 0.7, severity: 'critique', opened_at: ago(30), clip: { from: 465, to: 495 } }),
      alertOf(evening, 5, 4000, {
        sentence: 'une phrase déjà jugée', state: 'decided', score: 0.88,
        decision: { id: 'd0', verdict: 'false_alarm', cause: 'irony', note: 'Une chanson connue.', decided_by: 'amine', decided_at: ago(900) },
      }),
      alertOf(evening, 6, 3500, {
        sentence: 'une phrase qui divise', score: 0.6,
        decision: { id: 'd00', verdict: 'second_opinion', cause: null, note: 'Je ne connais pas ce refrain.', decided_by: 'amine', decided_at: ago(600) },
      }),
    );
  });
  const { open, look, check } = stage;
  const names = (page) => page.locator('.queue-item .queue-text').allTextContents();
  const title = (page, text) => page.getByRole('region', { name: 'Alerte ouverte' }).getByText(text).first().waitFor();
  const radio = (page, name) => page.getByRole('radio', { name, exact: false });
  const written = () => stage.server.sent.filter(([call]) => call.startsWith('POST /alerts'));

  const openFirst = /^@demo_marche\s*, Propos présumé haineux$/;
  for (const [name, options] of [
    ['queue-wide', {}], ['queue-very-wide', { viewport: { width: 2000, height: 1100 } }], ['queue-two-panes', { viewport: { width: 900, height: 1000 } }],
    ['queue-narrow', { viewport: { width: 360, height: 800 } }], ['queue-dark', { colorScheme: 'dark' }], ['queue-forced', { forcedColors: 'active' }],
  ]) {
    test(`list and alert: ${name}`, async () => {
      const page = await open('/alertes', options);
      await page.getByRole('article').first().waitFor();
      assert.match((await names(page)).join('|'), /n’ont rien à faire.*\|.*à l’atelier.*\|.*m’attendais à mieux/); // the most probable first
      if (name === 'queue-narrow') {
        await check('queue-narrow-list');
      }
      await page.getByRole('link', { name: openFirst }).click();
      await page.waitForFunction(() => document.activeElement?.textContent === '@demo_marche');
      await page.getByText('Rejet d’un groupe désigné par son origine.').waitFor();
      await page.locator('.context mark').first().waitFor();
      await page.getByText('Personne ne l’a prise en charge.').waitFor();
      await (name === 'queue-very-wide' ? look : check)(name);
    });
  }

  test('in English, narrow', async () => {
    stage.server.world.person.language = 'en';
    const page = await open(`/alertes?alerte=q-demo_marche-1`, { locale: 'en-GB', viewport: { width: 360, height: 800 } });
    await page.getByRole('button', { name: 'Save and next' }).waitFor();
    await page.getByText('Around the sentence, 60 s before and after').waitFor();
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.waitForFunction(() => document.activeElement?.textContent === 'Decision');
    await shoot(stage.watched, 'queue-narrow-decision');
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await page.getByRole('link', { name: /^@demo_marche\s*, Presumed hateful speech/ }).waitFor();
    await check('queue-english');
  });

  test('by mouse: claim, give back, false alarm in two clicks, undo', async () => {
    const page = await open('/alertes?alerte=q-demo_marche-1');
    await page.getByRole('button', { name: 'Prendre en charge' }).click();
    await page.getByText(/^Prise en charge par vous · 10\smin$/).first().waitFor();
    await page.getByRole('button', { name: 'Rendre' }).click();
    await page.getByText('Personne ne l’a prise en charge.').waitFor();
    await page.locator('.choice-chip').filter({ hasText: 'erreur de transcription' }).click();
    await page.getByText(/^Prise en charge par vous/).first().waitFor(); // who begins to decide has it in hand
    assert.ok(await radio(page, 'Fausse alerte').isChecked());
    await page.getByLabel('Motif').fill('La phrase est « rien à refaire ici ».');
    await page.getByRole('button', { name: 'Enregistrer et suivante' }).click();
    await page.getByText('Décision enregistrée pour @demo_marche').first().waitFor({ state: 'attached' });
    assert.deepEqual(written(), [['POST /alerts/q-demo_marche-1/decisions', { verdict: 'false_alarm', cause: 'transcription', note: 'La phrase est « rien à refaire ici ».' }]]);
    await title(page, '@demo_atelier');
    await page.getByRole('article').filter({ hasText: 'rien à faire ici' }).getByText('Fausse alerte').waitFor(); // still where it was
    await check('queue-undo');
    await page.getByRole('button', { name: 'Annuler la décision' }).click();
    await title(page, '@demo_marche');
    assert.equal(await page.getByLabel('Motif').inputValue(), 'La phrase est « rien à refaire ici ».');
    assert.ok(stage.server.calls.includes('DELETE /alerts/q-demo_marche-1/decisions/d1'));
  });

  test('by keyboard: next, listen, false alarm with its cause, undo, note, save', async () => {
    const page = await open('/alertes');
    await page.getByRole('article').first().waitFor();
    await page.keyboard.press('j');
    await title(page, '@demo_marche');
    await page.keyboard.press('f');
    await page.keyboard.press('a');
    await title(page, '@demo_atelier');
    assert.deepEqual(written()[0][1], { verdict: 'false_alarm', cause: 'analysis' });
    await page.keyboard.press('u');
    await title(page, '@demo_marche');
    await page.getByText(/^Prise en charge par vous/).first().waitFor();
    await page.keyboard.press('c');
    assert.ok(await radio(page, 'contenu présumé illicite').isChecked());
    await page.keyboard.press('m');
    await page.keyboard.type('jkflcvup'); // text, not shortcuts
    assert.equal(await page.getByLabel('Motif').inputValue(), 'jkflcvup');
    await page.keyboard.press('Control+Enter');
    await title(page, '@demo_atelier');
    assert.deepEqual(written()[1][1], { verdict: 'confirmed', note: 'jkflcvup' });
    await page.keyboard.press('p');
    await page.getByText(/^Prise en charge par vous/).first().waitFor();
    await page.keyboard.press('l');
    await page.getByRole('radio', { name: /^Licite/ }).focus();
    await page.keyboard.press('Enter');
    await title(page, 'm’attendais à mieux');
    await page.keyboard.press('Escape');
    await page.getByText('Choisissez une alerte dans la liste.').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('heading', { level: 1, name: 'Comptes suivis' }).waitFor();
  });

  test('help: every key, and a switch that is kept', async () => {
    const page = await open('/alertes');
    await page.getByRole('article').first().waitFor();
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Raccourcis clavier' });
    await dialog.getByText('F puis T').waitFor();
    await check('queue-help');
    await dialog.getByLabel('Raccourcis par lettres actifs').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    assert.equal(new URL(page.url()).search, '');
    await page.reload();
    await page.getByRole('article').first().waitFor();
    await page.keyboard.press('j');
    assert.equal(new URL(page.url()).search, '');
  });

  test('what is missing is said at the field, and nothing is sent', async () => {
    const page = await open('/alertes?alerte=q-demo_marche-1');
    await page.getByRole('button', { name: 'Enregistrer et suivante' }).click();
    await page.getByText('Choisissez une décision.').waitFor();
    await radio(page, 'Fausse alerte').check();
    await page.getByRole('button', { name: 'Enregistrer et suivante' }).click();
    await page.getByText('Choisissez la cause de la fausse alerte.').waitFor();
    await page.locator('.choice-chip').filter({ hasText: 'autre' }).click();
    await page.getByLabel('Motif').fill('é'.repeat(1001));
    await page.getByRole('button', { name: 'Enregistrer et suivante' }).click();
    await page.getByText(/^Motif\s: au plus/).waitFor();
    assert.equal(await page.getByLabel('Motif').getAttribute('aria-invalid'), 'true');
    assert.deepEqual(written(), []);
    await check('queue-problem');
  });

  test('the list stays still; what is new waits behind a button; detections are apart', async () => {
    const page = await open('/alertes?tri=recent');
    await page.getByRole('article').first().waitFor();
    const before = await names(page);
    assert.match(before[0], /à l’atelier/);
    others.open(alertOf(stage.server.world.lives[1], 7, 100, { sentence: 'une toute nouvelle phrase', opened_at: ago(1), score: 0.99 }));
    others.open(alertOf(stage.server.world.lives[1], 8, 120, { severity: 'faible', kind: 'viralite', sentence: 'partagez' }));
    await page.getByRole('button', { name: '1 nouvelle alerte — afficher' }).waitFor();
    assert.deepEqual(await names(page), before);
    await page.getByRole('button', { name: '1 nouvelle alerte — afficher' }).click();
    assert.match((await names(page))[0], /toute nouvelle/);
    await page.getByRole('button', { name: 'Fermer l’alerte' }).click();
    await page.getByLabel('Nature').selectOption('incertain');
    assert.equal((await names(page)).length, 1);
    assert.match(page.url(), /\?genre=incertain&tri=recent$/);
    await page.getByRole('link', { name: 'Détections' }).click();
    await page.getByText('ces passages n’interrompent personne').waitFor();
    assert.equal((await names(page)).length, 2);
    await check('queue-detections');
  });

  test('tabs: mine, second opinion, decided', async () => {
    others.claim('q-demo_atelier-1', 'claire');
    const page = await open('/alertes?etat=prises');
    await page.getByRole('article').filter({ hasText: 'atelier' }).getByText(/Prise en charge par vous/).waitFor();
    await page.getByRole('link', { name: /^Second avis/ }).click();
    await page.getByRole('link', { name: /^@demo_marche/ }).click();
    await page.getByText('amine demande un second avis.').waitFor();
    await page.getByText('Je ne connais pas ce refrain.').waitFor();
    await check('queue-second');
    await page.getByRole('link', { name: 'Traitées' }).click();
    await page.getByRole('link', { name: /^@demo_marche/ }).click();
    await page.getByText('Décision : Fausse alerte').waitFor();
    await page.getByText('Cause de la fausse alerte : ironie, fiction ou chanson').waitFor();
    await page.getByText(/^par amine, le /).waitFor();
    assert.match(page.url(), /etat=traitees&alerte=q-demo_marche-5/);
    assert.ok(stage.server.calls.some((call) => call.startsWith('GET /alerts?state=decided&sort=newest')));
    await check('queue-decided');
  });

  test('somebody else has it in hand: said, read, not decided, left for the next one', async () => {
    others.claim('q-demo_marche-1', 'amine');
    const page = await open('/alertes?alerte=q-demo_marche-1');
    await page.getByText(/^Prise en charge par amine · 10\smin$/).first().waitFor();
    assert.ok(await page.getByRole('button', { name: 'Enregistrer et suivante' }).isDisabled());
    await check('queue-held');
    await page.getByRole('button', { name: 'Suivante', exact: true }).click();
    await title(page, '@demo_atelier');
  });

  test('two at once: the quicker one wins, what was typed stays', async () => {
    const page = await open('/alertes?alerte=q-demo_marche-1', {}, provoked);
    await radio(page, 'Hors mandat').check();
    await page.getByText(/^Prise en charge par vous/).first().waitFor();
    await page.getByLabel('Motif').fill('Hors de notre mission.');
    others.expire('q-demo_marche-1');
    await page.getByText('Votre prise en charge a pris fin.').waitFor();
    // Decided elsewhere, and the feed is late: only the refusal tells.
    Object.assign(stage.server.world.alerts[0], { state: 'decided', claimed_by: null, claimed_until: null, decision: { id: 'd7', verdict: 'confirmed', cause: null, note: '', decided_by: 'amine', decided_at: ago(1) } });
    await page.getByRole('button', { name: 'Enregistrer et suivante' }).click();
    await page.getByText('amine a décidé entre-temps.').waitFor();
    assert.match(await page.getByLabel('Votre saisie').inputValue(), /Hors mandat\nHors de notre mission\./);
    await check('queue-conflict');
    await page.reload();
    await page.getByLabel('Votre saisie').waitFor(); // a reload loses nothing
    await page.getByRole('button', { name: 'Effacer ma saisie' }).click();
    await page.getByLabel('Votre saisie').waitFor({ state: 'detached' });
  });

  test('two tabs of one person: the other tab is told', async () => {
    const page = await open('/alertes?alerte=q-demo_marche-1');
    const second = await page.context().newPage();
    await second.goto(`${stage.address}/alertes?alerte=q-demo_marche-1`);
    await second.getByRole('radio', { name: /^Licite/ }).check();
    await page.getByText(/^Prise en charge par vous/).first().waitFor();
    await page.getByLabel('Motif').fill('Dans le premier onglet.');
    await second.getByRole('button', { name: 'Enregistrer et suivante' }).click();
    await page.getByText('claire a décidé entre-temps.').waitFor();
    assert.match(await page.getByLabel('Votre saisie').inputValue(), /premier onglet/);
    assert.equal(written().length, 1);
    await expectClean(stage.watched, 'two tabs');
  });

  test('link lost: nothing is decided, nothing typed is lost', async () => {
    const page = await open('/alertes?alerte=q-demo_marche-1', {}, provoked);
    await page.getByRole('radio', { name: /^Licite/ }).check();
    await page.getByText(/^Prise en charge par vous/).first().waitFor();
    await page.getByText('Rejet d’un groupe désigné par son origine.').waitFor();
    await stage.server.stop();
    await page.getByText('Connexion perdue : la décision attend.').waitFor();
    await page.getByLabel('Motif').fill('Écrit sans liaison.');
    await page.keyboard.press('Control+Enter');
    assert.deepEqual(written(), []);
    await stage.server.start();
    await page.getByText('Connexion perdue : la décision attend.').waitFor({ state: 'detached', timeout: 20_000 });
    await page.getByRole('button', { name: 'Enregistrer et suivante' }).click();
    await title(page, '@demo_atelier');
    assert.deepEqual(written()[0][1], { verdict: 'lawful', note: 'Écrit sans liaison.' });
  });

  test('sound: silent until asked, 60 %, words in step, and its absence said', async () => {
    const page = await open('/alertes?alerte=q-demo_marche-1', {}, provoked);
    await page.getByText('Et je vous le dis').waitFor();
    const audio = page.locator('audio');
    assert.deepEqual(await audio.evaluate((element) => [element.paused, element.volume, element.autoplay, new URL(element.src).search]), [true, 0.6, false, '?from=4235&to=4265']);
    assert.equal(stage.server.calls.filter((call) => call.includes('/audio')).length, 0);
    await page.keyboard.press('e');
    await page.waitForFunction(() => !document.querySelector('audio').paused && document.querySelector('audio').readyState > 1);
    await page.getByRole('button', { name: 'Écouter à partir de 01:10:50' }).click();
    await page.locator('.context .is-heard').filter({ hasText: 'Et je vous le dis' }).waitFor();
    await page.keyboard.press('e');
    assert.ok(await audio.evaluate((element) => element.paused));
    const at = await audio.evaluate((element) => element.currentTime);
    await page.keyboard.press('b');
    assert.ok(await audio.evaluate((element) => element.currentTime) < at - 4);
    await check('queue-heard');
    stage.server.sound = null;
    await page.getByRole('link', { name: /^@demo_atelier/ }).click();
    await title(page, '@demo_atelier');
    await page.keyboard.press('e');
    await page.getByText('Le son de ce passage n’est pas disponible').waitFor();
    await look('queue-no-sound');
  });

  for (const role of ['user', 'auditor']) {
    test(`${role}: sees, hears, does not decide`, async () => {
      stage.server.world.person.role = role;
      const page = await open('/alertes?alerte=q-demo_marche-1');
      await page.getByText('Votre rôle permet de lire et d’écouter.').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Prendre en charge' }).count(), 0);
      for (const key of ['p', 'c', 'l', 'f', 'a']) {
        await page.keyboard.press(key);
      }
      assert.deepEqual(stage.server.sent, []);
      await (role === 'user' ? check : look)(`queue-${role}`);
    });
  }

  test('an alert that is not there says so', async () => {
    const page = await open('/alertes?alerte=rien', {}, provoked);
    await page.getByText('Cette alerte n’existe pas').waitFor();
    await look('queue-missing');
  });

  test('live: a time-code gives its sound; export, hold', async () => {
    const page = await open('/directs/l-demo_marche');
    await page.getByText('Et je vous le dis').waitFor();
    await page.getByText('Cliquez un repère de temps').waitFor();
    await page.getByRole('button', { name: 'Écouter à partir de 01:10:50' }).click();
    const audio = page.locator('audio');
    await audio.waitFor();
    assert.deepEqual(await audio.evaluate((element) => [element.paused, element.volume, new URL(element.src).search]), [true, 0.6, '?from=4235&to=4265']);
    await page.getByLabel('Durée').selectOption('suite');
    assert.equal(await audio.evaluate((element) => new URL(element.src).search), '?from=4250&to=4850');
    await audio.evaluate((element) => element.play());
    await page.getByRole('button', { name: 'Écouter à partir de 01:11:40' }).click();
    await page.waitForFunction(() => new URL(document.querySelector('audio').src).search === '?from=4300&to=4900' && !document.querySelector('audio').paused);
    await check('live-heard');
    await page.getByRole('button', { name: 'Exporter' }).click();
    assert.deepEqual(await page.getByRole('group', { name: 'Exporter' }).getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
      ['txt', 'srt', 'vtt', 'json'].map((format) => `/api/v1/lives/l-demo_marche/transcript.${format}`));
    await look('live-export');
    await page.keyboard.press('Escape');
    stage.server.world.holds = [{ id: 'h1', live_id: 'l-demo_marche', reason: 'Plainte en cours', placed_at: ago(60), until: ago(-86400 * 30), placed_by: 'p1', released_at: null }];
    stage.server.answers['POST /lives/{id}'] = (body) => [201, { id: 'h2', live_id: 'l-demo_marche', ...body, placed_at: ago(0), released_at: null }];
    await page.getByRole('button', { name: 'Conserver au-delà du délai…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Conserver ce direct' });
    await dialog.getByText('Plainte en cours').waitFor();
    await dialog.getByRole('button', { name: 'Conserver', exact: true }).click();
    await dialog.getByText('Indiquez la raison').waitFor();
    await check('live-hold');
    await dialog.getByLabel('Raison').fill('Demande du parquet');
    await dialog.getByRole('button', { name: 'Conserver', exact: true }).click();
    await page.getByText(/^Ce direct est conservé jusqu’au/).first().waitFor();
    assert.equal(stage.server.sent.at(-1)[1].reason, 'Demande du parquet');
    assert.match(stage.server.sent.at(-1)[1].until, /^\d{4}-\d\d-\d\dT.*Z$/);
  });

  test('live: narrow, with its sound', async () => {
    const page = await open('/directs/l-demo_marche?t=4250', { viewport: { width: 360, height: 800 } });
    await page.locator('.is-target').waitFor();
    await page.getByRole('button', { name: 'Écouter à partir de 01:10:50' }).click();
    await page.locator('audio').waitFor();
    await check('live-heard-narrow');
  });
});
