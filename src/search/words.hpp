// SPDX-License-Identifier: Apache-2.0
// What a word is, for search: the same for the index, for the question and for both engines, so
// that they cannot disagree. "L’École" and "ecoles" are one word.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vigie::search {

struct Word {
  std::string stem;  // what is compared: folded, then French Snowball; a-z, 0-9 and bytes ≥ 0x80
  std::string form;  // folded only, for prefixes
  std::size_t begin = 0;  // where it stands in the text, in bytes
  std::size_t end = 0;
};

// Elided little words (l’, d’, qu’ …) are dropped, hyphens part words, œ is oe. A word longer than
// 60 bytes is cut.
std::vector<Word> words_of(std::string_view text);

}  // namespace vigie::search
