-- SPDX-License-Identifier: Apache-2.0
-- Signing up, second factors, and secrets that are good for one time.

-- pending_since: has signed up, and may not come in yet. totp_*: the seed is sealed under SECRET_KEY;
-- it is offered first, and counts from totp_since on; totp_step is the newest step that was used.
ALTER TABLE person ADD COLUMN pending_since BIGINT;
ALTER TABLE person ADD COLUMN last_seen_at BIGINT;
ALTER TABLE person ADD COLUMN totp_sealed TEXT;
ALTER TABLE person ADD COLUMN totp_offered_at BIGINT;
ALTER TABLE person ADD COLUMN totp_since BIGINT;
ALTER TABLE person ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;

-- Each is worth one sign-in; only hashes of 80 random bits.
CREATE TABLE recovery_code (
  person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  code_sha256 TEXT NOT NULL,
  PRIMARY KEY (person_id, code_sha256)
);

-- Links in mails, the set-up link, and sign-ins that wait for a code. token_sha256 is NULL until the
-- mail leaves: the secret is made then, so that nothing that is kept holds it.
CREATE TABLE one_time_secret (
  id TEXT PRIMARY KEY,
  purpose TEXT NOT NULL
    CHECK (purpose IN ('password_reset', 'email_confirm', 'sign_up', 'set_up', 'second_factor')),
  person_id TEXT REFERENCES person (id) ON DELETE CASCADE,
  address TEXT NOT NULL DEFAULT '',
  token_sha256 TEXT UNIQUE,
  tries BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX one_time_secret_by_person ON one_time_secret (person_id, purpose);
CREATE INDEX one_time_secret_by_expiry ON one_time_secret (expires_at);

ALTER TABLE api_token ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE api_token ADD COLUMN expires_at BIGINT;
ALTER TABLE api_token ADD COLUMN last_used_at BIGINT;
CREATE INDEX api_token_by_person ON api_token (person_id);

-- Tries since the last good one: the wait grows with them.
ALTER TABLE auth_throttle ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;

-- Mails about one's own account, some of them to an address that is not (or no longer) the person's.
ALTER TABLE outbox ADD COLUMN address TEXT NOT NULL DEFAULT '';
CREATE TABLE outbox_item_2 (
  key TEXT PRIMARY KEY,
  outbox_id TEXT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  what TEXT NOT NULL CHECK (what IN ('alert', 'webhook_disabled', 'disk_full', 'password_reset',
    'email_confirm', 'sign_up', 'password_changed', 'email_changed', 'second_factor_on', 'second_factor_off',
    'sign_up_waiting', 'sign_up_accepted', 'address_in_use')),
  subject_id TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT '',
  severity TEXT NOT NULL DEFAULT '',
  at BIGINT NOT NULL
);
INSERT INTO outbox_item_2 (key, outbox_id, what, subject_id, kind, severity, at)
  SELECT key, outbox_id, what, subject_id, kind, severity, at FROM outbox_item;
DROP TABLE outbox_item;
ALTER TABLE outbox_item_2 RENAME TO outbox_item;
CREATE INDEX outbox_item_by_outbox ON outbox_item (outbox_id);
