-- SPDX-License-Identifier: Apache-2.0
-- Who did what: lines that are only ever added, each with the hash of all before it (src/audit). No
-- foreign keys: a line outlives the person and the thing it names by their ids.
CREATE TABLE audit_line (
  number BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  via TEXT NOT NULL CHECK (via IN ('session', 'token', 'visitor', 'command', 'vigie')),
  person_id TEXT NOT NULL,
  thing TEXT NOT NULL,
  thing_id TEXT NOT NULL,
  request_id TEXT NOT NULL,
  detail TEXT NOT NULL,
  sha256 TEXT NOT NULL
);
CREATE INDEX audit_line_by_kind ON audit_line (kind, number);
CREATE INDEX audit_line_by_person ON audit_line (person_id, number);
CREATE INDEX audit_line_by_thing ON audit_line (thing_id, number);
CREATE INDEX audit_line_by_time ON audit_line (at);

-- How many lines there are and the hash of the newest: whoever adds one holds this row until they
-- commit, and a line taken off the end is missed here.
CREATE TABLE audit_head (
  only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
  lines BIGINT NOT NULL,
  sha256 TEXT NOT NULL
);
INSERT INTO audit_head (only_row, lines, sha256) VALUES (1, 0, '');

-- When whoever holds this session last proved who they are.
ALTER TABLE session ADD COLUMN authenticated_at BIGINT NOT NULL DEFAULT 0;
UPDATE session SET authenticated_at = created_at;
