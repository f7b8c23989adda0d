-- SPDX-License-Identifier: Apache-2.0
-- How a person wants to be told outside of the pages; no row: the defaults. quiet_hours is JSON:
-- [{"weekday":1,"from":"22:00","to":"07:00"}], 1 being Monday.
CREATE TABLE notification_preference (
  person_id TEXT PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  mail TEXT NOT NULL CHECK (mail IN ('immediate', 'hourly', 'daily', 'off')),
  time_zone TEXT NOT NULL,
  quiet_hours TEXT NOT NULL,
  critical_passes BOOLEAN NOT NULL
);

-- One's own "not now": of everything, of one account or of one live. ends_at always ends it; with
-- until_live_ends the end of the live does so sooner.
CREATE TABLE silence (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  account_id TEXT REFERENCES account (id) ON DELETE CASCADE,
  live_id TEXT REFERENCES live (id) ON DELETE CASCADE,
  until_live_ends BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL
);
CREATE INDEX silence_by_person ON silence (person_id, ends_at);

-- sealed_secret: XChaCha20-Poly1305 under SECRET_KEY, in hexadecimal, the key's name in front.
CREATE TABLE webhook (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  form TEXT NOT NULL CHECK (form IN ('vigie', 'slack', 'mattermost', 'teams')),
  severity TEXT NOT NULL CHECK (severity IN ('critique', 'eleve', 'modere')),
  language TEXT NOT NULL,
  sealed_secret TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  disabled_at BIGINT,
  disabled_reason TEXT NOT NULL DEFAULT ''
);

-- One row a message to one recipient; key makes it one whatever is written twice. What it tells is in
-- outbox_item; neither holds words that were said, nor names.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  channel TEXT NOT NULL CHECK (channel IN ('mail', 'webhook')),
  destination TEXT NOT NULL,
  person_id TEXT REFERENCES person (id) ON DELETE CASCADE,
  webhook_id TEXT REFERENCES webhook (id) ON DELETE CASCADE,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead')),
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  first_tried_at BIGINT,
  locked_by TEXT NOT NULL DEFAULT '',
  locked_until BIGINT NOT NULL DEFAULT 0,
  ended_at BIGINT,
  last_error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_by_due ON outbox (channel, due_at) WHERE state = 'waiting';
CREATE INDEX outbox_by_end ON outbox (state, ended_at);

CREATE TABLE outbox_item (
  key TEXT PRIMARY KEY,
  outbox_id TEXT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  what TEXT NOT NULL CHECK (what IN ('alert', 'webhook_disabled')),
  subject_id TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT '',
  severity TEXT NOT NULL DEFAULT '',
  at BIGINT NOT NULL
);
CREATE INDEX outbox_item_by_outbox ON outbox_item (outbox_id);

-- Where messages go: the mail server, or one webhook. It is what fails, so it is what waits.
CREATE TABLE outbox_destination (
  destination TEXT PRIMARY KEY,
  failures BIGINT NOT NULL,
  retry_at BIGINT NOT NULL,
  failing_since BIGINT,
  last_error TEXT NOT NULL
);

-- What happened before this release is nobody's mail.
INSERT INTO event_cursor (reader, last) SELECT 'notify', last FROM event_sequence WHERE only_row = 1;
