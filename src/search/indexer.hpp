// SPDX-License-Identifier: Apache-2.0
// Keeps the full-text index: takes in the segments that triggers said are waiting, those of before
// the index existed included.
#pragma once
#include <cstdint>
#include <memory>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "async/signal.hpp"
#include "base/result.hpp"
#include "bus/bus.hpp"
#include "db/database.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

namespace vigie::search {

// Takes in up to `limit` waiting segments, the newest first, in one transaction; returns how many.
// Any number of processes may do so.
Async<Result<std::int64_t>> index_waiting(db::Database& database, std::int64_t limit);

class Indexer {
 public:
  Indexer(const asio::any_io_executor& executor, db::Database& database, Bus& bus, Clock& clock,
          log::Log& log, metrics::Registry& metrics);

  // Works on each hint, and every 2 s in case one was lost. Until cancelled.
  Async<> run();

 private:
  Async<> take_in_all();

  db::Database& database_;
  Clock& clock_;
  log::Log& log_;
  Signal news_;
  std::unique_ptr<Subscription> on_events_;
  metrics::Counter& indexed_;
};

}  // namespace vigie::search
