// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { heaviest, type File } from '../../budget';

const file = (bytes: number, change: Partial<File> = {}): File => ({ bytes, imports: [], pages: [], isEntry: false, ...change });

describe('the weight of a first load', () => {
  test('is the entry, the heaviest page and what both import, each once', () => {
    const files = new Map([
      ['index', file(10, { isEntry: true, imports: ['words'], pages: ['light', 'heavy'] })], ['words', file(5)],
      ['light', file(1)], ['heavy', file(7, { imports: ['shared', 'words'] })], ['shared', file(2, { imports: ['heavy'] })],
    ]);
    expect(heaviest(files)).toEqual({ page: 'heavy', bytes: 24 });
  });

  test('is the entry alone where there is no other page', () => {
    expect(heaviest(new Map([['index', file(10, { isEntry: true })]]))).toEqual({ page: 'index', bytes: 10 });
  });
});
