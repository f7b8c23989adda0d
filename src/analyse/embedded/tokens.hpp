// SPDX-License-Identifier: Apache-2.0
// Speech cut into words that a lexicon can look up: folded, disguises undone, and each with its
// place in the original text, so that whatever is found can be quoted to the letter.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vigie::analyse {

struct Token {
  std::string word;       // folded, de-leeted, at most 48 bytes
  std::size_t begin = 0;  // bytes of the original text
  std::size_t end = 0;
  std::size_t sentence = 0;  // which sentence it belongs to, from 0
  bool quoted = false;       // between quotation marks
};

// Words of text in order. Elisions and hyphens separate ("l'arabe", "sous-homme"), links are
// dropped, digits and signs standing for letters are read as letters ("s4le", "@rabes"), letters
// said one by one are joined ("r a t s"), a letter held is said once ("saaale"). Linear in the
// text.
std::vector<Token> tokenise(std::string_view text);

}  // namespace vigie::analyse
