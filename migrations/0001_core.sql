-- One text for SQLite and PostgreSQL. Ids are ULID text made by Vigie; times and spans are BIGINT
-- microseconds (UTC); hashes and tokens are hexadecimal text; JSON is text.

CREATE TABLE person (
  id TEXT PRIMARY KEY,
  username TEXT NOT NULL,
  username_folded TEXT NOT NULL UNIQUE,
  email TEXT,
  email_folded TEXT UNIQUE,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('user', 'moderator', 'admin', 'auditor')),
  language TEXT NOT NULL DEFAULT 'fr',
  disabled_at BIGINT,
  created_at BIGINT NOT NULL
);

-- The token itself is never stored.
CREATE TABLE session (
  token_sha256 TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  csrf_token TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ip TEXT NOT NULL,
  agent TEXT NOT NULL
);
CREATE INDEX session_by_person ON session (person_id);

CREATE TABLE api_token (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  token_sha256 TEXT NOT NULL UNIQUE,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'write')),
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

-- Shared by everybody who follows it: N followers, one poll.
CREATE TABLE account (
  id TEXT PRIMARY KEY,
  platform TEXT NOT NULL,
  username TEXT NOT NULL,
  stable_id TEXT,
  display_name TEXT NOT NULL DEFAULT '',
  url TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'unknown' CHECK (status IN ('unknown', 'live', 'active', 'offline')),
  status_at BIGINT,
  status_reason TEXT NOT NULL DEFAULT 'never_checked',
  followers BIGINT,
  checked_at BIGINT,
  next_check_at BIGINT NOT NULL DEFAULT 0,
  interval_us BIGINT NOT NULL DEFAULT 0,
  negative_since BIGINT,
  ending_since BIGINT,
  last_live_at BIGINT,
  created_at BIGINT NOT NULL,
  UNIQUE (platform, username)
);

CREATE TABLE follow (
  person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  note TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '[]',
  priority BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, account_id)
);
CREATE INDEX follow_by_account ON follow (account_id);

CREATE TABLE live (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
  room TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('live', 'paused', 'ended')),
  title TEXT NOT NULL DEFAULT '',
  started_at BIGINT NOT NULL,
  detected_at BIGINT NOT NULL,
  ended_at BIGINT,
  end_reason TEXT NOT NULL DEFAULT '',
  viewers BIGINT,
  peak_viewers BIGINT,
  capture TEXT NOT NULL DEFAULT 'none'
    CHECK (capture IN ('none', 'running', 'stalled', 'stopped', 'restricted', 'done', 'failed')),
  capture_reason TEXT NOT NULL DEFAULT '',
  capture_wanted BOOLEAN NOT NULL DEFAULT TRUE,
  heard_until BIGINT NOT NULL DEFAULT 0,
  UNIQUE (account_id, room, started_at)
);
CREATE INDEX live_open ON live (account_id) WHERE ended_at IS NULL;
CREATE INDEX live_by_start ON live (started_at);

