// SPDX-License-Identifier: Apache-2.0
// What the server answers of the audit log, with its filters and its pages.
import { ago } from './states-world.mjs';

const names = { p1: 'claire', p2: 'amine', p4: 'paul' };
const who = (id) => ({ person_id: id, username: names[id] ?? null });
const nobody = (via) => ({ person_id: null, username: null, via });
const person = (id) => ({ thing: 'person', thing_id: id, thing_username: names[id] ?? null });
const thing = (kind, id) => ({ thing: kind, thing_id: id });

// Newest first: [kind, what else, detail].
const evening = [
  ['live.heard', { ...who('p2'), ...thing('live', 'l-demo_marche') }, { from_s: 3885, to_s: 3919 }],
  ['alert.decided', { ...who('p2'), ...thing('alert', 'q-demo_marche-1') }, { decision: '01JDVQ8K2M4N6P8R0T2V4X6Z8B', verdict: 'false_alarm', cause: 'irony' }],
  ['alert.undone', { ...who('p2'), ...thing('alert', '01JDVQ8K2M4N6P8R0T2V4X6Z8A') }, { decision: '01JDVQ8K2M4N6P8R0T2V4X6Z8C' }],
  ['person.role', { ...who('p1'), ...person('p2') }, { from: 'user', to: 'moderator' }],
  ['person.approved', { ...who('p1'), ...person('01JDVQ8K2M4N6P8R0T2V4XGONE1') }, {}],
  ['session.refused', { ...nobody('visitor'), thing: 'person', thing_id: '', thing_username: null }, { why: 'password' }],
  ['session.opened', { ...nobody('visitor'), ...person('p1') }, { second_factor: true }],
  ['person.forgotten', { ...nobody('vigie'), ...person('01JDVQ8K2M4N6P8R0T2V4XGONE2'), request_id: '' }, {}],
  ['sound.deleted', { ...nobody('vigie'), ...thing('live', 'l-old'), request_id: '' }, { pieces: 1204 }],
  ['configuration.changed', { ...nobody('vigie'), ...thing('configuration', ''), request_id: '' }, { sha256: '6aaee0202e40b03851c6579c5cb06699c0ca56d1bcd14f64073aa114a00b7e6b', version: '0.9.0' }],
  ['audit.exported', { ...nobody('command'), ...thing('audit', ''), request_id: '' }, {}],
  ['token.created', { ...who('p1'), ...thing('token', '01JDVQ8K2M4N6P8R0T2V4X6Z8D') }, { person: 'p1', scope: 'read' }],
  ['live.exported', { ...who('p1'), ...thing('live', 'l-demo_match'), via: 'token' }, { format: 'srt' }],
  ['live.capture', { ...who('01JDVQ8K2M4N6P8R0T2V4XGONE3'), ...thing('live', 'l-demo_radio') }, { running: false }],
  ['hold.placed', { ...who('p1'), ...thing('live', 'l-demo_marche') }, { hold: '01JDVQ8K2M4N6P8R0T2V4X6Z8E' }],
  ['account.unfollowed', { ...who('p1'), ...thing('account', 'a-demo_atelier') }, {}],
  ['list.rule', { ...who('p1'), ...thing('list', '01JDVQ8K2M4N6P8R0T2V4X6Z8F') }, {}],
  ['webhook.changed', { ...who('p1'), ...thing('webhook', 'w2') }, { address: false, enabled: false }],
  ['silence.created', { ...who('p2'), ...thing('silence', 'z1') }, { account: 'a-demo_marche', live: '' }],
  ['person.email', { ...who('p4'), ...person('p4') }, { step: 'asked' }],
];

export function auditLines() {
  const days = Array.from({ length: 4 }, (_, day) => evening.map((one) => [day, ...one])).flat();
  return days.map(([day, kind, rest, detail], index) => ({
    number: 4711 - index, at: ago(day * 86_400 * 12 + index * 347), kind, via: 'session', thing_username: null,
    request_id: (0x9f3c5a7e1b2d4c60 + index * 65_537).toString(16).slice(0, 16), sha256: String(index).padStart(64, '6'), ...rest, detail,
  }));
}

export function auditPage(lines, query) {
  const from = query.has('from') ? Date.parse(query.get('from')) : 0;
  const is = (line) => Date.parse(line.at) >= from && [line.kind, null].includes(query.get('kind')) && [line.person_id, line.thing_id, null].includes(query.get('person'));
  const found = lines.filter((line) => is(line) && line.number < Number(query.get('cursor') ?? Infinity));
  const items = found.slice(0, Number(query.get('limit')));
  return [200, { items, next_cursor: items.length < found.length ? String(items.at(-1).number) : null }];
}
