// SPDX-License-Identifier: Apache-2.0
// Which words are shown. French typography is set here, once, so that fr.ts is written with plain spaces.
import type { LanguageCode } from '../preferences';
import { en } from './en';
import { fr, type Catalogue } from './fr';

export type { Catalogue } from './fr';

// Narrow no-break spaces inside guillemets and before ; ! ? — a full one before a colon.
export function typeset(text: string): string {
  return text
    .replaceAll('« ', '«\u202f')
    .replaceAll(' »', '\u202f»')
    .replace(/ ([;!?])/g, '\u202f$1')
    .replaceAll(' :', '\u00a0:');
}

function everywhere(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') {
    return change(value);
  }
  if (typeof value === 'function') {
    return (...given: unknown[]) => change(String((value as (...all: unknown[]) => unknown)(...given)));
  }
  if (Array.isArray(value)) {
    return value.map((item) => everywhere(item, change));
  }
  const entries = Object.entries(value as object).map(([key, item]) => [key, everywhere(item, change)]);
  return Object.fromEntries(entries);
}

const french = everywhere(fr, typeset) as Catalogue;

export const catalogueOf = (language: LanguageCode): Catalogue => (language === 'fr' ? french : en);

// The words of a page that is loaded when it is opened: the French are the source, the type keeps the
// English complete.
export function pair<T extends object>(frenchWords: T, english: NoInfer<T>): Record<LanguageCode, T> {
  return { fr: everywhere(frenchWords, typeset) as T, en: english };
}
