// SPDX-License-Identifier: Apache-2.0
// What a person pastes to follow many accounts at once, taken apart: one name a line, commas, whole
// sentences with @names and links.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vigie::watch {

inline constexpr std::size_t most_typed_accounts = 1000;

struct TypedAccount {
  std::int64_t line = 0;  // from 1
  std::string typed;      // one name or address, or the whole line where none was found in it
};

// On a line of single words, apart by commas, semicolons or tabs, each word is a name or an
// address. A line with several words in a row is a sentence: its @names, TikTok links and stream:
// addresses count, its other words do not. Empty lines count for nothing. Errc::invalid beyond
// most_typed_accounts.
Result<std::vector<TypedAccount>> parse_typed_accounts(std::string_view text);

}  // namespace vigie::watch
