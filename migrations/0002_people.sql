-- SPDX-License-Identifier: Apache-2.0
-- Sign-in tries, as the theoretical arrival time of GCRA. The key is the SHA-256 of a name that was
-- typed or of an address: neither is kept.

CREATE TABLE auth_throttle (
  key_sha256 TEXT PRIMARY KEY,
  arrival BIGINT NOT NULL
);
CREATE INDEX auth_throttle_by_arrival ON auth_throttle (arrival);
CREATE INDEX session_by_expiry ON session (expires_at);
