// SPDX-License-Identifier: Apache-2.0
// Words that were put off of lives that nobody captures any more: takes those lives in hand by
// their lease, like a capture, and has their archive heard to its end.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "async/task_group.hpp"
#include "db/database.hpp"
#include "domain/live.hpp"
#include "log/log.hpp"
#include "transcribe/transcription.hpp"

namespace vigie::transcribe {

// The leases of such lives: over, stopped, or refused to us, with sound that has no words.
class LeftoverLeases {
 public:
  // owner: unlike any other process's.
  LeftoverLeases(db::Database& database, std::string owner, Span ttl = std::chrono::seconds{6})
      : database_{database}, owner_{std::move(owner)}, ttl_{ttl} {}

  // Up to limit of them that are in nobody's hands, the oldest first.
  Async<Result<std::vector<LiveClaim>>> claim(std::int64_t limit);

  // Prolongs a lease. False: it is lost, or the live is wanted by captures again.
  Async<Result<bool>> renew(LiveClaim claim);

  // Gives a live back at once; harmless when it was lost.
  Async<Result<>> release(LiveClaim claim);

 private:
  db::Database& database_;
  std::string owner_;
  Span ttl_;
};

class Leftovers {
 public:
  static constexpr std::int64_t most = 4;  // lives at a time; the rest is for other processes
  static constexpr Span look_interval{2'000'000};
  static constexpr Span renewal{1'500'000};

  Leftovers(asio::any_io_executor executor, LeftoverLeases leases, Transcription& transcription,
            Clock& clock, log::Log& log);
  ~Leftovers();

  // Until cancelled; then gives the leases back.
  Async<> run();

 private:
  struct Running;

  Async<> look();
  Async<> keep();
  Async<> hear(Running& running);
  Async<> give_back(LiveClaim claim);

  asio::any_io_executor executor_;
  LeftoverLeases leases_;
  Transcription& transcription_;
  Clock& clock_;
  log::Log& log_;
  std::map<std::string, std::unique_ptr<Running>> running_;
};

}  // namespace vigie::transcribe