-- Who may work on a live; the token grows with each new owner and fences the old one's writes.
CREATE TABLE live_lease (
  live_id TEXT PRIMARY KEY REFERENCES live (id) ON DELETE CASCADE,
  owner TEXT NOT NULL DEFAULT '',
  token BIGINT NOT NULL DEFAULT 0,
  expires_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX live_lease_by_expiry ON live_lease (expires_at);

CREATE TABLE viewer_sample (
  live_id TEXT NOT NULL REFERENCES live (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  viewers BIGINT NOT NULL,
  PRIMARY KEY (live_id, at)
);

-- Sound as it came, in pieces; each hash covers the bytes and the hash before.
CREATE TABLE sound_piece (
  live_id TEXT NOT NULL REFERENCES live (id) ON DELETE CASCADE,
  sequence BIGINT NOT NULL,
  token BIGINT NOT NULL,
  start_us BIGINT NOT NULL,
  end_us BIGINT NOT NULL,
  codec TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  blob_key TEXT NOT NULL,
  PRIMARY KEY (live_id, sequence)
);

CREATE TABLE gap (
  id TEXT PRIMARY KEY,
  live_id TEXT NOT NULL REFERENCES live (id) ON DELETE CASCADE,
  start_us BIGINT NOT NULL,
  end_us BIGINT NOT NULL,
  reason TEXT NOT NULL,
  UNIQUE (live_id, start_us)
);

CREATE TABLE segment (
  id TEXT PRIMARY KEY,
  live_id TEXT NOT NULL REFERENCES live (id) ON DELETE CASCADE,
  start_us BIGINT NOT NULL,
  end_us BIGINT NOT NULL,
  revision BIGINT NOT NULL DEFAULT 0,
  text TEXT NOT NULL,
  language TEXT NOT NULL,
  confidence DOUBLE PRECISION NOT NULL,
  uncertain BOOLEAN NOT NULL,
  engine TEXT NOT NULL,
  model TEXT NOT NULL,
  token BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (live_id, start_us, revision)
);

-- How far the speech of a live has been judged.
CREATE TABLE judged (
  live_id TEXT PRIMARY KEY REFERENCES live (id) ON DELETE CASCADE,
  until_us BIGINT NOT NULL
);

CREATE TABLE assessment (
  id TEXT PRIMARY KEY,
  live_id TEXT NOT NULL REFERENCES live (id) ON DELETE CASCADE,
  start_us BIGINT NOT NULL,
  end_us BIGINT NOT NULL,
  categorie TEXT NOT NULL,
  viralite TEXT NOT NULL,
  discours_haineux BOOLEAN NOT NULL,
  cible TEXT NOT NULL,
  justification TEXT NOT NULL,
  risque_score DOUBLE PRECISION NOT NULL,
  score DOUBLE PRECISION NOT NULL,
  indetermine BOOLEAN NOT NULL,
  injection BOOLEAN NOT NULL,
  preuve TEXT NOT NULL,
  analyser TEXT NOT NULL,
  model TEXT NOT NULL,
  prompt_sha256 TEXT NOT NULL,
  repli BOOLEAN NOT NULL,
  tokens_in BIGINT NOT NULL,
  tokens_out BIGINT NOT NULL,
  latency_us BIGINT NOT NULL,
  error TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (live_id, start_us, end_us, analyser, model, prompt_sha256)
);
CREATE INDEX assessment_by_live ON assessment (live_id, start_us);

-- One row an incident, however many windows it spans.
CREATE TABLE alert (
  id TEXT PRIMARY KEY,
  live_id TEXT NOT NULL REFERENCES live (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
  kind TEXT NOT NULL CHECK (kind IN ('haine', 'incertain', 'injection', 'viralite')),
  severity TEXT NOT NULL CHECK (severity IN ('critique', 'eleve', 'modere', 'faible')),
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'claimed', 'decided')),
  opened_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  count BIGINT NOT NULL DEFAULT 1,
  sentence TEXT NOT NULL,
  context TEXT NOT NULL,
  at_us BIGINT NOT NULL,
  last_us BIGINT NOT NULL,
  clip_from_us BIGINT NOT NULL,
  clip_to_us BIGINT NOT NULL,
  score DOUBLE PRECISION NOT NULL,
  assessment_id TEXT NOT NULL REFERENCES assessment (id) ON DELETE CASCADE,
  incident_key TEXT NOT NULL UNIQUE
);
CREATE INDEX alert_by_state ON alert (state, id);
CREATE INDEX alert_by_live ON alert (live_id);

CREATE TABLE notification (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  event_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  live_id TEXT NOT NULL REFERENCES live (id) ON DELETE CASCADE,
  alert_id TEXT REFERENCES alert (id) ON DELETE CASCADE,
  username TEXT NOT NULL,
  severity TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  read_at BIGINT,
  UNIQUE (person_id, event_key)
);
CREATE INDEX notification_unread ON notification (person_id, id) WHERE read_at IS NULL;

-- What happened, numbered without holes in commit order: the row of event_sequence is the lock.
CREATE TABLE event (
  id BIGINT PRIMARY KEY,
  type TEXT NOT NULL,
  at BIGINT NOT NULL,
  account_id TEXT,
  live_id TEXT,
  person_id TEXT,
  data TEXT NOT NULL
);
CREATE TABLE event_sequence (
  only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
  last BIGINT NOT NULL
);
INSERT INTO event_sequence (only_row, last) VALUES (1, 0);
CREATE TABLE event_cursor (
  reader TEXT PRIMARY KEY,
  last BIGINT NOT NULL
);

-- A live as it is shown; heard_to is the end of its last settled text, risk the highest of the last ten
-- minutes of speech.
CREATE VIEW live_view AS
SELECT l.id, l.account_id, a.platform, a.username, l.room, l.state, l.title, l.started_at, l.detected_at,
  l.ended_at, l.viewers, l.peak_viewers, l.capture, l.capture_reason,
  (SELECT COUNT(*) FROM gap g WHERE g.live_id = l.id) AS gaps,
  (SELECT MAX(s.end_us) FROM segment s WHERE s.live_id = l.id) AS heard_to,
  (SELECT MAX(x.risque_score) FROM assessment x
    WHERE x.live_id = l.id AND x.end_us > (SELECT MAX(y.end_us) FROM assessment y WHERE y.live_id = l.id) - 600000000
  ) AS risk
FROM live l JOIN account a ON a.id = l.account_id;
