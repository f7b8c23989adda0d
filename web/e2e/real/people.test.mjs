// SPDX-License-Identifier: Apache-2.0
// People against the real server: the first administrator, signing in and up, second factors, sessions,
// tokens, lists; the pages that the server draws, with scripts and without.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { expectAccessible, expectClean, expectNoSideScroll, launch, out, shoot, strangersPage } from '../browser.mjs';
import { endAll, until } from '../processes.mjs';
import { codeOf, House, lacking } from './house.mjs';
import { steps } from './steps.mjs';

const password = 'une phrase de passe assez longue';
const another = 'quatre chevaux gris au galop';
const narrow = { viewport: { width: 320, height: 640 } };
const refused = /status of 40[1349]|status of 422|WebSocket/; // said by the browser of what a test provokes

describe('people, with the real server', { skip: lacking.length === 0 ? false : `without ${lacking.join(', ')}`, timeout: 600_000 }, () => {
  const house = new House();
  let browser;
  let claire; // her first window
  let secret = ''; // of her second factor
  let recoveryCodes = [];
  before(async () => {
    await house.open();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await house.close();
    await endAll();
  });

  const step = steps(async () => {
    const pages = browser.contexts().flatMap((context) => context.pages());
    await Promise.all(pages.map((page, index) => page.screenshot({ path: `${out}real-people-failure-${index}.png` }).catch(() => undefined)));
  });

  const signIn = async (watched, name, word, path = '/connexion') => {
    await watched.page.goto(house.address + path);
    await watched.page.getByLabel('Nom d’utilisateur').fill(name);
    await watched.page.getByLabel('Mot de passe').fill(word);
    await watched.page.getByRole('button', { name: 'Se connecter' }).click();
  };
  const linked = ({ page }) => page.getByText('En liaison').or(page.getByText('Connected')).waitFor();
  const sound = async (watched, where) => {
    await expectAccessible(watched, where);
    await expectNoSideScroll(watched, where);
    await expectClean(watched, where);
    await shoot(watched, `real-${where.replaceAll(/[^a-z0-9]+/gi, '-')}`);
  };
  const leave = (watched) => watched.page.context().close();

  step('the pages that the server draws: in both languages, light and dark, wide and at 320 px', async () => {
    const pages = [
      ['/connexion', 'Se connecter', 'Sign in'], ['/inscription', 'S’inscrire', 'Sign up'], ['/mot-de-passe', 'Mot de passe oublié', 'Forgotten password'],
      ['/mentions-legales', 'Mentions légales', 'Legal notice'], ['/accessibilite', 'Accessibilité : non conforme', 'Accessibility: not conformant'],
      ['/deconnexion', 'Vous êtes déconnecté', 'You are signed out'], [house.setUpLink, 'Premier administrateur', 'First administrator'],
      ['/mot-de-passe/un-lien-passe', 'Lien expiré', 'This link is over'], ['/demarrage/un-lien-passe', 'Lien expiré', 'This link is over'],
    ];
    const faults = [];
    for (const [dress, options] of [['wide', {}], ['320', narrow], ['dark', { ...narrow, colorScheme: 'dark' }], ['forced', { forcedColors: 'active' }], ['english', { ...narrow, locale: 'en-GB' }]]) {
      const watched = await strangersPage(browser, options, refused);
      for (const [path, french, english] of pages) {
        await watched.page.goto(house.address + path);
        const heading = watched.page.getByRole('heading', { level: 1 });
        const wanted = dress === 'english' ? english : french;
        assert.equal((await heading.textContent()).replaceAll('\u00a0', ' '), wanted, path);
        assert.match((await watched.page.title()).replaceAll('\u00a0', ' '), new RegExp(`^${wanted} — Vigie$`), path);
        assert.equal(await watched.page.locator('html').getAttribute('lang'), dress === 'english' ? 'en' : 'fr', path);
        await sound(watched, `${path.replace(house.setUpLink, '/demarrage/lien')} ${dress}`).catch((error) => faults.push(error.message));
      }
      await leave(watched);
    }
    assert.deepEqual(faults, []);
  });

  step('the first administrator: by the link, without scripts; what is wrong is said at its field', async () => {
    const watched = await strangersPage(browser, { javaScriptEnabled: false, ...narrow }, refused);
    const { page } = watched;
    await page.goto(house.address + house.setUpLink);
    await page.getByLabel('Nom d’utilisateur').fill('claire');
    await page.getByLabel('Mot de passe').fill('motdepasse123');
    await page.getByRole('button', { name: 'Créer le compte' }).click();
    await page.locator('[aria-invalid="true"]').first().waitFor();
    assert.equal(await page.getByLabel('Nom d’utilisateur').inputValue(), 'claire');
    await shoot(watched, 'real-set-up-refused');
    await page.getByLabel('Mot de passe').fill(password);
    await page.getByRole('button', { name: 'Créer le compte' }).click();
    await page.locator('noscript h1').waitFor();
    await shoot(watched, 'real-without-scripts');
    await page.goto(house.address + house.setUpLink);
    await page.getByRole('heading', { name: 'Lien expiré' }).waitFor();
    await leave(watched);
  });

  step('sign-in: refused, then let in, to the page that was wanted', async () => {
    claire = await strangersPage(browser, {}, refused);
    const { page } = claire;
    await page.goto(`${house.address}/profil`);
    assert.match(page.url(), /\/connexion\?suite=%2Fprofil$/);
    await page.getByLabel('Nom d’utilisateur').fill('claire');
    await page.getByLabel('Mot de passe').fill('pas celui-là, non');
    await page.keyboard.press('Enter');
    await page.getByText('Nom ou mot de passe incorrect.').waitFor();
    assert.equal(await page.getByLabel('Nom d’utilisateur').inputValue(), 'claire');
    await sound(claire, 'sign-in refused');
    await page.getByLabel('Mot de passe').fill(password);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${house.address}/profil`);
    await linked(claire);
    await sound(claire, 'profile');
  });

  step('another language: at once, and after a reload', async () => {
    const { page } = claire;
    await page.getByRole('main').getByLabel('English').check();
    await page.getByText('Language saved.').waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Profile and security' }).waitFor();
    await page.getByRole('main').getByLabel('Français').check();
    await page.getByText('Langue enregistrée.').waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Profil et sécurité' }).waitFor();
  });

  step('another password: the own window stays linked, the other one is asked to sign in and keeps its page', async () => {
    const elsewhere = await strangersPage(browser, {}, refused);
    await signIn(elsewhere, 'claire', password, '/connexion?suite=/comptes');
    await linked(elsewhere);
    const form = claire.page.getByRole('region', { name: 'Mot de passe' });
    await form.getByLabel('Mot de passe actuel').fill('pas le bon du tout');
    await form.getByLabel('Nouveau mot de passe').fill(another);
    await claire.page.keyboard.press('Enter');
    await form.locator('[aria-invalid="true"]').waitFor();
    await form.getByLabel('Mot de passe actuel').fill(password);
    await claire.page.keyboard.press('Enter');
    await form.getByText('Mot de passe changé.').waitFor();
    await elsewhere.page.getByRole('dialog', { name: 'Votre session est terminée' }).waitFor();
    assert.match(elsewhere.page.url(), /\/comptes$/);
    assert.equal(await elsewhere.page.getByRole('dialog').getByRole('link', { name: /^Se connecter/ }).getAttribute('href'), '/connexion?suite=%2Fcomptes');
    await linked(claire);
    assert.equal(await claire.page.getByRole('dialog').count(), 0);
    await sound(elsewhere, 'session ended');
    await leave(elsewhere);
    const late = await strangersPage(browser, {}, refused);
    await signIn(late, 'claire', password);
    await late.page.getByText('Nom ou mot de passe incorrect.').waitFor();
    await leave(late);
  });

  step('sessions: the other one is listed and closed; its window is asked to sign in, and goes on', async () => {
    const { page } = claire;
    const elsewhere = await strangersPage(browser, { userAgent: 'Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0' }, refused);
    await signIn(elsewhere, 'claire', another, '/connexion?suite=/recherche');
    await linked(elsewhere);
    await elsewhere.page.getByRole('main').getByRole('searchbox').fill('une phrase à moitié');
    await page.reload();
    await page.getByText('Firefox · Android').waitFor();
    await page.getByRole('button', { name: /^Fermer la session Firefox · Android/ }).click();
    await page.getByText('Session fermée.').waitFor();
    await page.getByText('Aucune autre session.').waitFor();
    const dialog = elsewhere.page.getByRole('dialog', { name: 'Votre session est terminée' });
    await dialog.waitFor();
    await elsewhere.page.getByRole('button', { name: 'Continuer' }).click();
    await dialog.locator('.field-error').waitFor(); // not yet
    const second = await elsewhere.page.context().newPage(); // where the dialog's link leads
    await signIn({ page: second }, 'claire', another);
    await second.waitForURL(/\/(directs)?$/);
    await second.close();
    await elsewhere.page.getByRole('button', { name: 'Continuer' }).click();
    await dialog.waitFor({ state: 'detached' });
    await linked(elsewhere);
    assert.equal(await elsewhere.page.getByRole('main').getByRole('searchbox').inputValue(), 'une phrase à moitié');
    await elsewhere.page.getByRole('button', { name: 'Réglages et session' }).click();
    await elsewhere.page.getByRole('button', { name: 'Se déconnecter' }).click();
    await elsewhere.page.waitForURL(/\/connexion$|\/deconnexion$/);
    await leave(elsewhere);
  });

  step('two factors: set up, asked for, a recovery code in their stead once', async () => {
    const { page } = claire;
    const box = page.getByRole('region', { name: /^Double authentification/ });
    await box.getByLabel('Votre mot de passe').fill(another);
    await page.keyboard.press('Enter');
    await box.getByRole('img', { name: /^Code QR/ }).waitFor();
    secret = await box.locator('code.secret').textContent();
    await box.getByLabel('Code à 6 chiffres').fill(codeOf(secret));
    await page.keyboard.press('Enter');
    await box.getByRole('heading', { name: 'Codes de secours' }).waitFor();
    recoveryCodes = await box.locator('.codes code').allTextContents();
    assert.equal(new Set(recoveryCodes).size, recoveryCodes.length);
    await sound(claire, 'recovery codes');
    await box.getByRole('button', { name: 'J’ai gardé mes codes' }).click();
    await linked(claire);

    const withCode = await strangersPage(browser, narrow, refused);
    await signIn(withCode, 'claire', another, '/connexion?suite=/comptes');
    await withCode.page.getByRole('heading', { level: 1, name: 'Code de vérification' }).waitFor();
    await sound(withCode, 'second factor');
    await withCode.page.getByLabel('Code').fill('000000');
    await withCode.page.keyboard.press('Enter');
    await withCode.page.locator('[aria-invalid="true"]').waitFor();
    await withCode.page.getByLabel('Code').fill(codeOf(secret, 1)); // one code serves once: the next is good already
    await withCode.page.keyboard.press('Enter');
    await withCode.page.waitForURL(/\/comptes$/);
    await linked(withCode);
    await leave(withCode);

    const plain = await strangersPage(browser, { javaScriptEnabled: false }, refused);
    for (const [turn, isGood] of [[0, true], [1, false]]) {
      await plain.page.context().clearCookies();
      await signIn(plain, 'claire', another);
      await plain.page.getByLabel('Code').fill(recoveryCodes[0]);
      await plain.page.getByRole('button', { name: 'Continuer' }).click();
      await (isGood ? plain.page.locator('noscript h1') : plain.page.locator('[aria-invalid="true"]')).waitFor();
      assert.equal((await plain.page.context().cookies()).length, isGood ? 1 : 0, `turn ${turn}`);
    }
    await leave(plain);
  });

  step('sign-up: waits for the administrator, is let in, begins where one begins', async () => {
    const nadia = await strangersPage(browser, { ...narrow }, refused);
    const form = nadia.page;
    await form.goto(`${house.address}/inscription`);
    await form.getByLabel('Nom d’utilisateur').fill('nadia');
    const mail = form.getByLabel(/courrier|e-mail/i);
    if (await mail.count() > 0) {
      await mail.fill('nadia@collectivite.example');
    }
    await form.getByLabel('Mot de passe').fill('court');
    await form.getByRole('button', { name: 'S’inscrire' }).click();
    await form.locator('[aria-invalid="true"], :invalid').first().waitFor();
    await sound(nadia, 'sign-up refused');
    await form.getByLabel('Mot de passe').fill(password);
    await form.getByRole('button', { name: 'S’inscrire' }).click();
    await form.getByRole('heading', { name: 'Inscription reçue' }).waitFor();
    await sound(nadia, 'sign-up received');
    await signIn(nadia, 'nadia', password);
    await form.locator('.error').waitFor();
    assert.match(form.url(), /\/connexion$/);

    const { page } = claire;
    await page.goto(`${house.address}/directs`);
    await page.getByRole('link', { name: /^Administration 1 en attente/ }).click();
    await page.getByRole('button', { name: 'Approuver nadia' }).click();
    await page.getByText(/^nadia\s: veilleur, active/).waitFor();
    await sound(claire, 'people');
    await signIn(nadia, 'nadia', password);
    await form.getByRole('heading', { name: 'Commencez par suivre un compte' }).waitFor();
    await linked(nadia);
    await sound(nadia, 'first run');
    await form.goto(`${house.address}/admin/personnes`);
    await form.getByText(/administrateur/).first().waitFor();
    assert.equal(await form.getByRole('button', { name: /^Approuver/ }).count(), 0);
    await leave(nadia);
  });

  step('a token: shown once, good for reading only, and over when revoked', async () => {
    const { page } = claire;
    await page.goto(`${house.address}/profil`);
    const tokens = page.getByRole('region', { name: 'Jetons d’accès' });
    await tokens.getByLabel('Nom').fill('cellule de veille');
    await tokens.getByRole('button', { name: 'Créer le jeton' }).click();
    const token = await tokens.locator('.notice code').textContent();
    const asked = (method, path, body) => fetch(`${house.address}/api/v1${path}`, { method, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    assert.equal((await asked('GET', '/accounts')).status, 200);
    assert.equal((await asked('POST', '/lists', { name: 'x' })).status, 403);
    await page.reload();
    await tokens.getByText('cellule de veille').waitFor();
    assert.equal(await tokens.locator('.notice code').count(), 0);
    await tokens.getByRole('button', { name: 'Révoquer le jeton cellule de veille…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Révoquer' }).click();
    await tokens.getByText('Jeton cellule de veille révoqué.').waitFor();
    assert.equal((await asked('GET', '/accounts')).status, 401);
  });

  step('a list made, an account followed; not yet looked at, it is unknown and not offline', async () => {
    const { page } = claire;
    await page.goto(`${house.address}/comptes`);
    await page.getByRole('button', { name: 'Gérer les listes…' }).click();
    await page.getByRole('dialog').getByLabel('Nouvelle liste').fill('Élections');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByLabel('Nom de la liste Élections').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Suivre un compte' }).first().click();
    await page.getByRole('dialog').getByLabel('Comptes publics').fill('https://www.tiktok.com/@Place_du_marche/live');
    await page.keyboard.press('Enter');
    await page.locator('.account-name').getByText('place_du_marche').first().waitFor();
    await page.reload();
    await page.locator('.account-name').getByText('place_du_marche').first().waitFor();
    await page.getByRole('row').getByText('Inconnu').waitFor(); // nobody looked yet, and nobody says it is offline
    assert.equal(await page.getByRole('row').getByText('Hors ligne').count(), 0);
    await sound(claire, 'accounts');
  });

  step('every page of the application, as it is on the first day', async () => {
    const faults = [];
    for (const path of ['/directs', '/alertes', '/comptes', '/recherche', '/recherche?q=march%C3%A9', '/notifications', '/notifications?vue=reglages', '/statistiques', '/profil', '/admin/personnes', '/admin/seuils', '/admin/modeles', '/admin/canaux', '/admin/journal', '/admin/systeme', '/nulle-part']) {
      await claire.page.goto(house.address + path);
      await linked(claire);
      await claire.page.waitForFunction(() => document.querySelector('main h1') !== null && document.querySelector('main .late') === null);
      await sound(claire, `first day ${path}`).catch((error) => faults.push(error.message));
    }
    assert.deepEqual(faults, []);
  });

  step('signed out: the way back shows nothing', async () => {
    const { page } = claire;
    await page.goto(`${house.address}/comptes`);
    await page.locator('.account-name').getByText('place_du_marche').first().waitFor();
    await page.getByRole('button', { name: 'Réglages et session' }).click();
    await page.getByRole('button', { name: 'Se déconnecter' }).click();
    await page.waitForURL(/\/connexion$|\/deconnexion$/);
    await page.goBack();
    await until('the sign-in page', () => /\/connexion/.test(page.url()), { within: 20_000 });
    assert.equal(await page.getByText('place_du_marche').count(), 0);
    assert.equal((await fetch(`${house.address}/api/v1/accounts`)).status, 401);
    await expectClean(claire, 'signed out');
  });
});
