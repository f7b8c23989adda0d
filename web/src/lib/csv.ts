// SPDX-License-Identifier: Apache-2.0
// A table as a file that spreadsheets open as what it is: text never becomes a formula there.

export type Cell = string | number | null;

const byteOrderMark = '\ufeff'; // or Excel reads UTF-8 as something else

// French spreadsheets write 1,5 and part cells with semicolons.
export function csvOf(rows: readonly (readonly Cell[])[], language: 'fr' | 'en'): string {
  const between = language === 'fr' ? ';' : ',';
  const written = (cell: Cell): string => {
    if (cell === null) {
      return '';
    }
    if (typeof cell === 'number') {
      const digits = String(cell);
      return language === 'fr' ? digits.replace('.', ',') : digits;
    }
    const harmless = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
    return `"${harmless.replaceAll('"', '""')}"`;
  };
  return byteOrderMark + rows.map((row) => `${row.map(written).join(between)}\r\n`).join('');
}

// "Directs par jour" → "vigie-directs-par-jour.csv"
export function fileNameOf(title: string): string {
  const plain = title.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  return `vigie-${plain}.csv`;
}
