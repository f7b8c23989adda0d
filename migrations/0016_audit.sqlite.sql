-- SPDX-License-Identifier: Apache-2.0
-- A guard against accidents, not against whoever owns the file: the hashes are for that.
CREATE TRIGGER audit_line_stays BEFORE DELETE ON audit_line BEGIN
  SELECT RAISE(ABORT, 'lines of the audit are never removed');
END;
CREATE TRIGGER audit_line_is_as_it_is BEFORE UPDATE ON audit_line BEGIN
  SELECT RAISE(ABORT, 'lines of the audit are never changed');
END;
