// SPDX-License-Identifier: Apache-2.0
// Comptes and Compte in Chromium: following one and many, lists, notes, checks, lives and their curve.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expectAccessible, expectClean, hasBrowser } from './browser.mjs';
import { staged } from './stage.mjs';
import { account, ago, live, provoked } from './states-world.mjs';

describe('accounts', { skip: hasBrowser ? false : 'no Chromium' }, () => {
  const stage = staged((server) => {
    const change = (body, id) => {
      const one = server.world.accounts.find((candidate) => candidate.id === id);
      Object.assign(one, body);
      return [200, one];
    };
    server.answers['PATCH /accounts/{id}'] = change;
    server.answers['PUT /lists/{id}'] = (body, list, id) => {
      server.world.accounts.find((candidate) => candidate.id === id).lists.push(list);
      return [204];
    };
  });
  const { open, check } = stage;
  const names = (page) => page.locator('.account-name').allTextContents();
  // As the server tells of each name.
  const answerBatch = (results) => {
    stage.server.answers['POST /accounts/batch'] = () => [200, { items: results, next_cursor: null }];
  };

  for (const [name, options] of [
    ['accounts', {}], ['accounts-narrow', { viewport: { width: 360, height: 800 } }], ['accounts-320', { viewport: { width: 320, height: 640 } }],
    ['accounts-dark', { colorScheme: 'dark' }], ['accounts-forced', { forcedColors: 'active' }], ['accounts-very-wide', { viewport: { width: 2200, height: 1200 } }],
  ]) {
    test(`list: ${name}`, async () => {
      const page = await open('/comptes', options);
      await page.getByText('9 comptes · contrôle réel : toutes les 30 s (médiane) · délai de détection : p50 8,4 s, p95 14 s').waitFor();
      await page.getByText('Marchés de quartier').first().waitFor({ state: 'attached' });
      await check(name);
      await page.getByRole('button', { name: 'Ne plus suivre @demo_asso…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Ne plus suivre' }).click();
      await page.getByText('Vous ne suivez plus @demo_asso.').first().waitFor();
      assert.ok(stage.server.calls.includes('DELETE /accounts/a-demo_asso'));
    });
  }

  test('list: in English', async () => {
    const page = await open('/comptes', { locale: 'en-GB' });
    await page.getByRole('button', { name: 'Réglages et session' }).click();
    await page.getByLabel('English').check();
    await page.keyboard.press('Escape');
    await page.getByText('9 accounts · really checked every 30 s (median) · detection delay: p50 8.4 s, p95 14 s').waitFor();
    await check('accounts-english');
  });

  test('list: what refuses us is said on top', async () => {
    stage.server.world.status.hosts = [{ host: 'www.tiktok.com', allowed_per_s: 0.5, used_per_s: 0, queue: 4, wait_p50_s: 1, wait_p95_s: 3, paused_until: null, reason: 'waf', since: ago(600) }];
    const page = await open('/comptes');
    await page.getByText(/www\.tiktok\.com\s: bloqué par TikTok depuis \d\d:\d\d:\d\d · TikTok filtre nos demandes/).waitFor();
    await check('accounts-blocked');
  });

  test('list: filters and order are the address', async () => {
    const page = await open('/comptes?tri=priorite');
    await page.getByText('9 comptes').waitFor();
    assert.equal((await names(page))[0], '@demo_marche');
    await page.getByLabel('Rechercher', { exact: true }).fill('@demo_a');
    await page.getByText('3 sur 9 comptes').waitFor();
    assert.deepEqual(await names(page), ['@demo_ancien', '@demo_asso', '@demo_atelier']);
    assert.match(page.url(), /\?tri=priorite&q=%40demo_a$/);
    await page.getByRole('combobox', { name: 'État' }).selectOption('live');
    assert.deepEqual(await names(page), ['@demo_atelier']);
    await page.getByRole('combobox', { name: 'Liste', exact: true }).selectOption('list-2');
    await page.getByText('Aucun compte ne répond à ces filtres.').waitFor();
    await page.getByRole('button', { name: 'Effacer les filtres' }).click();
    await page.getByText('9 comptes').waitFor();
    await page.getByRole('combobox', { name: 'Étiquette' }).selectOption('presse');
    await page.reload();
    await page.getByText('1 sur 9 comptes').waitFor();
    assert.deepEqual(await names(page), ['@demo_marche']);
  });

  test('list: a hundred accounts come by fifty', async () => {
    stage.server.world.accounts = Array.from({ length: 120 }, (_, index) => account(`n${String(index).padStart(3, '0')}`));
    const page = await open('/comptes');
    await page.getByText('120 comptes').waitFor();
    assert.equal((await names(page)).length, 50);
    await page.getByRole('button', { name: 'Afficher 50 de plus' }).click();
    await page.getByRole('button', { name: 'Afficher 20 de plus' }).click();
    assert.equal((await names(page)).length, 120);
  });

  test('check now: asked, under way, and what came of it', async () => {
    const page = await open('/comptes');
    const row = page.getByRole('row').filter({ hasText: '@demo_bloque' });
    await row.getByText('jamais confirmé · TikTok demande une vérification humaine').waitFor();
    assert.equal(await row.getByText('Hors ligne').count(), 0);
    await row.getByRole('button', { name: 'Vérifier maintenant @demo_bloque' }).click();
    await page.getByText('Contrôle de @demo_bloque demandé.').first().waitFor();
    await row.getByText('vérification…').waitFor();
    assert.ok(await row.getByRole('button', { name: 'Vérifier maintenant @demo_bloque' }).isDisabled());
    Object.assign(stage.server.world.accounts.at(-1), { checked_at: ago(0), status_reason: 'private_or_absent' });
    await page.getByText('@demo_bloque : Inconnu · jamais confirmé · privé ou inexistant').first().waitFor();
    await row.getByText('jamais confirmé · privé ou inexistant').waitFor();
    assert.ok(stage.server.calls.includes('POST /accounts/a-demo_bloque/check'));
  });

  test('follow: a mistake is told at the field, a refusal too', async () => {
    const page = await open('/', {}, provoked);
    await page.getByRole('button', { name: 'Suivre un compte' }).click();
    const field = page.getByLabel('Comptes publics');
    await field.fill('https://example.org/@x');
    await page.keyboard.press('Enter');
    await page.getByText('Cette adresse n’est pas celle d’un profil TikTok').waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.ok(await field.evaluate((element) => element === document.activeElement));
    assert.deepEqual(stage.server.sent, []);
    answerBatch([{ line: 1, typed: '@Demo_Asso', result: 'already', detail: 'followed', account: stage.server.world.accounts[6] }]);
    await field.fill('@Demo_Asso');
    await page.keyboard.press('Enter');
    await page.getByText('Vous suivez déjà @demo_asso.').waitFor();
    await check('follow-dialog');
    await page.keyboard.press('Escape');
    assert.ok(await page.getByRole('button', { name: 'Suivre un compte' }).evaluate((element) => element === document.activeElement));
  });

  test('follow: one more, and what TikTok says of it', async () => {
    const page = await open('/comptes');
    const fresh = account('nouveau', { status: 'unknown', status_at: null, checked_at: null, status_reason: 'never_checked', followers: null, interval_s: 0, last_live_at: null });
    stage.server.answers['POST /accounts/batch'] = () => {
      stage.server.world.accounts.push(fresh);
      return [200, { items: [{ line: 1, typed: '@nouveau', result: 'added', detail: '', account: fresh }], next_cursor: null }];
    };
    await page.getByRole('button', { name: 'Suivre un compte' }).click();
    await page.getByLabel('Comptes publics').fill('@nouveau');
    await page.getByText('Liste, priorité et étiquettes').click();
    await page.getByRole('dialog').getByRole('combobox', { name: 'Liste', exact: true }).selectOption('list-1');
    await page.getByRole('dialog').getByRole('combobox', { name: 'Priorité' }).selectOption('haute');
    await page.getByRole('dialog').getByLabel('Étiquettes').fill('presse, presse');
    await page.getByRole('button', { name: 'Suivre le compte' }).click();
    const row = page.getByRole('row').filter({ hasText: '@nouveau' });
    await row.getByText('vérification…').waitFor();
    assert.deepEqual(stage.server.sent.at(-1), ['POST /accounts/batch', { text: '@nouveau', priority: 1, tags: ['presse'], list: 'list-1' }]);
    Object.assign(fresh, { checked_at: ago(0), status_reason: 'user_not_found' });
    await row.getByText('TikTok ne trouve pas ce compte en direct, ce qui ne prouve rien').waitFor();
    await row.getByText('Inconnu').waitFor();
    assert.equal(await row.getByText('Hors ligne').count(), 0);
  });

  test('follow: a pasted list, a result for each name', async () => {
    const page = await open('/comptes', {}, provoked);
    await page.getByRole('button', { name: 'Suivre un compte' }).click();
    const field = page.getByLabel('Comptes publics');
    await field.fill('@anna\ndemo_asso\nhttps://example.org/@x\n@anna\nrien de tel');
    stage.server.world.accounts.push(account('anna'));
    const line = (number, typed, result, more = {}) => ({ line: number, typed, result, detail: 'words', account: null, ...more });
    answerBatch([
      line(1, '@anna', 'added', { account: account('anna') }), line(2, 'demo_asso', 'already', { account: stage.server.world.accounts[6] }),
      line(3, 'https://example.org/@x', 'invalid'), line(4, '@anna', 'duplicate'), line(5, 'rien de tel', 'invalid'),
    ]);
    await page.keyboard.press('Enter'); // the next line, in a list
    assert.deepEqual(stage.server.sent, []);
    await page.getByRole('button', { name: 'Suivre ces comptes' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: '1 ajouté · 2 déjà là · 2 à corriger' }).waitFor();
    await dialog.getByRole('row').filter({ hasText: '3' }).getByText('Cette adresse n’est pas celle d’un profil TikTok').waitFor();
    await dialog.getByText('Aucun @nom ni lien dans ce texte.').waitFor();
    assert.equal(await field.inputValue(), 'https://example.org/@x\nrien de tel');
    await check('follow-many');
    await dialog.getByRole('button', { name: 'Fermer' }).click();
    await page.getByText('@anna').first().waitFor();
  });

  test('follow: a long list goes in parts, its lines keep their numbers', async () => {
    const page = await open('/comptes', {}, provoked);
    stage.server.answers['POST /accounts/batch'] = ({ text }) => [200, { items: text.split('\n').map((typed, index) => ({ line: index + 1, typed, result: 'duplicate', detail: '', account: null })), next_cursor: null }];
    await page.getByRole('button', { name: 'Suivre un compte' }).click();
    await page.getByLabel('Comptes publics').fill(Array.from({ length: 450 }, (_, index) => `n${index}`).join('\n'));
    await page.getByRole('button', { name: 'Suivre ces comptes' }).click();
    await page.getByRole('row').filter({ hasText: 'n449' }).getByText('450', { exact: true }).waitFor();
    assert.equal(stage.server.sent.length, 3);
    await page.getByLabel('Comptes publics').fill(Array.from({ length: 1001 }, () => 'n').join('\n'));
    await page.getByRole('button', { name: 'Suivre ces comptes' }).click();
    await page.getByText('Au plus 1000 lignes à la fois').waitFor();
    assert.equal(stage.server.sent.length, 3);
  });

  test('lists: made, renamed, removed, and a taken name is told', async () => {
    const page = await open('/comptes', {}, provoked);
    await page.getByRole('button', { name: 'Gérer les listes…' }).click();
    const dialog = page.getByRole('dialog');
    stage.server.answers['POST /lists'] = () => [409, { detail: 'taken', request_id: 'r1' }];
    await dialog.getByLabel('Nouvelle liste').fill('élections');
    await page.keyboard.press('Enter');
    await dialog.getByText('Une liste porte déjà ce nom').waitFor();
    stage.server.answers['POST /lists'] = ({ name }) => {
      stage.server.world.lists.push({ id: 'list-3', name, accounts: 0 });
      return [201, stage.server.world.lists.at(-1)];
    };
    await dialog.getByLabel('Nouvelle liste').fill('<b>Presse</b> 🙂');
    await dialog.getByRole('button', { name: 'Créer la liste' }).click();
    await dialog.getByLabel('Nom de la liste <b>Presse</b> 🙂').waitFor();
    await check('lists');
    await dialog.getByLabel('Nom de la liste Élections').fill('Municipales');
    await page.keyboard.press('Tab');
    stage.server.answers['DELETE /lists/{id}'] = (body, id) => {
      stage.server.world.lists = stage.server.world.lists.filter((list) => list.id !== id);
      return [204];
    };
    await dialog.getByRole('button', { name: 'Supprimer la liste Marchés de quartier…' }).click();
    await dialog.getByRole('button', { name: 'Supprimer ?' }).click();
    await dialog.getByLabel('Nom de la liste Marchés de quartier').waitFor({ state: 'detached' });
    assert.deepEqual(stage.server.sent.filter(([call]) => call.startsWith('PATCH')), [['PATCH /lists/list-1', { name: 'Municipales' }]]);
  });

  test('account: a rule for alerts of its own, refused at its field, saved, read by others', async () => {
    stage.server.world.person.role = 'moderator';
    stage.server.answers['PUT /accounts/{id}'] = (body) => [200, Object.assign(stage.server.world, { rule: body }).rule];
    const page = await open('/comptes/a-demo_marche');
    const rule = page.getByRole('region', { name: 'Règle d’alerte' });
    await rule.getByLabel('Score au-dessus duquel').fill('1,2');
    await rule.getByRole('button', { name: 'Enregistrer la règle' }).click();
    await rule.getByText('Seuil : un nombre de 0 à 1, par exemple 0,8.').waitFor();
    await rule.getByLabel('Score au-dessus duquel').fill('0,85');
    await rule.getByLabel('Même incident').fill('10');
    await rule.getByLabel('Un propos présumé haineux').uncheck();
    await rule.getByRole('button', { name: 'Enregistrer la règle' }).click();
    await rule.getByText('Règle enregistrée.').waitFor();
    assert.deepEqual(stage.server.sent.at(-1), ['PUT /accounts/a-demo_marche/alert-rule', { risk_threshold: 0.85, hate_alerts: false, cooldown_s: 600 }]);
    await check('account-rule');
    stage.server.world.person.role = 'auditor';
    await page.reload();
    await rule.getByText('Seuil : 0,85.').waitFor();
    await rule.getByText('Un modérateur ou un administrateur peut la changer.').waitFor();
  });

  test('the rule of a list: where its accounts are filtered, by who decides', async () => {
    stage.server.answers['GET /lists/list-1/alert-rule'] = () => [200, stage.server.world.listRule ?? { risk_threshold: null, hate_alerts: null, cooldown_s: null }];
    stage.server.answers['PUT /lists/{id}'] = (body) => [200, Object.assign(stage.server.world, { listRule: body }).listRule];
    const page = await open('/comptes?liste=list-1', {}, provoked);
    await page.getByText('Règle d’alerte de cette liste').click();
    const rule = page.getByRole('region', { name: 'Règle d’alerte de la liste Élections' });
    await rule.getByLabel('Score au-dessus duquel').fill('x');
    await page.keyboard.press('Enter');
    await rule.getByText('Seuil : un nombre de 0 à 1').waitFor();
    await rule.getByLabel('Score au-dessus duquel').fill('0,6');
    await rule.getByLabel('Propos présumé haineux').selectOption('always');
    await rule.getByRole('button', { name: 'Enregistrer la règle' }).click();
    await rule.getByText('Règle enregistrée.').waitFor();
    assert.deepEqual(stage.server.sent.at(-1), ['PUT /lists/list-1/alert-rule', { risk_threshold: 0.6, hate_alerts: true, cooldown_s: null }]);
    await check('list-rule');
    await page.getByRole('combobox', { name: 'Liste', exact: true }).selectOption('list-2'); // its rule is not to be read
    await page.getByText('La règle n’a pas pu être lue.').waitFor();
    stage.server.world.person.role = 'auditor';
    await page.reload();
    await page.getByRole('article').or(page.getByRole('row')).first().waitFor();
    assert.equal(await page.getByText('Règle d’alerte de cette liste').count(), 0);
  });

  test('selection: one change for several accounts, by keyboard', async () => {
    const page = await open('/comptes');
    await page.getByLabel('Sélectionner @demo_asso').focus();
    await page.keyboard.press('Space');
    await page.getByLabel('Sélectionner @demo_chef').check();
    const bar = page.getByRole('region', { name: 'Comptes sélectionnés' });
    await bar.getByText('2 sélectionnés').waitFor();
    await bar.getByRole('combobox', { name: 'Liste', exact: true }).selectOption('list-2');
    await check('selection');
    await bar.getByRole('button', { name: 'Ajouter à la liste' }).click();
    await page.getByText('2 comptes modifiés.').first().waitFor();
    await bar.getByLabel('Étiquettes').fill('sport');
    await page.keyboard.press('Enter');
    await page.getByRole('row').filter({ hasText: '@demo_chef' }).getByText('sport').waitFor();
    await bar.getByRole('combobox', { name: 'Priorité' }).selectOption('très haute');
    await bar.getByRole('button', { name: 'Fixer la priorité' }).click();
    await page.getByRole('row').filter({ hasText: '@demo_asso' }).getByText('très haute').waitFor();
    assert.deepEqual(stage.server.sent.map(([call]) => call).sort(), [
      'PATCH /accounts/a-demo_asso', 'PATCH /accounts/a-demo_asso', 'PATCH /accounts/a-demo_chef', 'PATCH /accounts/a-demo_chef',
      'PUT /lists/list-2/accounts/a-demo_asso', 'PUT /lists/list-2/accounts/a-demo_chef',
    ]);
    await page.getByRole('row').filter({ hasText: '@demo_asso' }).getByText('Marchés de quartier').waitFor();
  });

  for (const [name, options] of [['account', {}], ['account-narrow', { viewport: { width: 360, height: 800 } }], ['account-dark', { colorScheme: 'dark' }], ['account-forced', { forcedColors: 'active' }]]) {
    test(`one: ${name}`, async () => {
      stage.server.world.lives.push(live('demo_marche', 90_000, { id: 'l-old', state: 'ended', ended_at: ago(86_000), duration_s: 4000, title: '', viewers: 0, detected_by: 'api_live', detection_delay_s: 12.4 }));
      const page = await open('/comptes/a-demo_marche', options);
      await page.getByRole('heading', { level: 1, name: '@demo_marche' }).waitFor();
      await page.getByRole('img', { name: /^Courbe des spectateurs — au plus [\d\s]+, à \d\d:\d\d:\d\d$/ }).waitFor();
      await page.getByText('contrôle, 12 s après le début').waitFor();
      await page.getByRole('heading', { name: 'Alertes (2)' }).waitFor();
      await page.getByRole('checkbox', { name: 'Élections', checked: true }).waitFor();
      await check(name);
      await page.getByText('Voir le tableau').click();
      assert.ok(await page.locator('.curve tbody tr').count() >= 60);
      await expectAccessible(stage.watched, `${name}, table`);
      await page.getByRole('button', { name: /^Courbe du direct du/ }).last().click();
      await page.getByText('Pas assez de mesures pour une courbe.').waitFor();
    });
  }

  test('one: what a person keeps of it', async () => {
    const page = await open('/comptes/a-demo_marche', {}, provoked);
    await page.getByLabel('Note').fill('é'.repeat(1001));
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    await page.getByText('Note : au plus 2 000 caractères.').waitFor();
    await page.getByLabel('Note').fill('<script>alert(1)</script> à revoir 🙂');
    await page.getByLabel('Étiquettes').fill('x'.repeat(41));
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    await page.getByText('Étiquettes : au plus 20').waitFor();
    assert.deepEqual(stage.server.sent, []);
    await page.getByLabel('Étiquettes').fill('presse, 🙂');
    await page.getByRole('combobox', { name: 'Priorité' }).selectOption('haute');
    await page.getByRole('combobox', { name: 'Langue parlée' }).selectOption('ar');
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    await page.getByText('Suivi de @demo_marche enregistré.').first().waitFor();
    assert.deepEqual(stage.server.sent.at(-1), ['PATCH /accounts/a-demo_marche', { note: '<script>alert(1)</script> à revoir 🙂', tags: ['presse', '🙂'], priority: 1, language: 'ar' }]);
    await page.getByLabel('Marchés de quartier').uncheck();
    await page.waitForFunction(() => !document.querySelector('.list-choice input:last-of-type')?.disabled);
    assert.equal(stage.server.sent.at(-1)[0], 'DELETE /lists/list-2/accounts/a-demo_marche');
    await expectClean(stage.watched, 'what a person keeps');
  });

  test('one: that is not ours says so', async () => {
    const page = await open('/comptes/autre', {}, provoked);
    await page.getByText('Introuvable').waitFor();
    await page.getByText('r404').waitFor();
    await check('account-missing');
  });
});
