// SPDX-License-Identifier: Apache-2.0
// Moments and durations. Everything stored is UTC microseconds; everything shown is RFC 3339.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace vigie {

using Span = std::chrono::microseconds;
using Time = std::chrono::time_point<std::chrono::system_clock, Span>;

// "2026-11-22T17:20:05.120Z": milliseconds, always UTC.
std::string to_rfc3339(Time time);

// Accepts any RFC 3339 date-time (offset or Z, any fraction). Errc::invalid otherwise.
Result<Time> parse_rfc3339(std::string_view text);

constexpr std::int64_t to_micros(Time time) {
  return time.time_since_epoch().count();
}
constexpr Time from_micros(std::int64_t micros) {
  return Time{Span{micros}};
}
constexpr double to_seconds(Span span) {
  return std::chrono::duration<double>(span).count();
}
constexpr Span from_seconds(double seconds) {
  return std::chrono::duration_cast<Span>(std::chrono::duration<double>(seconds));
}

}  // namespace vigie
