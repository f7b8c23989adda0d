// SPDX-License-Identifier: Apache-2.0
// What asks for a fresh proof of who this is: the password in a dialog, and it goes on; given up, it says so.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasBrowser } from './browser.mjs';
import { answerPages } from './pages-world.mjs';
import { staged } from './stage.mjs';

describe('a fresh proof', { skip: hasBrowser ? false : 'no Chromium' }, () => {
  const needed = { type: 'urn:vigie:problem:reauthentication_required', title: 'Non autorisé', status: 403, detail: 'encore', request_id: 'r1', second_factor: true };
  let isProved;
  const stage = staged((server) => {
    const store = answerPages(server);
    const make = server.answers['POST /me/tokens'];
    isProved = false;
    server.answers['POST /me/tokens'] = (body) => (isProved ? make(body) : [403, needed]);
    server.answers['POST /session/reauthenticate'] = (body) => {
      if (body.password !== store.password) {
        return [422, { title: 'Invalid', status: 422, detail: 'password', request_id: 'r1', errors: [{ field: 'password', detail: 'ce n’est pas votre mot de passe' }] }];
      }
      isProved = body.code === '123456';
      return isProved ? [200, { user: server.world.person, csrf_token: 'x' }]
        : [422, { title: 'Invalid', status: 422, detail: 'code', request_id: 'r1', errors: [{ field: 'code', detail: 'ce code n’est pas bon' }] }];
    };
  });
  const begin = async (options) => {
    const page = await stage.open('/profil', options, /status of (403|422)/);
    const tokens = page.getByRole('region', { name: 'Jetons d’accès' });
    await tokens.getByLabel('Nom').fill('relevé');
    await tokens.getByRole('button', { name: 'Créer le jeton' }).click();
    const dialog = page.getByRole('dialog', { name: 'Confirmez que c’est vous' });
    await dialog.waitFor();
    return { page, tokens, dialog };
  };

  test('by keyboard alone, and what was asked for is done', async () => {
    const { page, tokens, dialog } = await begin();
    await page.keyboard.type('pas celui-ci');
    await page.keyboard.press('Enter');
    await dialog.getByText('ce n’est pas votre mot de passe').waitFor();
    await dialog.getByLabel('Votre mot de passe').fill('une phrase de passe assez longue');
    await dialog.getByLabel(/^Code/).fill('123456');
    await stage.check('proof');
    await page.keyboard.press('Enter');
    await tokens.getByText('vigie_6f0c5b7d9a1e4c2f8b3d').waitFor();
    assert.equal(await dialog.count(), 0);
  });

  test('given up by Escape says that nothing was done', async () => {
    const { page, tokens, dialog } = await begin({ viewport: { width: 360, height: 800 } });
    await stage.check('proof-narrow');
    await page.keyboard.press('Escape');
    await tokens.getByText('Rien n’a été fait : cette action redemande votre mot de passe.').waitFor();
    assert.equal(await dialog.count(), 0);
  });
});
