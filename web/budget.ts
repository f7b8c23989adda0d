// SPDX-License-Identifier: Apache-2.0
// What the first load of any page weighs; vite.config.ts fails a build that is heavier than it may be.
export interface File {
  bytes: number; // compressed
  imports: readonly string[]; // always loaded with it
  pages: readonly string[]; // loaded when they are opened
  isEntry: boolean;
}

export interface Weight {
  page: string;
  bytes: number;
}

function withImports(files: ReadonlyMap<string, File>, name: string, found = new Set<string>()): Set<string> {
  if (!found.has(name)) {
    found.add(name);
    files.get(name)?.imports.forEach((one) => withImports(files, one, found));
  }
  return found;
}

// The heaviest page, with everything that its first load fetches.
export function heaviest(files: ReadonlyMap<string, File>): Weight {
  const entries = [...files].filter(([, file]) => file.isEntry).map(([name]) => name);
  const pages = [...new Set([...files.values()].flatMap((file) => file.pages))];
  const weights = [...entries, ...pages].map((page) => {
    const names = [...entries, page].reduce((found, name) => withImports(files, name, found), new Set<string>());
    return { page, bytes: [...names].reduce((sum, name) => sum + (files.get(name)?.bytes ?? 0), 0) };
  });
  return weights.reduce((most, one) => (one.bytes > most.bytes ? one : most), { page: '', bytes: 0 });
}
