// SPDX-License-Identifier: Apache-2.0
// When a remote recogniser may be asked: what it said itself, the hours we pay for, and a breaker.
// Pure but for its lock; any thread.
#pragma once
#include <cstdint>
#include <mutex>
#include <optional>

#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::transcribe {

class Patience {
 public:
  // seconds_per_hour: of sound that is sent; 0: as much as there is.
  explicit Patience(std::int64_t seconds_per_hour) : seconds_per_hour_{seconds_per_hour} {}

  // Nothing, and the sound counted; or why not now, with how long to wait. now: of a steady clock.
  std::optional<Error> refuse(Span sound, Span now);

  void answered();

  // After five failures in a row nobody is asked for 15 s, then for twice as long each time, up to
  // five minutes; what asks for its own patience gets it, for everybody. What was never heard is
  // not counted as spent.
  void failed(const Error& error, Span sound, Span now);

 private:
  const std::int64_t seconds_per_hour_;
  std::mutex mutex_;
  Span hour_since_{0};
  double spent_ = 0;
  Span closed_until_{0};
  Errc closed_by_ = Errc::unavailable;
  std::string closed_because_;
  int failures_ = 0;
  Span pause_{0};
};

}  // namespace vigie::transcribe
