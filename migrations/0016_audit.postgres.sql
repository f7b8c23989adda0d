-- SPDX-License-Identifier: Apache-2.0
-- A guard against accidents, not against whoever owns the database: the hashes are for that.
CREATE FUNCTION audit_line_is_for_good() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'lines of the audit are never changed nor removed'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_line_is_for_good BEFORE UPDATE OR DELETE ON audit_line
  FOR EACH ROW EXECUTE FUNCTION audit_line_is_for_good();
CREATE TRIGGER audit_line_is_not_emptied BEFORE TRUNCATE ON audit_line
  FOR EACH STATEMENT EXECUTE FUNCTION audit_line_is_for_good();
