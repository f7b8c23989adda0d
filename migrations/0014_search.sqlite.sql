-- SPDX-License-Identifier: Apache-2.0
-- number is the moment of the words in microseconds, times a thousand, and a count.
CREATE TABLE segment_words (
  number INTEGER PRIMARY KEY,
  segment_id TEXT NOT NULL UNIQUE REFERENCES segment (id) ON DELETE CASCADE
);
CREATE VIRTUAL TABLE segment_index USING fts5(words, forms, marks, tokenize = 'ascii');

-- A virtual table must not be written by a trigger here: what is to leave it waits.
CREATE TABLE segment_gone (number INTEGER PRIMARY KEY);

CREATE TRIGGER segment_new AFTER INSERT ON segment BEGIN
  INSERT INTO segment_backlog (segment_id) VALUES (new.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER segment_changed AFTER UPDATE OF text, start_us, live_id ON segment BEGIN
  INSERT INTO segment_backlog (segment_id) VALUES (new.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER live_changed AFTER UPDATE OF account_id, started_at ON live
WHEN old.account_id <> new.account_id OR old.started_at <> new.started_at BEGIN
  INSERT INTO segment_backlog (segment_id) SELECT id FROM segment WHERE live_id = new.id
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER segment_words_gone AFTER DELETE ON segment_words BEGIN
  INSERT INTO segment_gone (number) VALUES (old.number) ON CONFLICT DO NOTHING;
END;
