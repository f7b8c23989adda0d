-- SPDX-License-Identifier: Apache-2.0
-- What the embedded analyser said beside a language model, what a judgement cost, where in the live its
-- evidence is said, and the windows that nobody can judge.

ALTER TABLE assessment ADD COLUMN embedded_version TEXT NOT NULL DEFAULT '';
ALTER TABLE assessment ADD COLUMN embedded_score DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE assessment ADD COLUMN disagreement BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE assessment ADD COLUMN cost_usd DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE assessment ADD COLUMN preuve_start_us BIGINT;
ALTER TABLE assessment ADD COLUMN preuve_end_us BIGINT;

-- Given up after a few attempts so that the live goes on.
CREATE TABLE set_aside (
  live_id TEXT NOT NULL REFERENCES live (id) ON DELETE CASCADE,
  start_us BIGINT NOT NULL,
  end_us BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  reason TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (live_id, start_us)
);
