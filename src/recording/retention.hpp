// SPDX-License-Identifier: Apache-2.0
// Forgets sound whose time is over, and makes room when the disk is nearly full.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "async/worker_pool.hpp"
#include "base/result.hpp"
#include "blob/blob_store.hpp"
#include "db/database.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

namespace vigie::recording {

struct RetentionRules {
  Span sound{std::chrono::hours{72}};           // after the end of its live
  Span sound_of_alert{std::chrono::days{365}};  // after the alert was last touched, once decided
  // Sound whose words are not written yet is kept longer than `sound`, but no longer than this
  // after the end of its live: perhaps nobody can write them.
  Span sound_without_words{std::chrono::days{7}};
  Span around_alert{std::chrono::minutes{2}};             // on both sides of an alert's clip
  std::uint64_t reserve_bytes = std::uint64_t{1} << 30U;  // that must stay free on the disk
};

class Retention {
 public:
  // Times between two sweeps for what is over its time, and between two looks at the disk.
  static constexpr Span sweep_interval = std::chrono::minutes{10};
  static constexpr Span look_interval = std::chrono::seconds{5};

  // pool: for the disk.
  Retention(db::Database& database, BlobStore& blobs, WorkerPool& pool, Clock& clock, log::Log& log,
            metrics::Registry& metrics, RetentionRules rules);

  // Until cancelled.
  Async<> run();

  // Removes the sound that is over its time: of lives ended `rules.sound` ago, but not before its
  // words are there, not near an alert that nobody decided or that was decided less than
  // `rules.sound_of_alert` ago, and not of a live that is held. The rows and their hashes stay. How
  // many pieces.
  Async<Result<std::int64_t>> sweep();

  // False while the disk is nearly full: nothing may be captured that cannot be kept. Becomes true
  // again by itself, a tenth of the reserve above it.
  bool has_room() const { return has_room_; }

  // Looks at the disk now; when it is nearly full, removes the oldest sound of ended lives that
  // nobody needs, whatever its age, until there is room.
  Async<> look_at_disk();

 private:
  struct Piece {
    std::string live_id;
    std::int64_t sequence = 0;
    std::string blob_key;
  };
  using Pieces = std::vector<Piece>;
  Async<Result<std::int64_t>> remove_pieces(Time ended_before);
  Async<Result<Pieces>> purgeable(Time ended_before);
  Async<Result<>> mark_purged(Pieces pieces);
  static Result<> note_removal(db::Transaction& tx, const Pieces& pieces, Time now);
  Async<Result<>> remove_bytes(const Pieces& pieces);
  Async<Result<std::uint64_t>> free_bytes();
  void note_room(std::uint64_t free);

  db::Database& database_;
  BlobStore& blobs_;
  WorkerPool& pool_;
  Clock& clock_;
  log::Log& log_;
  metrics::Registry& metrics_;
  RetentionRules rules_;
  bool has_room_ = true;
  Span swept_at_{0};
};

}  // namespace vigie::recording
