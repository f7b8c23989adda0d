// SPDX-License-Identifier: Apache-2.0
// What the states' own server shows, for the tests of the page's states.
export const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
// Console errors that tests provoke themselves.
export const provoked = /WebSocket|ERR_CONNECTION|ERR_EMPTY_RESPONSE|40[0-9]|422/;

export const account = (username, change = {}) => ({
  id: `a-${username}`, platform: 'tiktok', username, display_name: '', url: `https://www.tiktok.com/@${username}`, status: 'active',
  status_at: ago(12), status_reason: 'status_4', followers: 12400, interval_s: 30, last_live_at: ago(86400), note: '', tags: [], priority: 0,
  followed: true, checked_at: ago(12), lists: [], ...change,
});
export const live = (username, seconds, change = {}) => ({
  id: `l-${username}`, account_id: `a-${username}`, platform: 'tiktok', username, state: 'live', title: 'Direct du soir', started_at: ago(seconds),
  detected_at: ago(seconds - 9), ended_at: null, duration_s: null, viewers: 3412, peak_viewers: 5020,
  capture: { state: 'running', reason: null, lag_s: 4.1, gaps: 0 }, risk: 0.2, ...change,
});
export const segment = (liveId, index, start, text, change = {}) => ({
  id: `s-${liveId}-${String(index).padStart(6, '0')}`, live_id: liveId, start, end: start + 4, text, language: 'fr', confidence: 0.93, uncertain: false,
  engine: 'ctranslate2', model: 'base-int8', speech: true, ...change,
});
export const assessment = (liveId, index, start, change = {}) => ({
  id: `x-${liveId}-${index}`, live_id: liveId, start, end: start + 30, categorie: 'Neutre', viralite: 'faible', discours_haineux: false, cible: 'autre',
  justification: 'Rien de notable dans ce passage.', risque_score: 0.2, score: 0.03, indetermine: false, injection: false, preuve: '',
  analyser: 'embedded-lexicon', model: null, repli: false, ...change,
});
export const alertOf = (liveOne, index, at, change = {}) => ({
  id: `q-${liveOne.username}-${index}`, live_id: liveOne.id, account_id: liveOne.account_id, username: liveOne.username, kind: 'haine', severity: 'eleve', state: 'open',
  opened_at: ago(240), updated_at: ago(240), count: 1, sentence: 'ils n’ont rien à faire ici', context: '', at,
  clip: { from: at - 15, to: at + 15 }, score: 0.91, assessment_id: `x-${liveOne.id}-h`, claimed_by: null, claimed_until: null, decision: null, ...change,
});
export const texts = [
  'Bonsoir à toutes et à tous, merci d’être là ce soir.', 'On va parler du marché, des prix, et de ce qui change cette semaine.',
  'Les tomates sont à deux euros le kilo, c’est presque donné.', 'Alors vous me dites dans les commentaires ce que vous en pensez.',
  'Je lis vos messages, ne partez pas, on continue.', 'La mairie a répondu hier, et franchement je m’attendais à mieux.',
];

