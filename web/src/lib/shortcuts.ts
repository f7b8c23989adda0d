// SPDX-License-Identifier: Apache-2.0
// The keys of the queue and those that lead from page to page, in one place: letters only, by what they write and not where they lie, so that
// they are the same on AZERTY. product/ux.md §4.
import type { Cause } from './types';

export type Action =
  | 'next' | 'previous' | 'open' | 'claim' | 'listen' | 'back' | 'forward' | 'confirm' | 'falseAlarm' | 'lawful' | 'second'
  | 'note' | 'undo' | 'help' | 'close' | 'save' | 'goLives' | 'goAccounts' | 'goAlerts' | 'goSearch' | 'goStats' | 'search' | 'follow' | 'silence'
  | `cause.${Cause}`;

// A key, or two in turn.
export const shortcuts: readonly (readonly [keys: string, action: Action])[] = [
  ['j', 'next'], ['k', 'previous'], ['o', 'open'], ['p', 'claim'], ['e', 'listen'], ['b', 'back'], ['n', 'forward'],
  ['c', 'confirm'], ['f', 'falseAlarm'], ['f t', 'cause.transcription'], ['f a', 'cause.analysis'], ['f c', 'cause.quotation'],
  ['f i', 'cause.irony'], ['f x', 'cause.other'], ['l', 'lawful'], ['v', 'second'], ['m', 'note'], ['u', 'undo'],
  ['g d', 'goLives'], ['g c', 'goAccounts'], ['g a', 'goAlerts'], ['g r', 'goSearch'], ['g s', 'goStats'], ['s c', 'follow'], ['s d', 'silence'], ['ctrl+k', 'search'], ['?', 'help'], ['escape', 'close'], ['ctrl+enter', 'save'],
];

const chordSpan = 5000; // ms between the two keys

export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

export interface Chord {
  first: string;
  until: number; // ms
}

export interface Match {
  action: Action | null;
  chord: Chord | null;
}

// isTyping: the focus is where letters are text; only Ctrl+Entrée and Ctrl+K are heard there.
export function matchOf(pressed: Pressed, chord: Chord | null, isTyping: boolean, now: number): Match {
  const key = pressed.key.toLowerCase();
  if ((pressed.ctrlKey || pressed.metaKey) && !pressed.altKey) {
    return { action: key === 'enter' ? 'save' : key === 'k' ? 'search' : null, chord: null };
  }
  if (isTyping || pressed.ctrlKey || pressed.metaKey || pressed.altKey) {
    return { action: null, chord: null };
  }
  const find = (keys: string): Action | undefined => shortcuts.find(([wanted]) => wanted === keys)?.[1];
  const second = chord !== null && chord.until > now ? find(`${chord.first} ${key}`) : undefined;
  if (second !== undefined) {
    return { action: second, chord: null };
  }
  const isFirst = shortcuts.some(([keys]) => keys.startsWith(`${key} `));
  return { action: find(key) ?? null, chord: isFirst ? { first: key, until: now + chordSpan } : null };
}

export function isTypingIn(element: Element | null): boolean {
  if (element === null) {
    return false;
  }
  const type = element.getAttribute('type') ?? 'text';
  return element.matches('textarea, select, [contenteditable]') || (element.matches('input') && !['radio', 'checkbox', 'button'].includes(type));
}
