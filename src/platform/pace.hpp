// SPDX-License-Identifier: Apache-2.0
// Politeness towards one platform: how often it is asked, and when it is left alone. Pure: times
// are given (Clock::steady), randomness too.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace vigie::platform {

// Nobody documents TikTok's limit; peers are blocked above about 20 accounts a minute (failures
// 15).
struct PaceLimits {
  double requests_per_second = 1;
  double jitter = 0.2;     // of the distance between two requests
  int blocks_allowed = 3;  // in a row, before the host is left alone
  Span first_pause{std::chrono::seconds{30}};
  Span longest_pause{std::chrono::minutes{30}};
};

class Pace {
 public:
  explicit Pace(PaceLimits limits) : limits_{limits} {}

  // When the next request may leave (at or after now), or nothing while the host is left alone.
  // After a pause one request goes out alone, and its answer decides for all. random: in [0, 1).
  std::optional<Span> reserve(Span now, double random);

  // What came back. A good answer forgives at once; each block beyond the allowed ones doubles the
  // pause.
  void answered(Span now, bool is_blocked, Span retry_after, std::string_view reason,
                double random);

  // A reserved request never left or never came back.
  void abandoned() { canary_is_out_ = false; }

  bool is_paused(Span now) const {
    return blocks_ >= limits_.blocks_allowed && now < paused_until_;
  }
  Span paused_until() const { return paused_until_; }
  const std::string& reason() const { return reason_; }  // of the last block

 private:
  PaceLimits limits_;
  Span next_free_{0};
  int blocks_ = 0;
  Span paused_until_{0};
  bool canary_is_out_ = false;
  std::string reason_;
};

}  // namespace vigie::platform
