// SPDX-License-Identifier: Apache-2.0
// What a person chose for this browser. Kept in the browser, and of no value to anybody else.

export type Theme = 'auto' | 'light' | 'dark';
export type LanguageCode = 'fr' | 'en';

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // a browser that keeps nothing
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The choice holds until the page is closed.
  }
}

export function savedTheme(): Theme {
  const theme = read('vigie.theme');
  return theme === 'light' || theme === 'dark' ? theme : 'auto';
}

export function saveTheme(theme: Theme): void {
  write('vigie.theme', theme);
}

export function savedLanguage(): LanguageCode | null {
  const language = read('vigie.language');
  return language === 'fr' || language === 'en' ? language : null;
}

export function saveLanguage(language: LanguageCode): void {
  write('vigie.language', language);
}

export type Density = 'aeree' | 'compacte';

export const savedDensity = (): Density => (read('vigie.density') === 'compacte' ? 'compacte' : 'aeree');

export function saveDensity(density: Density): void {
  write('vigie.density', density);
}

// Letters are shortcuts until somebody switches them off.
export const areShortcutsOn = (): boolean => read('vigie.shortcuts') !== 'off';

export function saveShortcuts(areOn: boolean): void {
  write('vigie.shortcuts', areOn ? 'on' : 'off');
}
