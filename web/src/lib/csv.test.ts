// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { csvOf, fileNameOf } from './csv';

describe('csv', () => {
  test('is what the spreadsheets of the language open without a question', () => {
    expect(csvOf([['Jour', 'Nombre'], ['2026-11-22', 1.5], ['2026-11-23', null]], 'fr')).toBe('\ufeff"Jour";"Nombre"\r\n"2026-11-22";1,5\r\n"2026-11-23";\r\n');
    expect(csvOf([['Day', 1.5]], 'en')).toBe('\ufeff"Day",1.5\r\n');
  });

  test('makes no formula of a text', () => {
    for (const text of ['=1+1', '+33', '-2', '@SUM(A1)', '\t=1', '\r=1']) {
      expect(csvOf([[text]], 'fr')).toBe(`\ufeff"'${text}"\r\n`);
    }
  });

  test('keeps quotes, separators and line ends inside their cell', () => {
    expect(csvOf([['a"b;c\nd']], 'fr')).toBe('\ufeff"a""b;c\nd"\r\n');
  });

  test('a file is named after its table', () => {
    expect(fileNameOf('Fausses alertes par cause')).toBe('vigie-fausses-alertes-par-cause.csv');
    expect(fileNameOf('Décisions — verdict !')).toBe('vigie-decisions-verdict.csv');
  });
});
