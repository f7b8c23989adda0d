// SPDX-License-Identifier: Apache-2.0
// For alerts.test.mjs only: what the server does with claims and decisions (src/review), with its
// refusals in its words.
const claimLength = 600_000; // ms

export function answerReviews(server, me = 'claire') {
  let made = 0;
  const find = (id) => server.world.alerts.find((alert) => alert.id === id);
  const change = (alert, values) => {
    Object.assign(alert, values);
    server.tell('alert.updated', { ...alert });
    return { ...alert };
  };
  const refusal = (alert) => {
    if (alert.state === 'decided') {
      return [409, { detail: `this alert is decided already, by ${alert.decision.decided_by}`, request_id: 'r9' }];
    }
    const isOthers = alert.state === 'claimed' && alert.claimed_by !== me;
    return isOthers ? [409, { detail: `this alert is in hand: ${alert.claimed_by}, until ${alert.claimed_until}`, request_id: 'r9' }] : null;
  };
  const inHand = (name) => ({ state: 'claimed', claimed_by: name, claimed_until: new Date(Date.now() + claimLength).toISOString() });
  const nobody = { claimed_by: null, claimed_until: null };
  server.answers['PUT /alerts/{id}'] = (body, id) => refusal(find(id)) ?? [200, change(find(id), inHand(me))];
  server.answers['POST /alerts/{id}'] = (body, id) => {
    const alert = find(id);
    const decision = { id: `d${made += 1}`, cause: null, note: '', ...body, decided_by: me, decided_at: new Date().toISOString() };
    return refusal(alert) ?? [201, change(alert, { state: body.verdict === 'second_opinion' ? 'open' : 'decided', ...nobody, decision })];
  };
  server.answers['DELETE /alerts/{id}'] = (body, id, decisionId) => {
    const alert = find(id);
    if (decisionId === undefined) {
      return refusal(alert) ?? [200, change(alert, { state: 'open', ...nobody })];
    }
    return [200, change(alert, { ...inHand(me), decision: null })];
  };
  return {
    // As somebody else would.
    claim: (id, name) => change(find(id), inHand(name)),
    decide: (id, name, verdict) => change(find(id), {
      state: 'decided', ...nobody, decision: { id: `d${made += 1}`, verdict, cause: null, note: 'Vu ailleurs.', decided_by: name, decided_at: new Date().toISOString() },
    }),
    expire: (id) => change(find(id), { claimed_until: new Date(Date.now() - 1000).toISOString() }),
    open: (alert) => {
      server.world.alerts.push(alert);
      server.raise(alert);
    },
  };
}
