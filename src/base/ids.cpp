// SPDX-License-Identifier: Apache-2.0
#include "base/ids.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace vigie {
namespace {
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
}

std::string Ids::next(Time now) {
  const std::scoped_lock lock{mutex_};
  const auto millis = static_cast<std::uint64_t>(std::max<std::int64_t>(to_micros(now), 0) / 1000);
  if (millis > last_millis_) {
    last_millis_ = millis;
    std::array<std::uint8_t, 10> bytes{};
    random_.fill(bytes);
    std::memcpy(&low_, bytes.data(), 8);
    std::memcpy(&high_, bytes.data() + 8, 2);
    high_ &= 0x7FFFU;  // room to count up without wrapping
  } else if (++low_ == 0) {
    ++high_;
  }

  std::string id(26, '0');
  auto time = last_millis_;
  for (std::size_t i = 10; i-- > 0; time >>= 5U) {
    id[i] = alphabet[time & 31U];
  }
  auto low = low_;
  std::uint64_t high = high_;
  for (std::size_t i = 26; i-- > 10;) {
    id[i] = alphabet[low & 31U];
    low = (low >> 5U) | (high << 59U);
    high >>= 5U;
  }
  return id;
}

bool is_plausible_id(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           c == '-';
  };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, allowed);
}

}  // namespace vigie
