// SPDX-License-Identifier: Apache-2.0
#include "capture/live_clock.hpp"

#include <algorithm>
#include <utility>

namespace vigie::capture {
namespace {

// Between two packets of a stream that flows lie 21 to 128 ms.
constexpr Span longest_step{std::chrono::seconds{1}};
// The decoder lags a packet and encoders round: below this the samples count, not the timestamps.
constexpr Span tolerance{std::chrono::milliseconds{250}};

}  // namespace

void LiveClock::move_to(Span position) {
  origin_ = position;
  samples_ = 0;
  position_ = position;
}

LiveClock::Place LiveClock::jump(Span timestamp, Span arrival, std::optional<Span> lost) {
  Place place;
  place.is_jump = last_arrival_.has_value() && lost != Span{0};
  // Behind the wall clock, and by no more than we were deaf: servers replay a few seconds at
  // connect.
  const Span deaf = last_arrival_ ? arrival - *last_arrival_ : arrival - position_;
  const Span missing = std::max(Span{0}, lost ? *lost : std::min(deaf, arrival - position_));
  move_to(position_ + missing);
  // Before the first sound of a live nothing was lost: we were not there.
  place.skipped = std::exchange(has_past_, true) ? missing : Span{0};
  place.at = position_;
  is_anchored_ = true;
  anchor_at_ = position_;
  anchor_timestamp_ = timestamp;
  return place;
}

LiveClock::Place LiveClock::place(Span timestamp, Span arrival, std::optional<Span> lost) {
  const Span step = timestamp - last_timestamp_;
  const bool flows = !lost && is_anchored_ && step > -tolerance && step <= longest_step;
  Place place;
  if (!flows) {
    place = jump(timestamp, arrival, lost);
  } else {
    const Span expected = anchor_at_ + (timestamp - anchor_timestamp_);
    if (expected > position_ + tolerance) {
      place.skipped = expected - position_;
      place.is_jump = true;
      move_to(expected);
    } else if (expected < position_ - tolerance) {
      anchor_at_ = position_;
      anchor_timestamp_ = timestamp;
    }
    place.at = position_;
  }
  last_timestamp_ = timestamp;
  last_arrival_ = arrival;
  return place;
}

}  // namespace vigie::capture
