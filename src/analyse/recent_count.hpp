// SPDX-License-Identifier: Apache-2.0
// How often something happened in the last hour, to the minute. Pure.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace vigie::analyse {

class RecentCount {
 public:
  // now: of a steady clock.
  void add(Span now) {
    forget(now);
    ++counts_[slot(minute_)];
    ++sum_;
  }

  std::int64_t last_hour(Span now) {
    forget(now);
    return sum_;
  }

 private:
  static constexpr std::int64_t minutes = 60;
  static std::size_t slot(std::int64_t minute) {
    return static_cast<std::size_t>(minute % minutes);
  }

  void forget(Span now) {
    const auto minute = std::chrono::duration_cast<std::chrono::minutes>(now).count();
    if (minute - minute_ >= minutes) {
      counts_ = {};
      sum_ = 0;
      minute_ = minute;
    }
    for (; minute_ < minute;) {
      ++minute_;
      sum_ -= counts_[slot(minute_)];
      counts_[slot(minute_)] = 0;
    }
  }

  std::array<std::int64_t, minutes> counts_{};
  std::int64_t minute_ = 0;
  std::int64_t sum_ = 0;
};

}  // namespace vigie::analyse
