// SPDX-License-Identifier: Apache-2.0
// How often an account is worth a look: near its usual hours often, after a month of silence
// seldom. Pure.
#pragma once
#include <bitset>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "domain/account.hpp"

namespace vigie::watch {

struct IntervalLimits {
  Span usual{std::chrono::seconds{60}};  // with nothing known that speaks for more or less
  Span shortest{std::chrono::seconds{15}};
  Span longest{std::chrono::minutes{15}};
};

// The hours of the week, UTC, from Monday 00:00, in which a live is likely to begin.
class Habits {
 public:
  Habits() = default;
  // starts: of lives; those older than eight weeks count no more. An hour counts, and the one
  // before and after it: on its weekday after one live, on every day after lives on two weekdays.
  Habits(const std::vector<Time>& starts, Time now);

  bool are_known() const { return hours_.any(); }
  bool hold(Time moment) const;

 private:
  static constexpr std::size_t hours_a_week = 7 * 24;
  std::bitset<hours_a_week> hours_;
};

// What speaks for looking often.
struct Interest {
  int priority = 0;            // the highest any follower gave
  std::int32_t followers = 1;  // of ours
  std::optional<Time> last_live_at;
  AccountStatus status = AccountStatus::unknown;
};

Span wished_interval(const IntervalLimits& limits, const Habits& habits, const Interest& interest,
                     Time now);

}  // namespace vigie::watch
