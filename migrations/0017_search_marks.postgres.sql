-- SPDX-License-Identifier: Apache-2.0
DROP TRIGGER segment_changed ON segment;
CREATE TRIGGER segment_changed AFTER UPDATE OF text, start_us, live_id, language ON segment
  FOR EACH ROW EXECUTE FUNCTION segment_waits();
