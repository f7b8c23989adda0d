// SPDX-License-Identifier: Apache-2.0
// The only door to time; tests pass a ManualClock (async/clock_fake.hpp).
#pragma once
#include "async/async.hpp"
#include "base/time.hpp"

namespace vigie {

class Clock {
 public:
  virtual ~Clock() = default;

  // Wall clock, for what is stored and shown. May be called from any thread.
  virtual Time now() const = 0;

  // Time since an arbitrary start that never goes back, for durations and deadlines. Any thread.
  virtual Span steady() const = 0;

  // Returns once `duration` has passed on the steady clock. Unwinds when cancelled.
  virtual Async<> sleep(Span duration) = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override;
  Span steady() const override;
  Async<> sleep(Span duration) override;
};

}  // namespace vigie
