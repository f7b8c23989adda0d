-- Where an account alerts otherwise than the rest; what is NULL stays as it is for the rest.
CREATE TABLE alert_rule (
  account_id TEXT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  risk_threshold DOUBLE PRECISION,
  hate_alerts BOOLEAN NOT NULL DEFAULT TRUE,
  cooldown_us BIGINT,
  changed_at BIGINT NOT NULL,
  changed_by TEXT REFERENCES person (id) ON DELETE SET NULL
);
