-- SPDX-License-Identifier: Apache-2.0
-- Named lists of accounts, each person's own.
CREATE TABLE account_list (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (person_id, name_folded)
);

CREATE TABLE account_list_entry (
  list_id TEXT NOT NULL REFERENCES account_list (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  PRIMARY KEY (list_id, account_id)
);
CREATE INDEX account_list_entry_by_account ON account_list_entry (account_id);
