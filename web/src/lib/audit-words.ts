// SPDX-License-Identifier: Apache-2.0
// A line of the audit log as a person reads it: who, on what, and its detail in words.
import type { AuditLine, Detail } from './audit';
import type { Cell } from './csv';
import type { Format } from './format';
import type { Catalogue } from './i18n';
import type { AuditWords } from './i18n/audit';
import { addressOf } from './queue';
import { accountPath, livePath } from './router';

export interface Speaking {
  t: AuditWords;
  app: Catalogue;
  format: Format;
  // What this page knows of the names of things; undefined: nothing.
  personName: (id: string) => string | undefined;
  accountName: (id: string) => string | undefined;
  liveName: (id: string) => string | undefined;
  alertName: (id: string) => string | undefined;
}

const joined = '…\u2060'; // no line ends after it

// Ids begin with their time and end with chance: the end tells them apart.
export const shortId = (id: string): string => (id.length > 8 ? `${joined}${id.slice(-6)}` : id);

export function kindWords(t: AuditWords, kind: string): string {
  return Object.hasOwn(t.kinds, kind) ? t.kinds[kind as keyof AuditWords['kinds']] : kind;
}

export interface Who {
  text: string;
  how: string; // empty: in the usual way
}

export function whoDid({ t, app }: Speaking, line: AuditLine): Who {
  if (line.person_id !== null) {
    return { text: line.username ?? t.gone(shortId(line.person_id)), how: line.via === 'session' ? '' : t.through[line.via] };
  }
  return { text: line.via === 'vigie' ? app.app.name : t.nobody[line.via], how: '' };
}

export interface Thing {
  text: string;
  path: string | null; // of its page
  id: string; // shown beside the text where nothing else tells which; empty: no need
}

function thingOfPerson(t: AuditWords, line: AuditLine): string {
  return line.thing_username ?? (line.thing_id === '' ? t.unknownName : t.gone(shortId(line.thing_id)));
}

export function onWhat({ t, accountName, liveName, alertName }: Speaking, line: AuditLine): Thing {
  const { thing, thing_id: id } = line;
  const word = Object.hasOwn(t.things, thing) ? t.things[thing as keyof AuditWords['things']] : thing;
  if (thing === 'person') {
    return { text: thingOfPerson(t, line), path: null, id: '' };
  }
  const pages: Record<string, [name: string | undefined, path: string]> = {
    account: [accountName(id), accountPath(id)],
    live: [liveName(id), livePath(id, typeof line.detail.from_s === 'number' ? line.detail.from_s : undefined)],
    alert: [alertName(id), addressOf({ tab: 'a-traiter', kind: '', sort: 'probabilite', opened: id })],
  };
  const page = Object.hasOwn(pages, thing) && id !== '' ? pages[thing] : undefined;
  if (page === undefined) {
    return { text: word, path: null, id: shortId(id) };
  }
  const [name, path] = page;
  return name === undefined ? { text: word, path, id: shortId(id) } : { text: t.named[thing as keyof AuditWords['named']](name), path, id: '' };
}

type Say = (value: unknown, detail: Detail) => string; // empty: nothing that helps a reader

const chosen = (words: object, value: unknown): string => (typeof value === 'string' && Object.hasOwn(words, value) ? String((words as Record<string, unknown>)[value]) : String(value));

// By key, in the order of the words. Ids of decisions and holds are in the download, with the rest of the detail.
function sayings({ t, app, format, personName, accountName, liveName }: Speaking, line: AuditLine): Record<string, Say> {
  const nothing: Say = () => '';
  const named = (say: (name: string) => string, nameOf: (id: string) => string | undefined): Say =>
    (value) => (typeof value === 'string' && value !== '' ? say(nameOf(value) ?? shortId(value)) : '');
  const second = (value: unknown): string => (typeof value === 'number' ? format.timecode(value) : String(value));
  return {
    second_factor: (value) => (value === true ? t.withCode : ''),
    why: (value) => chosen(t.why, value),
    which: (value) => chosen(t.which, value),
    how: (value) => chosen(t.how, value),
    step: (value) => chosen(t.step, value),
    role: (value) => t.role(chosen(app.app.role, value)),
    from: (value, { to }) => t.roles(chosen(app.app.role, value), chosen(app.app.role, to)),
    to: nothing, // with from
    scope: (value) => t.scope(chosen(t.scopes, value)),
    person: (value, detail) => (value === line.person_id ? '' : named(t.forPerson, personName)(value, detail)),
    verdict: (value) => chosen(app.review.verdict, value),
    cause: (value) => (value === '' ? '' : chosen(app.review.cause, value)),
    decision: nothing,
    hold: nothing,
    running: (value) => (value === true ? t.resumed : t.stopped),
    format: (value) => t.format(String(value).toUpperCase()),
    from_s: (value, { to_s }) => (to_s === undefined ? t.since(second(value)) : t.stretch(second(value), second(to_s))),
    to_s: (value, { from_s }) => (from_s === undefined ? t.stretch(second(0), second(value)) : ''),
    pieces: (value) => t.pieces(Number(value), format.number(Number(value))),
    address: (value) => (value === true ? t.newAddress : ''),
    enabled: (value) => (value === true ? t.enabled : t.suspended),
    account: (value, detail) => (value === '' && detail.live === '' ? t.everything : named(t.ofAccount, accountName)(value, detail)),
    live: named(t.ofLive, liveName),
    version: (value) => t.version(String(value)),
    sha256: (value) => t.fingerprint(`${String(value).slice(0, 8)}${joined}`),
  };
}

export function detailWords(speaking: Speaking, line: AuditLine): string {
  const known = sayings(speaking, line);
  const parts = Object.entries(line.detail).map(([key, value]) => {
    const say = Object.hasOwn(known, key) ? known[key] : undefined;
    return say === undefined ? speaking.t.other(key, typeof value === 'string' ? value : JSON.stringify(value)) : say(value, line.detail);
  });
  return parts.filter((part) => part !== '').join(', ');
}

// The lines as they are stored, with their words beside them.
export function auditRows(speaking: Speaking, lines: readonly AuditLine[]): Cell[][] {
  const { t } = speaking;
  const rows = lines.map((line): Cell[] => {
    const thing = onWhat(speaking, line);
    return [
      line.number, line.at, whoDid(speaking, line).text, line.person_id, line.via, kindWords(t, line.kind), line.kind, thing.text, line.thing, line.thing_id,
      detailWords(speaking, line), JSON.stringify(line.detail), line.request_id, line.sha256,
    ];
  });
  return [[...t.columns], ...rows];
}
