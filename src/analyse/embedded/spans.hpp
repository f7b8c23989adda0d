// SPDX-License-Identifier: Apache-2.0
// The stretches of a window that are scored: its sentences, and where nobody wrote a full stop
// (speech recognition often does not) overlapping runs of 8, 11 and 16 words.
#pragma once
#include <cstddef>
#include <vector>

#include "analyse/embedded/tokens.hpp"

namespace vigie::analyse {

inline constexpr std::size_t longest_span = 24;

struct TokenSpan {
  std::size_t first;
  std::size_t last;  // included
};

// Sentences first, then long runs before short ones; none is longer than longest_span.
std::vector<TokenSpan> spans_of(const std::vector<Token>& tokens);

// The same, and runs of every sentence longer than a run, close together: for windows in which
// somebody tries to drown what is said in neutral words.
std::vector<TokenSpan> fine_spans_of(const std::vector<Token>& tokens);

}  // namespace vigie::analyse
