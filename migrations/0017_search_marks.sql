-- SPDX-License-Identifier: Apache-2.0
-- Every segment is put into the index again, the newest first: it also says the language now.
INSERT INTO segment_backlog (segment_id) SELECT id FROM segment WHERE TRUE ON CONFLICT DO NOTHING;
