// SPDX-License-Identifier: Apache-2.0
// Where in a live a stretch of sound belongs. Media timestamps are trusted while they flow and
// never across a jump (TikTok's jump at pauses, guests and battles): there the wall clock decides.
// Pure.
#pragma once
#include <cstddef>
#include <optional>

#include "base/time.hpp"
#include "media/pcm.hpp"

namespace vigie::capture {

// Holes up to this are bridged by moving on; longer ones are gaps in the record.
inline constexpr Span least_gap{std::chrono::seconds{1}};

class LiveClock {
 public:
  // from: where an earlier capture of this live stopped; 0 when there was none.
  explicit LiveClock(Span from) : origin_{from}, position_{from}, has_past_{from > Span{0}} {}

  struct Place {
    Span at{0};            // of the packet
    Span skipped{0};       // what is missing before it; at least least_gap makes a gap
    bool is_jump = false;  // what is held back should be settled first
  };

  // A packet with that timestamp is here. arrival: now − the live's start. lost: so much is known
  // to be missing before it, whatever timestamps and arrival say.
  Place place(Span timestamp, Span arrival, std::optional<Span> lost = {});

  // So many samples came out of it. They are counted, not their rounded durations: a live lasts
  // hours.
  void advance(std::size_t samples) {
    samples_ += samples;
    position_ = origin_ + media::duration_of(samples_);
  }

  // The connection was lost: the next timestamp says nothing about the ones before.
  void disconnect() { is_anchored_ = false; }

  Span position() const { return position_; }  // never decreases

 private:
  Place jump(Span timestamp, Span arrival, std::optional<Span> lost);
  void move_to(Span position);

  Span origin_;  // of the samples that were counted without a break
  std::size_t samples_ = 0;
  Span position_;
  bool has_past_;
  bool is_anchored_ = false;
  Span anchor_at_{0};
  Span anchor_timestamp_{0};
  Span last_timestamp_{0};
  std::optional<Span> last_arrival_;
};

}  // namespace vigie::capture
