-- SPDX-License-Identifier: Apache-2.0
-- How each live was noticed and how late, who is the same person under another name, and which
-- process watches a platform.

-- 'api_live', 'room_info', 'socket', 'restart' (at the first look after one), 'stream'.
ALTER TABLE live ADD COLUMN detected_by TEXT NOT NULL DEFAULT 'api_live';
-- From its start to its notice; NULL when nobody can know.
ALTER TABLE live ADD COLUMN detection_delay_us BIGINT;

CREATE INDEX account_by_stable_id ON account (platform, stable_id);

CREATE TABLE watch_lead (
  platform TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);

DROP VIEW live_view;
CREATE VIEW live_view AS
SELECT l.id, l.account_id, a.platform, a.username, l.room, l.state, l.title, l.started_at, l.detected_at,
  l.ended_at, l.viewers, l.peak_viewers, l.capture, l.capture_reason,
  (SELECT COUNT(*) FROM gap g WHERE g.live_id = l.id) AS gaps,
  (SELECT MAX(s.end_us) FROM segment s WHERE s.live_id = l.id) AS heard_to,
  (SELECT MAX(x.risque_score) FROM assessment x
    WHERE x.live_id = l.id AND x.end_us > (SELECT MAX(y.end_us) FROM assessment y WHERE y.live_id = l.id) - 600000000
  ) AS risk,
  l.detected_by, l.detection_delay_us
FROM live l JOIN account a ON a.id = l.account_id;
