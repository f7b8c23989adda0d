// SPDX-License-Identifier: Apache-2.0
// Sound inside Vigie: 16 kHz, mono, float in [-1, 1].
#pragma once
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace vigie::media {

inline constexpr std::int64_t sample_rate = 16'000;

constexpr Span duration_of(std::size_t samples) {
  return Span{static_cast<std::int64_t>(samples) * 1'000'000 / sample_rate};
}
constexpr std::size_t samples_in(Span span) {
  return static_cast<std::size_t>(span.count() * sample_rate / 1'000'000);
}

}  // namespace vigie::media
