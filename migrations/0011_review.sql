-- Who has an alert in hand, and until when; after that it is as free as before.
ALTER TABLE alert ADD COLUMN claimed_by TEXT REFERENCES person (id) ON DELETE SET NULL;
ALTER TABLE alert ADD COLUMN claimed_until BIGINT;

-- What people said of an alert. Never changed but for being taken back within seconds; the newest one
-- that was not taken back counts.
CREATE TABLE decision (
  id TEXT PRIMARY KEY,
  alert_id TEXT NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
  person_id TEXT REFERENCES person (id) ON DELETE SET NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('confirmed', 'platform_rule', 'lawful', 'false_alarm', 'out_of_scope',
    'second_opinion')),
  cause TEXT NOT NULL DEFAULT ''
    CHECK (cause IN ('', 'transcription', 'analysis', 'quotation', 'irony', 'other')),
  note TEXT NOT NULL DEFAULT '',
  decided_at BIGINT NOT NULL,
  undone_at BIGINT
);
CREATE INDEX decision_by_alert ON decision (alert_id);
CREATE INDEX decision_by_time ON decision (decided_at);

-- An alert as it is shown, with whoever has it in hand and what was decided last.
CREATE VIEW alert_view AS
SELECT a.id, a.live_id, a.account_id, c.username, a.kind, a.severity, a.state, a.opened_at, a.updated_at,
  a.count, a.sentence, a.context, a.at_us, a.clip_from_us, a.clip_to_us, a.score, a.assessment_id,
  a.claimed_by, h.username AS holder, a.claimed_until,
  d.id AS decision_id, d.verdict, d.cause, d.note, d.decided_at, w.username AS decider
FROM alert a JOIN account c ON c.id = a.account_id
  LEFT JOIN person h ON h.id = a.claimed_by
  LEFT JOIN decision d ON d.id = (SELECT MAX(x.id) FROM decision x WHERE x.alert_id = a.id AND x.undone_at IS NULL)
  LEFT JOIN person w ON w.id = d.person_id;
