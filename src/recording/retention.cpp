// SPDX-License-Identifier: Apache-2.0
#include "recording/retention.hpp"

#include <utility>

namespace vigie::recording {

Retention::Retention(db::Database& database, BlobStore& blobs, WorkerPool& pool, Clock& clock,
                     log::Log& log, metrics::Registry& metrics, RetentionRules rules)
    : database_{database},
      blobs_{blobs},
      pool_{pool},
      clock_{clock},
      log_{log},
      metrics_{metrics},
      rules_{rules} {}

Async<> Retention::run() {
  bool is_first = true;
  for (;;) {
    co_await look_at_disk();
    if (std::exchange(is_first, false) || clock_.steady() - swept_at_ >= sweep_interval) {
      swept_at_ = clock_.steady();
      const auto removed = co_await sweep();
      if (!removed) {
        log_.warn("sound over its time could not be removed", {{"why", removed.error().what}});
      } else if (*removed > 0) {
        log_.info("sound over its time was removed", {{"pieces", *removed}});
      }
    }
    co_await clock_.sleep(look_interval);
  }
}

Async<Result<std::int64_t>> Retention::sweep() {
  const Time ended_before = clock_.now() - rules_.sound;
  std::int64_t total = 0;
  for (;;) {
    const auto removed = co_await remove_pieces(ended_before);
    if (!removed) {
      co_return removed.error();
    }
    total += *removed;
    if (*removed == 0) {
      co_return total;
    }
  }
}

Async<> Retention::look_at_disk() {
  for (;;) {
    const auto free = co_await free_bytes();
    if (!free) {
      log_.warn("the room on the disk is not known", {{"why", free.error().what}});
      co_return;
    }
    note_room(*free);
    if (has_room_) {
      co_return;
    }
    const auto removed = co_await remove_pieces(clock_.now());
    if (!removed || *removed == 0) {
      co_return;
    }
    log_.warn("sound was removed before its time to make room", {{"pieces", *removed}});
  }
}

// Half a batch removed and the process gone: the next sweep finds the same pieces again.
Async<Result<std::int64_t>> Retention::remove_pieces(Time ended_before) {
  auto pieces = co_await purgeable(ended_before);
  if (!pieces) {
    co_return pieces.error();
  }
  const auto count = static_cast<std::int64_t>(pieces->size());
  if (count == 0) {
    co_return count;
  }
  if (const auto removed = co_await remove_bytes(*pieces); !removed) {
    co_return removed.error();
  }
  if (const auto marked = co_await mark_purged(std::move(*pieces)); !marked) {
    co_return marked.error();
  }
  metrics_.counter("vigie_recording_purged_pieces_total", "Pieces of sound that were removed.")
      .add(static_cast<double>(count));
  co_return count;
}

Async<Result<>> Retention::remove_bytes(const Pieces& pieces) {
  std::function<Result<>(std::stop_token)> job = [this, &pieces](const std::stop_token&) {
    for (const auto& piece : pieces) {
      if (auto removed = blobs_.remove(piece.blob_key); !removed) {
        return removed;
      }
    }
    return Result<>{};
  };
  co_return co_await pool_.run(std::move(job));
}

Async<Result<std::uint64_t>> Retention::free_bytes() {
  std::function<Result<std::uint64_t>(std::stop_token)> job = [this](const std::stop_token&) {
    return blobs_.free_bytes();
  };
  co_return co_await pool_.run(std::move(job));
}

void Retention::note_room(std::uint64_t free) {
  const bool had_room = has_room_;
  const auto enough = had_room ? rules_.reserve_bytes : rules_.reserve_bytes / 10 * 11;
  has_room_ = free >= enough;
  metrics_.gauge("vigie_recording_disk_free_bytes", "Room left where sound is kept.")
      .set(static_cast<double>(free));
  if (had_room && !has_room_) {
    log_.error("the disk is nearly full: capture pauses until there is room",
               {{"free_mb", static_cast<std::int64_t>(free >> 20U)},
                {"reserve_mb", static_cast<std::int64_t>(rules_.reserve_bytes >> 20U)}});
  } else if (!had_room && has_room_) {
    log_.info("there is room on the disk again",
              {{"free_mb", static_cast<std::int64_t>(free >> 20U)}});
  }
}

}  // namespace vigie::recording