export function busyWorld() {
  const evening = live('demo_marche', 4330, { title: 'Le marché du soir, on refait le monde', detected_by: 'api_live', detection_delay_s: 9 });
  const calm = live('demo_atelier', 520, { title: 'On restaure une commode', viewers: 87 });
  const down = live('demo_radio', 7300, { title: 'Libre antenne', viewers: 1204, capture: { state: 'stalled', reason: 'stall', lag_s: 62, gaps: 2 } });
  const adult = live('demo_nuit', 900, { title: 'Entre adultes', viewers: 640, capture: { state: 'restricted', reason: 'age_restricted', lag_s: null, gaps: 0 }, risk: 0 });
  const pause = live('demo_chef', 1500, { state: 'paused', title: 'Recette du dimanche', viewers: 210 });
  const over = live('demo_match', 9000, { state: 'ended', ended_at: ago(300), duration_s: 8700, title: 'Après-match', viewers: 0, capture: { state: 'done', reason: null, lag_s: null, gaps: 1 } });
  const words = (id, from, count) => Array.from({ length: count }, (_, index) => segment(id, index, from + index * 5, texts[index % texts.length]));
  const evil = segment(evening.id, 900, 4250, 'Et je vous le dis, ils n’ont rien à faire ici.');
  const evening_words = [...words(evening.id, 3900, 60), { id: 'g-1', live_id: evening.id, start: 4200, end: 4206, gap: 'stall' },
    segment(evening.id, 800, 4210, 'La suite est un peu couverte par la musique.', { uncertain: true }), evil,
    segment(evening.id, 901, 4300, 'Merci pour les cœurs, on continue avec vos questions.')];
  const strip = (id, from, count) => Array.from({ length: count }, (_, index) => assessment(id, index, from + index * 30));
  return {
    person: { id: 'p1', username: 'claire', email: null, role: 'moderator', language: 'fr' },
    accounts: [
      ...[evening, calm, down, adult, pause].map((one, index) => account(one.username, {
        status: 'live', status_reason: 'status_2', priority: index === 0 ? 2 : 0, tags: index === 0 ? ['élection', 'presse'] : [],
        lists: index === 0 ? ['list-1', 'list-2'] : index === 1 ? ['list-1'] : [], note: index === 0 ? 'Voir le samedi soir.' : '', display_name: index === 0 ? 'Le marché du soir' : '',
      })),
      account('demo_match'), account('demo_asso', { status_at: ago(31) }),
      account('demo_ancien', { status: 'offline', status_at: ago(4000), status_reason: 'absent', followers: null }),
      account('demo_bloque', { status: 'unknown', status_at: null, status_reason: 'captcha', followers: null, interval_s: 0, last_live_at: null }),
    ],
    lists: [{ id: 'list-1', name: 'Élections', accounts: 2 }, { id: 'list-2', name: 'Marchés de quartier', accounts: 1 }],
    lives: [evening, calm, down, adult, pause, over],
    viewers: { [evening.id]: Array.from({ length: 90 }, (_, index) => ({ at: ago(4300 - index * 45), viewers: Math.round(1800 + 1600 * Math.sin(index / 14) + index * 18) })) },
    segments: { [evening.id]: evening_words, [calm.id]: words(calm.id, 470, 8), [down.id]: words(down.id, 7200, 6), [pause.id]: words(pause.id, 1200, 10), [over.id]: words(over.id, 10, 30) },
    assessments: {
      [evening.id]: [...strip(evening.id, 800, 110), assessment(evening.id, 'm', 3000, { indetermine: true, preuve: 'franchement', categorie: 'Polémique', risque_score: 0.5, viralite: 'moyenne' }),
        assessment(evening.id, 'h', 4240, { discours_haineux: true, categorie: 'Discours haineux', cible: 'ethnie', score: 0.91, risque_score: 0.6, preuve: 'ils n’ont rien à faire ici', justification: 'Rejet d’un groupe désigné par son origine.' })],
      [calm.id]: strip(calm.id, 0, 16), [down.id]: strip(down.id, 3700, 110), [pause.id]: strip(pause.id, 0, 40),
    },
    alerts: [alertOf(evening, 1, 4250), alertOf(evening, 2, 3000, { severity: 'modere', kind: 'incertain', sentence: 'franchement je m’attendais à mieux', opened_at: ago(1300), score: 0.5, assessment_id: `x-${evening.id}-m`, clip: { from: 2985, to: 3030 } }),
      alertOf(down, 1, 6000, { severity: 'faible', kind: 'viralite', sentence: 'partagez partagez partagez', score: 0.1 })],
    notifications: [
      { id: 'n2', kind: 'alert', live_id: evening.id, alert_id: 'q-demo_marche-1', username: 'demo_marche', severity: 'eleve', created_at: ago(240), read_at: null, read: false },
      { id: 'n1', kind: 'live.started', live_id: calm.id, alert_id: null, username: 'demo_atelier', severity: null, created_at: ago(510), read_at: ago(500), read: true },
    ],
    status: {
      version: '0', detection_delay_p50_s: 8.4, detection_delay_p95_s: 14.2, hosts: [],
      parts: [{ name: 'database', state: 'ok', words: 'SQLite' }, { name: 'transcription', state: 'ok', words: 'base-int8, 2 × 1' }, { name: 'analysis', state: 'degraded', words: 'embedded-lexicon' }],
    },
  };
}
