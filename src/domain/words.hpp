// SPDX-License-Identifier: Apache-2.0
// The two directions between an enum and its words, from one table.
#pragma once
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "base/text.hpp"

namespace vigie {

template <class Enum, std::size_t N>
using Words = std::array<std::pair<Enum, std::string_view>, N>;

template <class Enum, std::size_t N>
std::string_view word_of(const Words<Enum, N>& words, Enum value) {
  return std::ranges::find(words, value, &std::pair<Enum, std::string_view>::first)->second;
}

template <class Enum, std::size_t N>
Result<Enum> parse_word(const Words<Enum, N>& words, std::string_view what, std::string_view text) {
  const auto found = std::ranges::find(words, text, &std::pair<Enum, std::string_view>::second);
  if (found == words.end()) {
    return make_error(Errc::invalid, "'{}' is not {}", cut_utf8(text, 40), what);
  }
  return found->first;
}

}  // namespace vigie
