// SPDX-License-Identifier: Apache-2.0
// Which utterances are heard together. Pure.
#pragma once
#include <algorithm>
#include <cstddef>

#include "base/time.hpp"

namespace vigie::transcribe {

// Utterances heard together are heard as if each were as long as the longest, and the first has its
// words when the last has: so they are of about one length, and not too much in all.
class Company {
 public:
  // most: how many; at least one is always admitted.
  explicit Company(std::size_t most) : most_{most} {}

  bool admits(Span duration) const {
    if (count_ == 0) {
      return true;
    }
    const auto longest = std::max(longest_, duration);
    return count_ < most_ && longest - std::min(shortest_, duration) <= most_apart &&
           longest * static_cast<int>(count_ + 1) <= most_sound;
  }

  void add(Span duration) {
    longest_ = std::max(longest_, duration);
    shortest_ = count_ == 0 ? duration : std::min(shortest_, duration);
    ++count_;
  }

  bool is_full() const { return count_ >= most_; }

 private:
  // Encoding three seconds of nothing costs Whisper half of what company saves (measured).
  static constexpr Span most_apart{3'000'000};
  static constexpr Span most_sound{36'000'000};

  std::size_t most_;
  std::size_t count_ = 0;
  Span longest_{0};
  Span shortest_{0};
};

}  // namespace vigie::transcribe
