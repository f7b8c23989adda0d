-- When the bytes of a piece of sound were removed; its row and its hash stay, so that the chain of a
-- live can still be followed.
ALTER TABLE sound_piece ADD COLUMN purged_at BIGINT;
CREATE INDEX sound_piece_kept ON sound_piece (live_id, start_us) WHERE purged_at IS NULL;

-- A person asks that the record of a live outlives its retention, for a reason and for a time.
CREATE TABLE legal_hold (
  id TEXT PRIMARY KEY,
  live_id TEXT NOT NULL REFERENCES live (id) ON DELETE RESTRICT,
  reason TEXT NOT NULL,
  person_id TEXT REFERENCES person (id) ON DELETE SET NULL,
  placed_at BIGINT NOT NULL,
  until BIGINT NOT NULL,
  released_at BIGINT
);
CREATE INDEX legal_hold_by_live ON legal_hold (live_id);
