// SPDX-License-Identifier: Apache-2.0
// Who works on which live, proved by leases in the database's own time, and what they record of it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "bus/bus.hpp"
#include "capture/journal.hpp"
#include "db/database.hpp"
#include "domain/live.hpp"

namespace vigie::capture {

// A live in our hands, as it stands.
struct Work {
  LiveClaim claim;
  std::string platform;
  std::string username;
  std::string room;
  Time started_at;
  LiveState state = LiveState::live;
  std::optional<Time> ended_at;
  bool is_wanted = true;
  CaptureState capture = CaptureState::none;
  std::string capture_reason;
  Span heard_until{0};             // 0: nothing was heard before
  std::int64_t next_sequence = 0;  // of its sound pieces
  std::string last_sha256;         // of the newest piece, empty without one
};

class Captures final : public Journal {
 public:
  // owner: unlike any other process's. ttl: how long a lease lasts without renewal.
  Captures(db::Database& database, Clock& clock, Ids& ids, Bus& bus, std::string owner,
           Span ttl = std::chrono::seconds{6})
      : database_{database},
        clock_{clock},
        ids_{ids},
        bus_{bus},
        owner_{std::move(owner)},
        ttl_{ttl} {}

  // Up to limit open lives that are wanted, have sound to give and are in nobody's hands; each with
  // a token higher than any before.
  Async<Result<std::vector<Work>>> claim(std::int64_t limit);

  // Prolongs those of the leases that are still ours and tells how their lives stand now. What is
  // missing in the answer is lost.
  Async<Result<std::vector<Work>>> renew(std::vector<LiveClaim> claims);

  // Gives a live back at once; harmless when it was lost.
  Async<Result<>> release(LiveClaim claim);

  // Marks the capture of lives that ended in nobody's hands as done; how many.
  Async<Result<std::int64_t>> settle_ended();

  Async<Result<>> set_state(LiveClaim claim, CaptureState state, std::string reason) override;
  Async<Result<>> add_gap(LiveClaim claim, Span from, Span to, std::string reason) override;
  Async<Result<>> add_piece(LiveClaim claim, SoundPiece piece) override;
  Async<Result<>> set_heard_until(LiveClaim claim, Span until) override;

  Span ttl() const { return ttl_; }

 private:
  db::Database& database_;
  Clock& clock_;
  Ids& ids_;
  Bus& bus_;
  std::string owner_;
  Span ttl_;
};

}  // namespace vigie::capture
