// SPDX-License-Identifier: Apache-2.0
// Hostile texts in every field that is shown, on every page: shown as text, and nothing of them runs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expectClean, hasBrowser, shoot } from './browser.mjs';
import { answerPages, hit } from './pages-world.mjs';
import { staged } from './stage.mjs';
import { alertOf } from './states-world.mjs';

const bare = [
  '<script>pwn()</script>', '<img src=x onerror=pwn()>', '<svg onload=pwn()>', '<svg><script>pwn()</script></svg>', '<iframe srcdoc="<script>parent.pwn()</script>">', '<body onload=pwn()>',
  '<details open ontoggle=pwn()>', '<video><source onerror=pwn()></video>', '<audio src=x onerror=pwn()>', '<input autofocus onfocus=pwn()>', '<marquee onstart=pwn()>', '<math><mtext><script>pwn()</script></mtext></math>',
  '<a href="javascript:pwn()">x</a>', '<form action="javascript:pwn()"><button>x</button></form>', '<object data="javascript:pwn()">', '<embed src="javascript:pwn()">', '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=javascript:pwn()">', '<link rel=stylesheet href="https://evil.example/x.css">', '<style>@import "https://evil.example/x.css";</style>', '<template><img src=x onerror=pwn()></template>',
  '<noscript><img src=x onerror=pwn()></noscript>', '<!--><img src=x onerror=pwn()>-->', '<![CDATA[<script>pwn()</script>]]>', '{@html "<img src=x onerror=pwn()>"}', '{{constructor.constructor("pwn()")()}}', '${pwn()}', '#{pwn()}', '<%= pwn() %>',
  'javascript:pwn()',
];
const around = [
  (text) => text, (text) => `"${text}`, (text) => `'${text}`, (text) => `">${text}`, (text) => `'>${text}`, (text) => `</title>${text}`, (text) => `</textarea>${text}`, (text) => `</script>${text}`, (text) => `\u202e${text}`, (text) => `&lt;${text}&#x3c;`,
];
const corpus = around.flatMap((wrap) => bare.map(wrap));

