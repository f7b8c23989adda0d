// SPDX-License-Identifier: Apache-2.0
// Which lives are heard first when there is not time for all: those with an alert that nobody has
// decided, then by what their followers said, then by how many watch.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "db/database.hpp"
#include "log/log.hpp"

namespace vigie::transcribe {

// 1 for a live of which nothing is known; an alert counts four times, each step of priority (0 to
// 2) half as much again, and ten times the viewers a fifth.
double urgency_of(bool has_open_alert, std::int64_t priority, std::int64_t viewers);

// Reads them every few seconds. For the I/O thread.
class Urgencies {
 public:
  static constexpr Span interval{5'000'000};

  Urgencies(db::Database& database, Clock& clock, log::Log& log)
      : database_{database}, clock_{clock}, log_{log} {}

  // Until cancelled.
  Async<> run();

  // Of all lives that go on or whose words are not done.
  Async<Result<>> look();

  double of(std::string_view live_id) const;

 private:
  using Known = std::map<std::string, double, std::less<>>;

  db::Database& database_;
  Clock& clock_;
  log::Log& log_;
  Known known_;
};

}  // namespace vigie::transcribe
