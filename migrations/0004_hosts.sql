-- How each host that is asked treats us, shared by all processes (platform/pace.hpp says what the
-- columns mean); one write every few seconds, not one a request.
CREATE TABLE platform_host (
  host TEXT PRIMARY KEY,
  share DOUBLE PRECISION NOT NULL,
  grown_at BIGINT NOT NULL,
  blocks BIGINT NOT NULL,
  reason TEXT NOT NULL,
  blocked_since BIGINT NOT NULL,
  refused_at BIGINT NOT NULL,
  paused_until BIGINT NOT NULL,
  holder TEXT NOT NULL,
  held_until BIGINT NOT NULL,
  waiting TEXT NOT NULL
);
