// SPDX-License-Identifier: Apache-2.0
#include "platform/pace.hpp"

#include <algorithm>

namespace vigie::platform {

std::optional<Span> Pace::reserve(Span now, double random) {
  if (blocks_ >= limits_.blocks_allowed) {
    if (now < paused_until_ || canary_is_out_) {
      return std::nullopt;
    }
    canary_is_out_ = true;
  }
  const Span at = std::max(now, next_free_);
  const double distance = (1 + limits_.jitter * (2 * random - 1)) / limits_.requests_per_second;
  next_free_ = at + from_seconds(distance);
  return at;
}

void Pace::answered(Span now, bool is_blocked, Span retry_after, std::string_view reason,
                    double random) {
  canary_is_out_ = false;
  if (!is_blocked) {
    blocks_ = 0;
    reason_.clear();
    return;
  }
  if (now < paused_until_ && blocks_ >= limits_.blocks_allowed) {
    return;  // sent before the pause began: it says nothing new
  }
  ++blocks_;
  reason_ = reason;
  if (blocks_ < limits_.blocks_allowed) {
    return;
  }
  const int doublings = std::min(blocks_ - limits_.blocks_allowed, 20);
  const Span wished =
      std::min<Span>(limits_.first_pause * (std::int64_t{1} << doublings), limits_.longest_pause);
  const Span jittered = from_seconds(to_seconds(wished) * (1 + limits_.jitter * random));
  paused_until_ = now + std::max(jittered, retry_after);
}

}  // namespace vigie::platform
