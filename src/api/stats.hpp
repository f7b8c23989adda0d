// SPDX-License-Identifier: Apache-2.0
// Figures of a period: lives, alerts, decisions, delays. For GET /stats.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "domain/sight.hpp"

namespace vigie::api {

// What began in a quarter of an hour (UTC): every zone's days begin at one.
struct QuarterCount {
  Time start;
  std::int64_t count = 0;
  Span length{0};  // of lives
};

struct Percentiles {
  std::optional<double> p50_s;  // nothing: there was nothing to measure
  std::optional<double> p95_s;
};

using Counts = std::map<std::string, std::int64_t>;

struct Stats {
  std::vector<QuarterCount> lives;   // by their start
  std::vector<QuarterCount> alerts;  // by their opening
  Counts alerts_by_kind;
  Counts alerts_by_severity;
  Counts decisions_by_verdict;
  Counts false_alarm_causes;
  Percentiles live_to_known;      // from the start of a live to our notice
  Percentiles words;              // from the end of an utterance to its text, of the last 20,000
  Percentiles alert_to_claim;     // to the first hand that took it
  Percentiles alert_to_decision;  // to the first decision that stands
};

// Of [from, to); a live that is on air counts until now.
Async<Result<Stats>> read_stats(db::Database& database, Sight sight, Time from, Time to, Time now);

}  // namespace vigie::api
