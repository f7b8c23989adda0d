// SPDX-License-Identifier: Apache-2.0
// What several of TikTok's answers hold: ids, decimal text beyond 2^53 which some give as numbers,
// and starts of lives.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/time.hpp"

namespace vigie::platform::tiktok {

inline bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 20 && text != "0" &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Empty when there is none.
inline std::string id_at(const json::value& value, std::string_view path) {
  auto text = get_string(value, path).value_or("");
  if (text.empty()) {
    const auto number = get_integer(value, path);
    text = number && *number > 0 ? std::to_string(*number) : "";
  }
  return is_id(text) ? text : std::string{};
}

// Seconds since 1970 as a time, or 1970 itself when that is no plausible start of a live.
inline Time plausible_start(std::int64_t seconds) {
  constexpr std::int64_t tiktok_began = 1'470'000'000;  // 2016
  constexpr std::int64_t far_future = 4'102'444'800;    // 2100
  return seconds > tiktok_began && seconds < far_future ? Time{std::chrono::seconds{seconds}}
                                                        : Time{};
}

}  // namespace vigie::platform::tiktok
