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

// The same word in both languages.
const shared = new Set([
  '.app.name', '.app.title', '.alerts.passages', '.capture.because', '.risk.evidence', '.bell.title', '.live.transcript', '.part.web', '.part.platform', '.part.tiktok', '.part.capture',
  '.part.transcription', '.accounts.actions', '.review.ctrl',
]);

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
