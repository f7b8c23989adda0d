// SPDX-License-Identifier: Apache-2.0
// Recherche, Statistiques, Notifications, Profil and Administration in Chromium: each flow by mouse or by
// keyboard, each page in every dress, what is refused said where it is.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { expectClean, expectNoSideScroll, hasBrowser, shoot } from './browser.mjs';
import { answerPages } from './pages-world.mjs';
import { until } from './processes.mjs';
import { staged } from './stage.mjs';
import { silence } from './states-server.mjs';
import { alertOf, provoked } from './states-world.mjs';

describe('the pages of their own', { skip: hasBrowser ? false : 'no Chromium' }, () => {
  let store;
  const stage = staged((server) => {
    server.world.person.role = 'admin';
    server.sound = silence(40);
    store = answerPages(server);
  });
  const { open, visit, check } = stage;
  const sentTo = (call) => stage.server.sent.filter(([one]) => one === call).map(([, body]) => body);

  const pages = {
    search: ['/recherche?q=march%C3%A9', 'prix'], stats: ['/statistiques', 'Fausses alertes par cause'], notifications: ['/notifications', 'Alerte de niveau élevé · @demo_marche'],
    telling: ['/notifications?vue=reglages', 'Une alerte critique passe quand même'], profile: ['/profil', 'tableau de bord'], people: ['/admin/personnes', 'nadia@collectivite.example'],
    thresholds: ['/admin/seuils', 'dépasse 0,7'], models: ['/admin/modeles', 'base-int8, 2 × 1'], channels: ['/admin/canaux', 'Astreinte'], audit: ['/admin/journal', 'Fausse alerte, ironie, fiction ou chanson'], system: ['/admin/systeme', 'www.tiktok.com'],
  };
  const dresses = [['wide', {}], ['narrow', { viewport: { width: 360, height: 800 } }], ['dark', { colorScheme: 'dark' }], ['forced', { forcedColors: 'active' }]];
  for (const [dress, options] of dresses) {
    test(`every page: ${dress}`, async () => {
      const faults = [];
      await open('/directs', options);
      for (const [name, [path, text]] of Object.entries(pages)) {
        const page = await visit(path);
        await page.getByRole('main').getByText(text).first().waitFor();
        await check(`page-${name}-${dress}`).catch((error) => faults.push(error.message));
      }
      assert.deepEqual(faults, []);
    });
  }

  test('every page: 320 px, zoomed to 200 %, in English, nothing lost', async () => {
    stage.server.world.person.language = 'en';
    store.me.language = 'en';
    const faults = [];
    for (const [dress, options] of [['320', { viewport: { width: 320, height: 640 } }], ['zoomed', { viewport: { width: 683, height: 450 }, deviceScaleFactor: 2 }]]) {
      await open('/directs', { locale: 'en-GB', ...options });
      for (const [name, [path]] of Object.entries(pages)) {
        const page = await visit(path);
        await page.locator('main h1').waitFor();
        await page.waitForFunction(() => document.querySelector('main .late') === null);
        await expectNoSideScroll(stage.watched, `${name} ${dress}`).catch((error) => faults.push(error.message));
        await expectClean(stage.watched, `${name} ${dress}`).catch((error) => faults.push(error.message));
        await shoot(stage.watched, `page-${name}-en-${dress}`);
      }
    }
    assert.deepEqual(faults, []);
  });

  test('search by keyboard: Ctrl+K from anywhere, the address, the second, the way back', async () => {
    const page = await open('/alertes');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('prix du marché');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/recherche\?q=prix\+du\+march/);
    await page.locator('.hit-words mark').first().waitFor();
    assert.deepEqual(await page.locator('.found li').first().locator('mark').allTextContents(), ['marché', 'prix']);
    await page.getByText('3 phrases, les plus récentes d’abord').first().waitFor({ state: 'attached' });
    await page.getByRole('link', { name: '@demo_marche · 01:05:00 — ouvrir le direct à cette phrase' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/directs\/l-demo_marche\?t=3900$/);
    await page.locator('.sentence.is-target').waitFor();
    await page.goBack();
    await page.locator('.hit-words').first().waitFor();
    assert.equal(await page.getByLabel('Mots').inputValue(), 'prix du marché');
  });

  test('search: filters are the address; a result plays on demand; nothing found says what to try', async () => {
    const page = await open('/recherche');
    await page.waitForFunction(() => document.activeElement?.matches('main input[type=search]'));
    await page.getByText('Écrivez un ou plusieurs mots').waitFor();
    await check('search-empty');
    await page.keyboard.type('marché');
    await page.getByRole('button', { name: 'Rechercher', exact: true }).click();
    await page.getByRole('combobox', { name: 'Compte' }).selectOption('a-demo_marche');
    await page.getByLabel('Du', { exact: true }).fill('2026-11-01');
    await page.waitForURL(/q=march%C3%A9&compte=a-demo_marche&du=2026-11-01$/);
    await until('the question', () => stage.server.calls.some((call) => /^GET \/search\?q=march%C3%A9&account_id=a-demo_marche&from=2026-11-01$/.test(call)));
    await page.getByRole('button', { name: 'Écouter l’extrait à 01:05:00' }).click();
    const audio = page.locator('.found audio');
    assert.match(await audio.getAttribute('src'), /\/lives\/l-demo_marche\/audio\?from=3885&to=3919$/);
    assert.ok(await audio.evaluate((one) => one.paused && Math.abs(one.volume - 0.6) < 0.01)); // never by itself, softly
    await page.getByLabel('Au', { exact: true }).fill('2026-10-01');
    await page.getByText('la fin précède le début').waitFor();
    await page.goto(`${stage.address}/recherche?q=introuvable`);
    await page.getByRole('heading', { name: 'Aucune phrase ne contient « introuvable ».' }).waitFor();
    await check('search-none');
    await page.goto(`${stage.address}/recherche?q=suite`);
    await page.getByRole('button', { name: 'Afficher la suite' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.found li').length === 6);
  });

  test('search: what fails says so, and works again', async () => {
    stage.server.refusals['GET /search'] = [503, { detail: 'busy', request_id: 'r503' }];
    const page = await open('/recherche?q=prix', {}, /503/);
    await page.getByText('Chargement impossible').waitFor();
    await shoot(stage.watched, 'search-failed');
    delete stage.server.refusals['GET /search'];
    await page.getByRole('button', { name: 'Réessayer' }).click();
    await page.locator('.hit-words').first().waitFor();
  });

  test('statistics: the period is the address, each drawing has its table by keyboard', async () => {
    const page = await open('/statistiques?periode=30');
    await page.getByRole('img', { name: /^Directs par jour — au plus 22/ }).waitFor();
    await page.getByText('Données insuffisantes : 24 décisions').waitFor();
    await page.getByText('42 % des décisions').waitFor();
    assert.equal(await page.getByRole('row', { name: /Alerte → décision/ }).getByText('pas encore mesuré').count(), 2);
    await page.locator('.day-chart summary').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('.day-chart').first().getByRole('row').nth(7).waitFor();
    const links = page.getByRole('link', { name: /^Télécharger en CSV — / });
    assert.equal(await links.count(), await page.locator('.day-chart[open], .day-chart details[open]').count() + 5); // a drawing's is beside its table
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Télécharger en CSV — Fausses alertes par cause' }).click()]);
    assert.equal(download.suggestedFilename(), 'vigie-fausses-alertes-par-cause.csv');
    assert.match(readFileSync(await download.path(), 'utf8'), /^\ufeff"Intitulé";"Nombre";"Part"\r\n".+";5;0,5\r\n/);
    await page.getByLabel('Période').selectOption('90');
    await page.waitForURL(/periode=90$/);
    await until('the question', () => stage.server.calls.filter((call) => call.startsWith('GET /stats?')).length >= 2);
    await check('stats-table');
  });

  test('notifications: filters, read one by one, the rest at once, and where they lead', async () => {
    const page = await open('/notifications');
    await page.getByRole('link', { name: 'Alerte de niveau élevé · @demo_marche (non lue)' }).waitFor();
    await page.getByLabel('État').selectOption('non-lues');
    await page.waitForURL(/etat=non-lues$/);
    await page.getByRole('button', { name: 'Marquer comme lue : Alerte de niveau élevé · @demo_marche' }).click();
    await page.getByText(/^lue le/).waitFor(); // stays in sight
    assert.ok(stage.server.calls.includes('PUT /notifications/n2/read'));
    await page.getByLabel('État').selectOption('toutes');
    await page.getByLabel('Nature').selectOption('directs');
    await page.getByRole('link', { name: '@demo_atelier est en direct' }).click();
    await page.waitForURL(/\/directs\/l-demo_atelier$/);
    stage.server.tell('notification', { id: 'n9', kind: 'alert', live_id: 'l-demo_marche', alert_id: 'q-demo_marche-1', username: 'demo_marche', severity: 'eleve', created_at: new Date().toISOString(), read_at: null, read: false, interrupts: false });
    await page.getByRole('button', { name: 'Notifications, 1 non lue' }).click();
    await page.getByRole('link', { name: 'Toutes les notifications' }).click();
    await page.getByRole('main').getByRole('button', { name: 'Tout marquer comme lu' }).click();
    await page.getByRole('button', { name: 'Notifications', exact: true }).waitFor();
    assert.ok(stage.server.calls.includes('PUT /notifications/read'));
  });

  test('toasts: only what the server lets interrupt', async () => {
    const page = await open('/comptes');
    await page.getByText('9 comptes').waitFor();
    const tell = (index, interrupts) => stage.server.raise(alertOf(stage.server.world.lives[1], index, 500, { sentence: `phrase ${index}` }), interrupts);
    tell(50, false);
    await page.getByRole('button', { name: 'Notifications, 2 non lues' }).waitFor();
    assert.equal(await page.locator('.toast-card').count(), 0);
    tell(51, true);
    await page.locator('.toast-card').getByText('phrase 51').waitFor();
    assert.equal(await page.locator('.toast-card').count(), 1);
  });

  test('telling: quiet hours, the pace of mails, a test', async () => {
    const page = await open('/notifications?vue=reglages');
    await page.getByRole('button', { name: 'Toutes les nuits, de 22 h à 7 h' }).click();
    await page.getByRole('button', { name: 'Retirer mardi de 22:00 à 07:00' }).click();
    await page.getByLabel('Alertes par e-mail').selectOption('hourly');
    await page.getByLabel('Fuseau horaire').selectOption('Africa/Ouagadougou');
    await page.getByLabel('De', { exact: true }).first().fill('');
    await page.getByRole('button', { name: 'Enregistrer les réglages' }).click();
    await page.getByText('Indiquez une heure de début').waitFor();
    assert.deepEqual(sentTo('PATCH /me/notifications'), []);
    await page.getByLabel('De', { exact: true }).first().fill('21:30');
    await page.getByRole('button', { name: 'Enregistrer les réglages' }).click();
    await page.getByText('Réglages enregistrés.').waitFor();
    const [sent] = sentTo('PATCH /me/notifications');
    assert.deepEqual([sent.mail, sent.time_zone, sent.quiet_hours.length, sent.quiet_hours[0], sent.critical_passes], ['hourly', 'Africa/Ouagadougou', 7, { weekday: 1, from: '21:30', to: '07:00' }, true]);
    await page.getByRole('button', { name: 'Envoyer un essai' }).click();
    await page.getByText('Essai envoyé. Réponse : 250 queued').waitFor();
    await check('telling-saved');
  });

  test('silences: one live in two clicks, until it ends; and lifted', async () => {
    const page = await open('/directs/l-demo_marche');
    await page.getByRole('button', { name: 'Mettre en sourdine' }).click();
    await check('live-silence');
    await page.getByRole('button', { name: 'jusqu’à la fin du direct' }).click();
    await page.getByText('En sourdine pour vous jusqu’à la fin du direct.').last().waitFor();
    assert.deepEqual(sentTo('POST /silences'), [{ live_id: 'l-demo_marche', length: 'live' }]);
    await page.goto(`${stage.address}/notifications?vue=reglages`);
    await page.getByRole('listitem').filter({ hasText: 'Direct de @demo_marche' }).waitFor();
    await page.getByRole('combobox', { name: 'Mettre en sourdine' }).selectOption('account a-demo_asso');
    await page.getByLabel('Durée').selectOption('15m');
    await page.getByRole('button', { name: 'Mettre en sourdine' }).click();
    await page.getByText(/^Compte @demo_asso\s: en sourdine jusqu’au/).waitFor();
    await page.getByRole('button', { name: 'Lever la sourdine : Direct de @demo_marche' }).click();
    await page.getByText('Sourdine levée.').waitFor();
    assert.equal(store.silences.length, 1);
  });

  test('profile: the language at once and on the server, the zone', async () => {
    const page = await open('/profil');
    await page.getByRole('main').getByLabel('English').check();
    await page.getByRole('heading', { level: 1, name: 'Profile and security' }).waitFor();
    await page.getByText('Language saved.').waitFor();
    assert.deepEqual(sentTo('PATCH /me'), [{ language: 'en' }]);
    await page.getByLabel('Time zone').selectOption('Africa/Ouagadougou');
    await page.getByText('Time zone saved.').waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Profile and security' }).waitFor();
    await check('profile-english');
  });

  test('profile: address and password, with what is refused at its field', async () => {
    const page = await open('/profil', {}, provoked);
    const email = page.getByRole('region', { name: 'Adresse e-mail' });
    await email.getByLabel('Nouvelle adresse').fill('claire@');
    await email.getByRole('button', { name: 'Changer d’adresse' }).click();
    await email.getByText('écrivez-la en entier').waitFor();
    await email.getByLabel('Nouvelle adresse').fill('c.martin@collectivite.example');
    await email.getByLabel('Votre mot de passe').fill('pas le bon');
    await page.keyboard.press('Enter');
    await email.getByText('Ce mot de passe n’est pas le vôtre.').waitFor();
    await email.getByLabel('Votre mot de passe').fill(store.password);
    await page.keyboard.press('Enter');
    await email.getByText(/^En attente de confirmation : c\.martin@/).or(email.getByText(/En attente de confirmation/)).first().waitFor();
    const form = page.getByRole('region', { name: 'Mot de passe' });
    await form.getByLabel('Mot de passe actuel').fill(store.password);
    await form.getByLabel('Nouveau mot de passe').fill('court');
    await page.keyboard.press('Enter');
    await form.getByText('12 caractères au moins.').waitFor();
    await form.getByLabel('Nouveau mot de passe').fill('password-password');
    await page.keyboard.press('Enter');
    await form.getByText('Ce mot de passe est trop courant.').waitFor();
    await check('profile-refused');
    await form.getByLabel('Nouveau mot de passe').fill('quatre chevaux gris au galop');
    await page.keyboard.press('Enter');
    await form.getByText('Mot de passe changé.').waitFor();
  });

  test('profile: two factors by keyboard, codes shown once, and off again', async () => {
    const page = await open('/profil', {}, provoked);
    const box = page.getByRole('region', { name: /^Double authentification/ });
    await box.getByLabel('Votre mot de passe').fill(store.password);
    await page.keyboard.press('Enter');
    await box.getByRole('img', { name: /^Code QR/ }).waitFor();
    await box.getByText('JBSW Y3DP EHPK 3PXP').waitFor();
    await check('profile-totp');
    await box.getByLabel('Code à 6 chiffres').fill('999999');
    await page.keyboard.press('Enter');
    await box.getByText('Ce code n’est pas bon').waitFor();
    await box.getByLabel('Code à 6 chiffres').fill('123 456');
    await page.keyboard.press('Enter');
    await box.getByText('a0b0-c0d0-e0f0').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === 'Codes de secours');
    const [download] = await Promise.all([page.waitForEvent('download'), box.getByRole('link', { name: 'Télécharger' }).click()]);
    assert.equal(download.suggestedFilename(), 'vigie-codes.txt');
    await check('profile-codes');
    await box.getByRole('button', { name: 'J’ai gardé mes codes' }).click();
    assert.equal(await box.getByText('a0b0').count(), 0);
    await box.getByRole('button', { name: 'Désactiver…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Votre mot de passe').fill(store.password);
    await dialog.getByLabel('Code à 6 chiffres ou code de secours').fill('654321');
    await page.keyboard.press('Enter');
    await box.getByText('Double authentification désactivée.').waitFor();
    await box.getByText('Inactive').waitFor();
  });

  test('profile: sessions and tokens', async () => {
    const page = await open('/profil');
    await page.getByText('Chromium · Linux').waitFor();
    await page.getByRole('button', { name: 'Fermer toutes les autres' }).click();
    await page.getByText('Aucune autre session.').waitFor();
    const tokens = page.getByRole('region', { name: 'Jetons d’accès' });
    await tokens.getByRole('button', { name: 'Créer le jeton' }).click();
    await tokens.getByText('Nom : 1 à 80 caractères.').waitFor();
    await tokens.getByLabel('Nom').fill('cellule de veille');
    await tokens.getByLabel('Portée').selectOption('write');
    await tokens.getByRole('button', { name: 'Créer le jeton' }).click();
    await tokens.getByText('vigie_6f0c5b7d9a1e4c2f8b3d').waitFor();
    assert.deepEqual(sentTo('POST /me/tokens'), [{ name: 'cellule de veille', scope: 'write', expires_days: 90 }]);
    await check('profile-token');
    await tokens.getByRole('button', { name: 'Révoquer le jeton tableau de bord…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Révoquer' }).click();
    await tokens.getByText('Jeton tableau de bord révoqué.').waitFor();
    assert.ok(stage.server.calls.includes('DELETE /me/tokens/t1'));
  });

  test('people: the badge, approve, role, disable, sign out everywhere', async () => {
    const page = await open('/directs');
    await page.getByRole('link', { name: 'Administration 1 en attente' }).click();
    await page.getByText('1 demande en attente').waitFor();
    await page.getByRole('button', { name: 'Approuver nadia' }).click();
    await page.getByText('nadia : veilleur, active.').waitFor();
    await page.getByRole('link', { name: 'Administration', exact: true }).waitFor();
    await page.getByLabel('Rôle de amine').selectOption('admin');
    await page.getByRole('dialog').getByText('Administrateur : comme un modérateur, et administre.').waitFor();
    await check('people-role');
    await page.getByRole('dialog').getByRole('button', { name: 'Changer le rôle' }).click();
    await page.getByText('amine : administrateur, active.').waitFor();
    await page.getByRole('button', { name: 'Déconnecter partout… (amine)' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Déconnecter' }).click();
    await page.getByText('amine est déconnecté partout.').waitFor();
    await page.getByRole('button', { name: 'Désactiver amine…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Désactiver' }).click();
    await page.getByText('amine : administrateur, désactivée.').waitFor();
    await page.getByRole('combobox', { name: 'État' }).selectOption('disabled');
    await page.waitForURL(/etat=disabled$/);
    assert.equal(await page.locator('.people tbody tr').count(), 2);
    assert.deepEqual(sentTo('PATCH /users/p2'), [{ role: 'admin' }, { state: 'disabled' }]);
    assert.ok(stage.server.calls.includes('DELETE /users/p2/sessions'));
  });

  test('people: what is refused is said', async () => {
    stage.server.refusals['PATCH /users/p2'] = [409, { detail: 'last admin', request_id: 'r9' }];
    const page = await open('/admin/personnes', {}, provoked);
    await page.getByRole('button', { name: 'Désactiver amine…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Désactiver' }).click();
    await page.getByText('Il faut au moins un administrateur actif').first().waitFor();
  });

  test('channels: a webhook made, tested, suspended, removed; what was not delivered sent again', async () => {
    const page = await open('/admin/canaux');
    await page.getByLabel('Nom').fill('Salle de veille');
    await page.getByLabel('Adresse').fill('ftp://x');
    await page.getByRole('button', { name: 'Ajouter', exact: true }).click();
    await page.getByText('elle commence par https:// ou http://').waitFor();
    await page.getByLabel('Adresse').fill('https://veille.example/h');
    await page.getByLabel('Forme').selectOption('teams');
    await page.getByRole('button', { name: 'Ajouter', exact: true }).click();
    await page.getByText('whsec_2d9f6c1a7e').waitFor();
    await check('channels-made');
    await page.getByRole('button', { name: 'Envoyer un essai à Astreinte' }).click();
    await page.getByText('Astreinte n’a pas reçu l’essai : connection refused').waitFor();
    await page.getByRole('button', { name: 'Reprendre Astreinte' }).click();
    await page.getByRole('button', { name: 'Suspendre Astreinte' }).waitFor();
    await page.getByRole('button', { name: 'Modifier Salle de veille…' }).click();
    await page.getByRole('dialog').getByLabel('Nom').fill('Veille');
    await page.getByRole('dialog').getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByRole('button', { name: 'Supprimer Veille…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Supprimer' }).click();
    await page.getByText('Veille supprimé.').waitFor();
    await page.getByRole('button', { name: /^Renvoyer le message du/ }).click();
    await page.getByText('Aucun : tout est parti.').waitFor();
    await page.getByText('1 message remis en attente.').waitFor();
  });

  test('without the right: no way shown, and the page says who can grant it', async () => {
    stage.server.world.person.role = 'moderator';
    const page = await open('/admin/canaux', {}, provoked);
    await page.getByRole('heading', { name: 'Réservé aux administrateurs' }).waitFor();
    assert.equal(await page.getByRole('navigation').getByRole('link', { name: 'Administration' }).count(), 0);
    assert.ok(!stage.server.calls.some((call) => call.startsWith('GET /webhooks') || call.startsWith('GET /users')));
    await check('forbidden');
  });

  test('on a phone: the rest is under "Plus"', async () => {
    const page = await open('/', { viewport: { width: 360, height: 800 } });
    await page.getByRole('button', { name: /^Plus/ }).click();
    await check('more-narrow');
    await page.getByRole('link', { name: 'Statistiques' }).click();
    await page.getByRole('heading', { level: 1, name: 'Statistiques' }).waitFor();
    assert.equal(await page.locator('#more').evaluate((one) => one.matches(':popover-open')), false);
  });

  test('from page to page by letters', async () => {
    const page = await open('/');
    for (const [keys, name] of [['gs', 'Statistiques'], ['gr', 'Recherche'], ['ga', 'Alertes'], ['gc', 'Comptes suivis'], ['gd', 'Mur des directs']]) {
      await page.evaluate(() => document.activeElement?.blur()); // the search begins in its field, where letters are text
      for (const key of keys) {
        await page.keyboard.press(key);
      }
      await page.getByRole('heading', { level: 1, name }).waitFor();
    }
    await expectClean(stage.watched, 'letters');
  });

  test('session ended in the middle of a form: what was typed is still there', async () => {
    const page = await open('/admin/canaux', {}, provoked);
    await page.getByLabel('Nom').fill('Salle de veille');
    stage.server.endSession();
    await page.getByRole('dialog', { name: 'Votre session est terminée' }).waitFor();
    assert.equal(await page.getByLabel('Nom').inputValue(), 'Salle de veille');
    await page.getByRole('button', { name: 'Continuer ici' }).click();
    await page.getByText('Vous n’êtes pas encore reconnecté.').waitFor();
    stage.server.isSignedIn = true; // in another tab
    await page.getByRole('button', { name: 'Continuer ici' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' }).catch(() => undefined);
    await page.getByText('En liaison').waitFor();
    await page.getByLabel('Adresse').fill('https://veille.example/h');
    await page.getByRole('button', { name: 'Ajouter', exact: true }).click();
    await page.getByText('whsec_2d9f6c1a7e').waitFor();
    assert.equal(sentTo('POST /webhooks')[0].name, 'Salle de veille');
  });
});
