-- SPDX-License-Identifier: Apache-2.0
-- number is the moment of the words in microseconds, times a thousand, and a count.
CREATE TABLE segment_words (
  number BIGINT PRIMARY KEY,
  segment_id TEXT NOT NULL UNIQUE REFERENCES segment (id) ON DELETE CASCADE,
  words TSVECTOR NOT NULL
);
CREATE INDEX segment_words_index ON segment_words USING gin (words) WITH (fastupdate = off);

CREATE FUNCTION segment_waits() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO segment_backlog (segment_id) VALUES (new.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE FUNCTION segments_of_live_wait() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO segment_backlog (segment_id) SELECT id FROM segment WHERE live_id = new.id
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER segment_new AFTER INSERT ON segment
  FOR EACH ROW EXECUTE FUNCTION segment_waits();
CREATE TRIGGER segment_changed AFTER UPDATE OF text, start_us, live_id ON segment
  FOR EACH ROW EXECUTE FUNCTION segment_waits();
CREATE TRIGGER live_changed AFTER UPDATE OF account_id, started_at ON live
  FOR EACH ROW WHEN (old.account_id <> new.account_id OR old.started_at <> new.started_at)
  EXECUTE FUNCTION segments_of_live_wait();
