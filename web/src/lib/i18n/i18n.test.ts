// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { en } from './en';
import { fr } from './fr';
import { catalogueOf, typeset } from './index';

type Leaf = { path: string; value: unknown };

function leaves(value: unknown, path = ''): Leaf[] {
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([key, item]) => leaves(item, `${path}.${key}`));
  }
  return [{ path, value }];
}

const say = (value: unknown): string =>
  typeof value === 'function' ? String((value as (...given: unknown[]) => unknown)('1', 1)) : String(value);

// Names that are no words of a language.
const properNames = /^(Slack|Mattermost|Teams|p50|p95|Webhooks?|Active|Actions|Services)$/;
// The same word in both languages.
const shared = new Set([
  '.app.name', '.app.title', '.alerts.passages', '.capture.because', '.risk.evidence', '.bell.title', '.live.transcript', '.part.web', '.part.capture',
  '.part.transcription', '.accounts.actions', '.review.ctrl', '.nav.admin', '.nav.adminShort', '.nav.findHint',
]);

// The words of pages that are loaded when they are opened.
const pairs = Object.entries(import.meta.glob<Record<string, { fr: object; en: object }>>(['./*.ts', '!./*.test.ts', '!./index.ts', '!./*fr.ts', '!./*en.ts'], { eager: true }))
  .map(([file, module]) => [file, Object.values(module)[0] as { fr: object; en: object }] as const);

describe('the words of each page of its own', () => {
  test('are found', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(5);
  });

  test.each(pairs)('%s: complete, translated, without accusing', (file, words) => {
    expect(leaves(words.en).map((leaf) => leaf.path)).toEqual(leaves(words.fr).map((leaf) => leaf.path));
    const english = new Map(leaves(words.en).map((leaf) => [leaf.path, say(leaf.value)]));
    expect(leaves(words.fr).filter((leaf) => say(leaf.value) === english.get(leaf.path) && !properNames.test(say(leaf.value))).map((leaf) => leaf.path)).toEqual([]);
    for (const { path, value } of [...leaves(words.fr), ...leaves(words.en)]) {
      expect(say(value).trim(), `${file} ${path}`).not.toBe('');
      expect(say(value), `${file} ${path}`).not.toMatch(/surveill|\bcibles?\b|suspect|coupable|!/i);
    }
  });
});

// Texts belong to the catalogues: a page's markup holds none, but for names that are written alike everywhere.
describe('the markup', () => {
  const files = Object.entries(import.meta.glob<string>(['../../**/*.svelte'], { eager: true, query: '?raw', import: 'default' }));
  const alike = new Set(['Français', 'English']);
  const isText = (text: string): boolean => /\p{L}{2,}/u.test(text) && !alike.has(text);

  test.each(files)('%s holds no text of its own', (_, source) => {
    let markup = source.replace(/<script[\s\S]*?<\/script>/g, '').replace(/<!--[\s\S]*?-->/g, '');
    for (let before = ''; before !== markup;) {
      before = markup;
      markup = markup.replace(/\{[^{}]*\}/g, ''); // from the innermost
    }
    const texts = [...markup.matchAll(/>([^<>]*)</g)].map((match) => (match[1] ?? '').replaceAll('&nbsp;', ' ').trim());
    const attributes = [...markup.matchAll(/\s(?:aria-label|title|placeholder|alt)="([^"]*)"/g)].map((match) => (match[1] ?? '').replace('https://', ''));
    expect([...texts, ...attributes].filter(isText)).toEqual([]);
  });
});

describe('the catalogues', () => {
  test('have the same keys', () => {
    expect(leaves(en).map((leaf) => leaf.path)).toEqual(leaves(fr).map((leaf) => leaf.path));
  });

  test('leave nothing untranslated', () => {
    const english = new Map(leaves(en).map((leaf) => [leaf.path, say(leaf.value)]));
    const same = leaves(fr)
      .filter((leaf) => say(leaf.value) === english.get(leaf.path) && !shared.has(leaf.path))
      .map((leaf) => leaf.path);
    expect(same).toEqual([]);
  });

  test('have no empty text', () => {
    for (const catalogue of [fr, en]) {
      expect(leaves(catalogue).filter((leaf) => say(leaf.value).trim() === '')).toEqual([]);
    }
  });

  test('avoid the words that accuse, shout or watch over', () => {
    for (const { path, value } of leaves(fr)) {
      expect(say(value), path).not.toMatch(/surveill|\bcibles?\b|suspect|coupable|!/i);
    }
  });

  test('are set in French typography', () => {
    for (const { path, value } of leaves(catalogueOf('fr'))) {
      expect(say(value), path).not.toMatch(/« | »| [;!?:]/);
    }
    expect(typeset('« Non » : oui ? si ; fin')).toBe('«\u202fNon\u202f»\u00a0: oui\u202f? si\u202f; fin');
  });

  test('count in the grammar of their language', () => {
    expect([0, 1, 2].map((n) => fr.live.alerts(n))).toEqual(['0 alerte', '1 alerte', '2 alertes']);
    expect([0, 1, 2].map((n) => en.live.alerts(n))).toEqual(['0 alerts', '1 alert', '2 alerts']);
  });
});