describe('hostile texts', { skip: hasBrowser ? false : 'no Chromium', timeout: 240_000 }, () => {
  const stage = staged((server) => {
    poisoned(server.world);
    const store = answerPages(server);
    let next = 0;
    const evil = () => corpus[(next += 7) % corpus.length];
    store.hits = corpus.map((text, index) => hit(index, { title: text, username: evil(), parts: [{ text, hit: index % 2 === 0 }, { text: evil(), hit: true }] }));
    store.people.push(...corpus.slice(0, 40).map((text, index) => ({ id: `e${index}`, username: text, email: evil(), role: 'user', state: 'active', created_at: new Date().toISOString(), last_seen_at: null, totp: false })));
    store.webhooks.push(...corpus.slice(0, 30).map((text, index) => ({ ...store.webhooks[1], id: `ew${index}`, name: text, url: `https://x.example/${evil()}`, last_error: evil(), disabled_reason: evil() })));
    store.dead.push(...corpus.slice(0, 30).map((text, index) => ({ ...store.dead[0], id: `em${index}`, destination: text, last_error: evil() })));
    store.audit = corpus.slice(0, 40).map((text, index) => ({ ...store.audit[index], number: 500 - index, kind: index % 2 === 0 ? text : 'live.heard', username: evil(), thing: index % 3 === 0 ? 'person' : index % 3 === 1 ? 'live' : evil(), thing_id: evil(), thing_username: evil(), request_id: evil(), detail: { [text]: evil(), why: evil(), format: evil() } }));
    store.tokens.push(...corpus.slice(0, 20).map((text, index) => ({ ...store.tokens[0], id: `et${index}`, name: text })));
    store.sessions.push(...corpus.slice(0, 20).map((text, index) => ({ ...store.sessions[1], id: `es${index}`, agent: text, address: evil() })));
    server.world.status.capacity.model = evil();
    Object.assign(store.me, { email: evil(), pending_email: evil() });
  });

  function poisoned(world) {
    let next = 0;
    const evil = () => corpus[(next += 11) % corpus.length];
    const [evening] = world.lives;
    world.person.role = 'admin';
    world.lives.forEach((live) => { Object.assign(live, { title: evil(), username: evil() }); });
    evening.capture = { state: 'failed', reason: evil(), lag_s: null, gaps: 1 };
    world.accounts.forEach((account) => { Object.assign(account, { username: evil(), display_name: evil(), note: evil(), tags: [evil()], url: 'javascript:pwn()', status_reason: evil() }); });
    world.lists.forEach((list) => { list.name = evil(); });
    world.segments[evening.id] = corpus.map((text, index) => ({ ...world.segments[evening.id][0], id: `x-${String(index).padStart(4, '0')}`, start: index * 14, end: index * 14 + 5, text, language: index % 5 === 0 ? 'fr" onmouseover="pwn()' : 'fr' }));
    world.segments[evening.id].push({ id: 'gx', live_id: evening.id, start: 4210, end: 4220, gap: evil() });
    world.assessments[evening.id] = world.assessments[evening.id].slice(0, 30).map((one, index) => ({ ...one, start: index * 140, end: index * 140 + 30, indetermine: true, preuve: corpus[index * 10], justification: evil(), categorie: evil(), cible: evil(), analyser: evil(), model: evil() }));
    world.alerts = corpus.slice(0, 60).map((text, index) => alertOf(evening, index, index * 14, { sentence: text, context: evil(), username: evil(), assessment_id: world.assessments[evening.id][index % 30].id, kind: index === 3 ? 'haine' : 'incertain' }));
    world.notifications = corpus.slice(0, 60).map((text, index) => ({ id: `n${index}`, kind: 'alert', live_id: evening.id, alert_id: world.alerts[index].id, username: text, severity: 'eleve', created_at: new Date(Date.now() - index * 1000).toISOString(), read_at: null, read: false }));
    world.status.parts.forEach((part) => { part.words = evil(); });
    world.status.parts.push({ name: evil(), state: 'ok', words: evil() });
    return world;
  }

  // What would be there had a text become markup, or had it run.
  const probe = (page) => page.evaluate(() => {
    const attributes = [...document.querySelectorAll('*')].flatMap((element) => [...element.attributes].filter((one) => /^on/i.test(one.name) || (/^(href|src|action|srcdoc|data|formaction)$/i.test(one.name) && /^\s*javascript:/i.test(one.value))).map((one) => `${element.tagName}.${one.name}`));
    const elements = [...document.querySelectorAll('body script, iframe, object, embed, marquee, base, body style, body link, math, meta[http-equiv]')].map((element) => element.tagName);
    return { ran: window.pwned, attributes, elements };
  });

  test(`${corpus.length} strings on every page: shown as text, none runs`, async () => {
    const evening = stage.server.world.lives[0];
    const pages = [
      '/directs', `/directs/${evening.id}`, '/alertes', '/alertes?alerte=q-demo_marche-1', '/comptes', `/comptes/${evening.account_id}`, '/recherche?q=x', '/notifications', '/notifications?vue=reglages',
      '/statistiques', '/profil', '/admin/personnes', '/admin/modeles', '/admin/canaux', '/admin/journal', '/admin/systeme',
    ].map((path) => path.replace('q-demo_marche-1', stage.server.world.alerts[3].id));
    await stage.open('/directs');
    for (const path of pages) {
      const page = await stage.visit(path);
      await page.locator('main h1').first().waitFor();
      await page.waitForFunction(() => document.querySelector('main .late') === null);
      assert.deepEqual(await probe(page), { ran: [], attributes: [], elements: [] }, path);
      await expectClean(stage.watched, path);
      const text = await page.locator('main').innerText();
      assert.ok(path.startsWith('/statistiques') || /pwn\(\)/.test(text), `${path} shows none of them`);
      if (path.includes('/directs/')) {
        const shown = await page.locator('.words').allTextContents();
        assert.deepEqual(corpus.filter((one) => !shown.includes(one)), []);
        stage.server.murmur('segment.interim', { live_id: evening.id, start: 4300, end: 4302, text: bare[1] });
        await page.locator('.interim').getByText(bare[1]).waitFor();
        stage.server.raise({ ...stage.server.world.alerts[0], id: 'q-evil', sentence: bare[1] });
        await page.locator('.toast-card').getByText(bare[1]).waitFor();
        assert.deepEqual(await probe(page), { ran: [], attributes: [], elements: [] }, `${path}, told`);
        await shoot(stage.watched, 'hostile-live');
      }
    }
  });
});
