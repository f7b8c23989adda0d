// SPDX-License-Identifier: Apache-2.0
// Chromium as the tests want it, and what every page of ours must be: no error on the console, nothing
// refused by the Content-Security-Policy, nothing that axe reports.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const executable = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const hasBrowser = existsSync(executable);
export const out = fileURLToPath(new URL('./out/', import.meta.url));
mkdirSync(out, { recursive: true });

const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

const patience = 30_000; // ms for any one condition: none is waited for longer than it takes

// Playwright gives each launch a fresh profile folder and removes it.
export const launch = () => chromium.launch({ executablePath: executable, args: flags });

const usual = { locale: 'fr-FR', timezoneId: 'Europe/Paris', viewport: { width: 1366, height: 900 } };

// A context costs as much as opening a page: those of one browser that want the same share theirs. Each test
// has a server, and with its port an origin, of its own, so nothing kept by one page reaches the next.
const contexts = new WeakMap(); // browser → { text of the options: context }
async function contextOf(browser, options) {
  const known = contexts.get(browser) ?? {};
  contexts.set(browser, known);
  return (known[JSON.stringify(options)] ??= browser.newContext(options));
}

export const closePages = (browser) => Promise.all(browser.contexts().flatMap((context) => context.pages()).map((page) => page.close()));

// A page that notes what goes wrong. expected: a pattern of console errors that a test provokes itself.
export async function watchedPage(browser, options = {}, expected = /$^/) {
  const { viewport, colorScheme, forcedColors, ...others } = { ...usual, ...options };
  const context = await contextOf(browser, { ...others, viewport: usual.viewport });
  return watch(await context.newPage(), { viewport, colorScheme, forcedColors }, expected);
}

// Nothing in common with any other page: another person at another machine.
export async function strangersPage(browser, options = {}, expected = /$^/) {
  const context = await browser.newContext({ ...usual, ...options });
  return watch(await context.newPage(), {}, expected);
}

async function watch(page, { viewport, colorScheme, forcedColors }, expected) {
  if (viewport !== undefined && viewport !== usual.viewport) {
    await page.setViewportSize(viewport);
  }
  if (colorScheme !== undefined || forcedColors !== undefined) {
    await page.emulateMedia({ colorScheme, forcedColors });
  }
  page.setDefaultTimeout(patience);
  const faults = [];
  const answered = new Set(); // the addresses of REST calls that were answered, without their queries
  page.on('requestfinished', (request) => answered.add(new URL(request.url()).pathname));
  await page.addInitScript(() => {
    window.violations = [];
    window.pwned = []; // by hostile texts, had one run
    window.pwn = () => window.pwned.push(document.title);
    document.addEventListener('securitypolicyviolation', (event) => {
      window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  page.on('pageerror', (error) => faults.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    const text = `${message.text()} ${message.location().url}`;
    if ((message.type() === 'error' || message.type() === 'warning') && !expected.test(text)) {
      faults.push(`console: ${text}`);
    }
  });
  return { page, faults, answered };
}

// The page at that address, signed in and with its feed.
export async function openedPage(browser, address, options, expected) {
  const watched = await watchedPage(browser, options, expected);
  await visit(watched, address);
  return watched;
}

export async function visit({ page, faults }, address) {
  // A navigation was seen that never came to its end, once in some hundred on a machine under strain: a second
  // try, then, from an empty page and without the faults of what was broken off. What the page does after that is
  // judged as ever.
  const before = faults.length;
  await page.goto(address, { timeout: patience / 2 }).catch(async () => {
    await page.goto('about:blank');
    faults.splice(before);
    await page.goto(address);
  });
  await page.getByText('En liaison').or(page.getByText('Connected')).waitFor();
}

export async function expectClean({ page, faults }, where) {
  const violations = await page.evaluate(() => window.violations);
  assert.deepEqual(violations, [], `${where}: refused by the Content-Security-Policy`);
  assert.deepEqual(faults, [], `${where}: errors`);
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// Our pages have no frames, so axe's own wrapper, with a page of its own for the sum, is not needed. Nothing is
// written down of what passes: that is most of its work.
export async function expectAccessible({ page }, where) {
  if (!(await page.evaluate(() => 'axe' in window))) {
    await page.evaluate(axe);
  }
  const found = await page.evaluate(async (options) => {
    const report = await window.axe.run(document, options);
    return report.violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`);
  }, { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] });
  assert.deepEqual(found, [], `${where}: axe`);
}

export const expectNoSideScroll = async ({ page }, where) => {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const widest = await page.evaluate(() => [...document.querySelectorAll('main *, header *, nav *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => `${e.tagName}.${e.getAttribute('class')}`).slice(0, 5).join(', '));
  assert.ok(over <= 0, `${where}: ${over} px too wide: ${widest}`);
};

// A picture to be looked at, when somebody means to: E2E_PICTURES=1.
export const shoot = async ({ page }, name) => {
  if (process.env.E2E_PICTURES === '1') {
    await page.screenshot({ path: `${out}${name}.png` });
  }
};
