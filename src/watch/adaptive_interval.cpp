// SPDX-License-Identifier: Apache-2.0
#include "watch/adaptive_interval.hpp"

#include <algorithm>
#include <array>

namespace vigie::watch {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr Span habit_memory = days{56};
constexpr Span recent = days{3};
constexpr Span silence = days{30};
constexpr std::size_t hours_a_day = 24;

// 1970-01-01 was a Thursday.
std::size_t hour_of_week(Time moment) {
  constexpr std::int64_t thursday = 3;
  const auto hour = std::chrono::floor<hours>(moment.time_since_epoch()).count();
  constexpr std::int64_t week = 7 * 24;
  return static_cast<std::size_t>(((hour + thursday * 24) % week + week) % week);
}

double activity_factor(const Interest& interest, Time now) {
  if (!interest.last_live_at) {
    return 1;
  }
  const Span age = now - *interest.last_live_at;
  if (age < recent) {
    return 0.75;
  }
  return age > silence ? 2 : 1;
}

double interest_factor(const Interest& interest) {
  constexpr std::array<double, 3> by_priority{1, 0.7, 0.4};
  const auto priority = static_cast<std::size_t>(std::clamp(interest.priority, 0, 2));
  return by_priority.at(priority) * (interest.followers >= 3 ? 0.8 : 1);
}

}  // namespace

Habits::Habits(const std::vector<Time>& starts, Time now) {
  std::array<std::bitset<7>, hours_a_day> weekdays_of_hour;
  const auto mark = [this](std::size_t hour) {
    for (const auto near : {hours_a_week - 1, hours_a_week, hours_a_week + 1}) {
      hours_.set((hour + near) % hours_a_week);
    }
  };
  for (const auto start : starts) {
    if (start > now || now - start > habit_memory) {
      continue;
    }
    const auto hour = hour_of_week(start);
    mark(hour);
    weekdays_of_hour.at(hour % hours_a_day).set(hour / hours_a_day);
  }
  for (std::size_t hour = 0; hour < hours_a_day; ++hour) {
    if (weekdays_of_hour.at(hour).count() < 2) {
      continue;
    }
    for (std::size_t day = 0; day < 7; ++day) {
      mark(day * hours_a_day + hour);
    }
  }
}

bool Habits::hold(Time moment) const {
  return hours_.test(hour_of_week(moment));
}

Span wished_interval(const IntervalLimits& limits, const Habits& habits, const Interest& interest,
                     Time now) {
  double factor = activity_factor(interest, now) * interest_factor(interest);
  if (habits.are_known()) {
    factor *= habits.hold(now) ? 0.5 : 1.5;
  }
  if (interest.status == AccountStatus::offline) {
    factor *= 4;
  }
  const auto wished = from_seconds(to_seconds(limits.usual) * factor);
  return std::clamp(wished, std::min(limits.shortest, limits.usual),
                    std::max(limits.longest, limits.usual));
}

}  // namespace vigie::watch
