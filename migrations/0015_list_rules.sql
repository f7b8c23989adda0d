-- Where the accounts of a list alert otherwise than the rest; what is NULL the list says nothing of.
-- A list speaks while its owner is a moderator or an administrator; an account's own rule goes first.
CREATE TABLE list_alert_rule (
  list_id TEXT PRIMARY KEY REFERENCES account_list (id) ON DELETE CASCADE,
  risk_threshold DOUBLE PRECISION,
  hate_alerts BOOLEAN,
  cooldown_us BIGINT,
  changed_at BIGINT NOT NULL
);
