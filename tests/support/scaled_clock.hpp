// SPDX-License-Identifier: Apache-2.0
// A clock that runs faster than the world's: a minute of a live passes in seconds, in order. For
// tests of the whole process; what measures only logic takes a ManualClock.
#pragma once
#include "async/clock.hpp"

namespace vigie::testing {

class ScaledClock final : public Clock {
 public:
  explicit ScaledClock(int factor)
      : factor_{factor}, wall_start_{real_.now()}, steady_start_{real_.steady()} {}

  Time now() const override { return wall_start_ + steady(); }
  Span steady() const override { return (real_.steady() - steady_start_) * factor_; }
  Async<> sleep(Span duration) override { return real_.sleep(duration / factor_); }

 private:
  SystemClock real_;
  int factor_;
  Time wall_start_;
  Span steady_start_;
};

}  // namespace vigie::testing
