// SPDX-License-Identifier: Apache-2.0
// For pages.test.mjs and hostile.test.mjs: what the server answers to the pages that are loaded when opened, with
// its rules where the page must obey them.
import { auditLines, auditPage } from './audit-world.mjs';
import { ago } from './states-world.mjs';

const day = (back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);

export const hit = (index, change = {}) => ({
  live_id: 'l-demo_marche', segment_id: `h-${index}`, account_id: 'a-demo_marche', username: 'demo_marche', title: 'Le marché du soir', start: 3900 + index * 5,
  end: 3904 + index * 5, at: ago(400 - index), parts: [{ text: 'On va parler du ', hit: false }, { text: 'marché', hit: true }, { text: ', des ', hit: false }, { text: 'prix', hit: true }, { text: '.', hit: false }], ...change,
});

const stats = () => {
  const now = new Date();
  const to = new Date(Math.floor(now / 86_400_000) * 86_400_000 + 86_400_000);
  return {
    from: new Date(to - 7 * 86_400_000).toISOString(), to: to.toISOString(),
    lives: { count: 41, hours: 63.4, by_day: [6, 5, 4, 3, 2, 1, 0].map((back) => ({ day: day(back), ...({ 3: { count: 22, hours: 31 }, 1: { count: 12, hours: 20.2 }, 0: { count: 7, hours: 12.2 } }[back] ?? { count: 0, hours: 0 }) })) },
    alerts: { total: 58, by_kind: { haine: 21, incertain: 17, injection: 1, viralite: 19 }, by_severity: { critique: 4, eleve: 17, modere: 18, faible: 19 }, by_day: [6, 5, 4, 3, 2, 1, 0].map((back) => ({ day: day(back), count: { 3: 31, 1: 20, 0: 7 }[back] ?? 0 })) },
    decisions: { total: 24, by_verdict: { confirmed: 9, lawful: 4, false_alarm: 10, second_opinion: 1 }, false_alarm_causes: { transcription: 5, irony: 3, analysis: 2 } },
    delays: { live_to_known_s: { p50: 8.4, p95: 14.2 }, words_s: { p50: 5.1, p95: 11 }, alert_to_claim_s: { p50: 74, p95: 420 }, alert_to_decision_s: { p50: null, p95: null } },
  };
};

const people = () => [
  { id: 'p1', username: 'claire', email: 'claire@collectivite.example', role: 'admin', state: 'active', created_at: ago(86400 * 90), last_seen_at: ago(5), totp: true },
  { id: 'p2', username: 'amine', email: 'amine@collectivite.example', role: 'moderator', state: 'active', created_at: ago(86400 * 40), last_seen_at: ago(3600), totp: false },
  { id: 'p3', username: 'nadia', email: 'nadia@collectivite.example', role: 'user', state: 'pending', created_at: ago(7200), last_seen_at: null, totp: false },
  { id: 'p4', username: 'paul', email: null, role: 'auditor', state: 'disabled', created_at: ago(86400 * 300), last_seen_at: ago(86400 * 120), totp: false },
];

const webhook = (change) => ({
  id: 'w1', name: 'Canal de l’équipe', url: 'https://chat.collectivite.example/hooks/abc', form: 'mattermost', severity: 'eleve', language: 'fr', created_at: ago(86400 * 20),
  enabled: true, disabled_at: null, disabled_reason: '', failures: 0, last_error: '', ...change,
});

