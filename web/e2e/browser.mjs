// SPDX-License-Identifier: Apache-2.0
// Chromium as the tests want it, and what every page of ours must be: no error on the console, nothing
// refused by the Content-Security-Policy, nothing that axe reports.
import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
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

const patience = 10_000; // ms for any one condition

// Playwright gives each launch a fresh profile folder and removes it.
export const launch = () => chromium.launch({ executablePath: executable, args: flags });

// A page that notes what goes wrong. expected: a pattern of console errors that a test provokes itself.
export async function watchedPage(browser, options = {}, expected = /$^/) {
  const context = await browser.newContext({ locale: 'fr-FR', timezoneId: 'Europe/Paris', viewport: { width: 1366, height: 900 }, ...options });
  const page = await context.newPage();
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
  await watched.page.goto(address);
  await watched.page.getByText('En liaison').or(watched.page.getByText('Connected')).waitFor();
  return watched;
}

export async function expectClean({ page, faults }, where) {
  const violations = await page.evaluate(() => window.violations);
  assert.deepEqual(violations, [], `${where}: refused by the Content-Security-Policy`);
  assert.deepEqual(faults, [], `${where}: errors`);
}

export async function expectAccessible({ page }, where) {
  const report = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
  const found = report.violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`);
  assert.deepEqual(found, [], `${where}: axe`);
}

export const expectNoSideScroll = async ({ page }, where) => {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const widest = await page.evaluate(() => [...document.querySelectorAll('main *, header *, nav *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => `${e.tagName}.${e.getAttribute('class')}`).slice(0, 5).join(', '));
  assert.ok(over <= 0, `${where}: ${over} px too wide: ${widest}`);
};

export const shoot = ({ page }, name) => page.screenshot({ path: `${out}${name}.png` });
