// SPDX-License-Identifier: Apache-2.0
// The sound that was kept of a live, cut to be heard: read by people, held beyond its time when
// somebody says why, and forgotten when its time is over.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "async/worker_pool.hpp"
#include "audit/audit.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "blob/blob_store.hpp"
#include "db/database.hpp"
#include "domain/sight.hpp"
#include "recording/clip_cache.hpp"

namespace vigie::recording {

// A person keeps the record of a live beyond its retention, until a date that always comes.
struct Hold {
  std::string id;
  std::string live_id;
  std::string reason;
  std::string person_id;  // who placed it; empty when that person is gone
  Time placed_at;
  Time until;
  std::optional<Time> released_at;
};

class Recordings {
 public:
  // What is asked for at once; more is Errc::invalid.
  static constexpr Span longest_clip = std::chrono::hours{1};
  static constexpr Span longest_hold = std::chrono::days{366};
  static constexpr std::size_t longest_reason = 500;

  // pool: for the disk and for muxing.
  Recordings(db::Database& database, BlobStore& blobs, WorkerPool& pool, Clock& clock, Ids& ids)
      : database_{database}, blobs_{blobs}, pool_{pool}, clock_{clock}, ids_{ids} {}

  // The sound of a live between two moments of it; to absent: as long as there is, at most
  // longest_clip. What is missing between two pieces is silent, so that moments stay where they
  // were. Errc::not_found: a live this person may not see, or nothing of it is kept (any more)
  // there; Errc::invalid: moments that make no sense; Errc::corrupt: what is kept is damaged.
  Async<Result<Clip>> cut(std::string live_id, Sight sight, Span from, std::optional<Span> to);

  // Newest first. Errc::not_found as above.
  Async<Result<std::vector<Hold>>> holds(std::string live_id, Sight sight);
  // Errc::invalid: no reason, a longer one than longest_reason, an end that is past or too far.
  Async<Result<Hold>> place_hold(std::string live_id, Sight sight, std::string reason, Time until,
                                 audit::By by = {});
  // Errc::not_found also for one released before.
  Async<Result<Hold>> release_hold(std::string hold_id, Sight sight, audit::By by = {});

 private:
  struct Piece {
    std::string codec;
    Span start{0};
    Span end{0};
    std::string sha256;
    std::string blob_key;
  };
  Async<Result<std::vector<Piece>>> pieces(std::string live_id, Sight sight, Span from, Span to);
  Async<Result<std::string>> mux(std::vector<Piece> pieces, Span from, Span to);

  db::Database& database_;
  BlobStore& blobs_;
  WorkerPool& pool_;
  Clock& clock_;
  Ids& ids_;
  ClipCache cache_;
};

}  // namespace vigie::recording