export function answerPages(server) {
  const store = {
    me: { id: 'p1', username: 'claire', email: 'claire@collectivite.example', pending_email: null, role: server.world.person.role, language: 'fr', time_zone: 'Europe/Paris', created_at: ago(86400 * 90), totp: false, totp_required: false },
    sessions: [
      { id: 's1', created_at: ago(3600), last_used_at: ago(3), agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36', address: '192.0.2.7', current: true },
      { id: 's2', created_at: ago(86400 * 2), last_used_at: ago(86400), agent: 'Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0', address: '198.51.100.20', current: false },
    ],
    tokens: [{ id: 't1', name: 'tableau de bord', scope: 'read', created_at: ago(86400 * 5), last_used_at: ago(600), expires_at: new Date(Date.now() + 86_400_000 * 85).toISOString() }],
    preference: { mail: 'immediate', time_zone: 'Europe/Paris', quiet_hours: [{ weekday: 5, from: '19:00', to: '08:00' }], critical_passes: true },
    silences: [], people: people(), stats: stats(), audit: auditLines(),
    webhooks: [webhook({}), webhook({ id: 'w2', name: 'Astreinte', form: 'vigie', enabled: false, disabled_at: ago(7200), disabled_reason: '50 failures in a row', failures: 50, last_error: 'connection refused' })],
    dead: [{ id: 'm1', key: 'k', channel: 'webhook', destination: 'Astreinte', state: 'dead', created_at: ago(9000), due_at: ago(8000), attempts: 12, ended_at: ago(7300), last_error: 'connection refused' }],
    hits: Array.from({ length: 3 }, (_, index) => hit(index)), password: 'une phrase de passe assez longue',
  };
  const page = (items) => [200, { items, next_cursor: null }];
  const refuse = (status, detail, errors) => [status, { title: 'Refused', status, detail, request_id: 'r1', errors }];
  const isWrong = (body) => body.password !== store.password && body.current !== store.password;
  const wrong = (field) => refuse(422, field, [{ field, detail: 'Ce mot de passe n’est pas le vôtre.' }]);
  const find = (items, id) => items.find((one) => one.id === id);
  const drop = (items, id) => items.splice(items.findIndex((one) => one.id === id), 1);
  let made = 10;
  Object.assign(server.answers, {
    'GET /search': (_, query) => {
      const words = query.get('q') ?? '';
      return words.includes('introuvable') ? page([]) : words === 'suite' ? [200, { items: store.hits.map((one) => ({ ...one, segment_id: `${one.segment_id}${query.get('cursor') ?? ''}` })), next_cursor: query.get('cursor') === null ? 'c1' : null }] : page(store.hits);
    },
    'GET /stats': () => [200, store.stats],
    'GET /audit': (_, query) => auditPage(store.audit, query),
    'GET /users': (_, query) => page(store.people.filter((one) => !query.has('state') || one.state === query.get('state'))),
    'PATCH /users/{id}': (body, id) => [200, Object.assign(find(store.people, id), body)],
    'GET /me': () => [200, store.me],
    'PATCH /me': (body) => {
      Object.assign(store.me, body);
      Object.assign(server.world.person, body.language === undefined ? {} : { language: body.language });
      return [200, store.me];
    },
    'PUT /me/email': (body) => (isWrong(body) ? wrong('password') : [200, Object.assign(store.me, { pending_email: body.email })]),
    'PUT /me/password': (body) => (isWrong(body) ? wrong('current') : body.password.includes('password') ? refuse(422, 'password: too common', [{ field: 'password', detail: 'Ce mot de passe est trop courant.' }]) : [204]),
    'GET /me/sessions': () => page(store.sessions),
    'DELETE /me/sessions': () => { store.sessions = store.sessions.filter((one) => one.current); return [204]; },
    'GET /me/tokens': () => page(store.tokens),
    'POST /me/tokens': (body) => {
      const token = { id: `t${made += 1}`, name: body.name, scope: body.scope, created_at: ago(0), last_used_at: null, expires_at: body.expires_days === undefined ? null : new Date(Date.now() + body.expires_days * 86_400_000).toISOString() };
      store.tokens.push(token);
      return [201, { ...token, token: 'vigie_6f0c5b7d9a1e4c2f8b3d' }];
    },
    'POST /me/totp': (body) => (isWrong(body) ? wrong('password') : [200, { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Vigie:claire?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Vigie' }]),
    'PUT /me/totp': (body) => {
      if (body.code !== '123456') {
        return refuse(422, 'code', [{ field: 'code', detail: 'Ce code n’est pas bon.' }]);
      }
      store.me.totp = true;
      return [200, { recovery_codes: Array.from({ length: 10 }, (_, index) => `a${index}b${index}-c${index}d${index}-e${index}f${index}`) }];
    },
    'DELETE /me/totp': (body) => {
      if (isWrong(body)) {
        return wrong('password');
      }
      store.me.totp = false;
      return [204];
    },
    'GET /me/notifications': () => [200, store.preference],
    'PATCH /me/notifications': (body) => [200, Object.assign(store.preference, body)],
    'POST /me/notifications/test': () => [200, { delivered: true, answer: '250 queued' }],
    'GET /silences': () => page(store.silences),
    'POST /silences': (body) => {
      const made_one = { id: `z${made += 1}`, account_id: body.account_id ?? null, live_id: body.live_id ?? null, until_live_ends: body.length === 'live', created_at: ago(0), ends_at: new Date(Date.now() + (body.length === '15m' ? 900_000 : 3_600_000)).toISOString() };
      store.silences.push(made_one);
      return [201, made_one];
    },
    'DELETE /silences/{id}': (_, id) => { drop(store.silences, id); return [204]; },
    'GET /webhooks': () => page(store.webhooks),
    'POST /webhooks': (body) => {
      const one = webhook({ id: `w${made += 1}`, ...body });
      store.webhooks.push(one);
      return [201, { ...one, secret: 'whsec_2d9f6c1a7e' }];
    },
    'PATCH /webhooks/{id}': (body, id) => [200, Object.assign(find(store.webhooks, id), body, body.enabled === true ? { disabled_at: null, disabled_reason: '', failures: 0 } : body.enabled === false ? { disabled_at: ago(0) } : {})],
    'DELETE /webhooks/{id}': (_, id) => { drop(store.webhooks, id); return [204]; },
    'POST /webhooks/{id}': (_, id) => [200, id === 'w2' ? { delivered: false, answer: 'connection refused' } : { delivered: true, answer: 'HTTP 200' }],
    'GET /outbox': () => page(store.dead),
    'POST /outbox/{id}': (_, id) => { const one = find(store.dead, id); drop(store.dead, id); return [200, { ...one, state: 'waiting' }]; },
  });
  Object.assign(server.world.status, {
    capacity: { lives: 4, cpu_per_audio_s: 0.31, workers: 2, model: 'base-int8' },
    hosts: [{ host: 'www.tiktok.com', allowed_per_s: 2, used_per_s: 0.8, queue: 0, wait_p50_s: 0.1, wait_p95_s: 0.4, paused_until: null, reason: '', since: null }],
  });
  server.world.status.parts.push({ name: 'alerts', state: 'ok', words: 'RISK_THRESHOLD=0.7' });
  return store;
}
