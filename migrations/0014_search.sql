-- SPDX-License-Identifier: Apache-2.0
-- The full-text index of what was said (src/search). Vigie itself writes the words, folded and stemmed
-- alike for both engines; triggers say which segments wait for that.
CREATE TABLE segment_backlog (
  segment_id TEXT PRIMARY KEY REFERENCES segment (id) ON DELETE CASCADE
);
INSERT INTO segment_backlog (segment_id) SELECT id FROM segment;

-- When somebody first took an alert in hand, for the statistics.
ALTER TABLE alert ADD COLUMN first_claimed_at BIGINT;
