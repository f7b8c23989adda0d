-- Up to where in a live all speech is settled: words stored, silence, or told as lost. What was heard
-- beyond it lies in the archive and is heard again from there. words_state is how whoever listens
-- last said the words stand.
ALTER TABLE live ADD COLUMN words_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE live ADD COLUMN words_state TEXT NOT NULL DEFAULT 'none'
  CHECK (words_state IN ('none', 'on_time', 'late', 'put_off', 'catching_up'));
-- Lives of before: what was not settled then was given up then.
UPDATE live SET words_until = heard_until, words_state = 'on_time' WHERE heard_until > 0;
CREATE INDEX live_unheard ON live (id) WHERE heard_until > words_until;

DROP VIEW live_view;
CREATE VIEW live_view AS
SELECT l.id, l.account_id, a.platform, a.username, l.room, l.state, l.title, l.started_at, l.detected_at,
  l.ended_at, l.viewers, l.peak_viewers, l.capture, l.capture_reason,
  (SELECT COUNT(*) FROM gap g WHERE g.live_id = l.id) AS gaps,
  (SELECT MAX(x.risque_score) FROM assessment x
    WHERE x.live_id = l.id AND x.end_us > (SELECT MAX(y.end_us) FROM assessment y WHERE y.live_id = l.id) - 600000000
  ) AS risk,
  l.detected_by, l.detection_delay_us, l.heard_until, l.words_until, l.words_state
FROM live l JOIN account a ON a.id = l.account_id;
