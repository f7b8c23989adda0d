// SPDX-License-Identifier: Apache-2.0
#include "analyse/llm/allowance.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace vigie::analyse {
namespace {

constexpr Span longest_reset = std::chrono::hours{1};

std::optional<double> seconds_of(std::string_view unit) {
  return unit == "h"                   ? std::optional{3600.0}
         : unit == "m"                 ? std::optional{60.0}
         : unit == "s" || unit.empty() ? std::optional{1.0}
         : unit == "ms"                ? std::optional{0.001}
                                       : std::nullopt;
}

}  // namespace

std::optional<Span> parse_reset(std::string_view text) {
  text = trim(text);
  if (text.empty()) {
    return std::nullopt;
  }
  double seconds = 0;
  while (!text.empty()) {
    const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number = to_number(text.substr(0, digits));
    text.remove_prefix(digits);
    const auto letters = std::min(text.find_first_not_of("hms"), text.size());
    const auto unit = seconds_of(text.substr(0, letters));
    if (!number || !unit || (letters == 0 && !text.empty())) {
      return std::nullopt;
    }
    seconds += *number * *unit;
    text.remove_prefix(letters);
  }
  return std::min(from_seconds(std::min(seconds, 1e6)), longest_reset);
}

void Allowance::Quota::read(const http::Headers& headers, std::string_view what, Span now) {
  const auto header = [&](std::string_view which) {
    std::string name{"x-ratelimit-"};
    name.append(which).append("-").append(what);
    return trim(headers.get(name));
  };
  const auto remaining = to_integer(header("remaining"));
  const auto reset = parse_reset(header("reset"));
  if (remaining && reset) {
    limit = to_integer(header("limit"));
    left = remaining;
    full_at = now + *reset;
  }
}

Span Allowance::Quota::wait(std::int64_t need, Span now) const {
  // A limit below what one question needs is the endpoint's to refuse.
  const bool is_full = left && limit && *left >= *limit;
  if (!left || *left >= need || is_full) {
    return Span{0};
  }
  return std::max(full_at - now, Span{0});
}

void Allowance::read(const http::Headers& headers, Span now) {
  requests_.read(headers, "requests", now);
  tokens_.read(headers, "tokens", now);
}

Span Allowance::wait(std::int64_t tokens, Span now) const {
  return std::max(requests_.wait(1, now), tokens_.wait(tokens, now));
}

}  // namespace vigie::analyse
