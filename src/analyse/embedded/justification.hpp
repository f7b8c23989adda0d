// SPDX-License-Identifier: Apache-2.0
// The reasons of a judgement in words a reader can check: the span, what it does, what turns it
// round, and how far the analyser can be trusted.
#pragma once
#include <string>

#include "analyse/embedded/features.hpp"
#include "analyse/embedded/spans.hpp"
#include "domain/assessment.hpp"

namespace vigie::analyse {

// What was seen in the strongest span.
struct Finding {
  TokenSpan span{0, 0};
  std::string quote;              // the same to the letter
  Family manner = Family::group;  // the most telling thing said; group: nothing but the name
  bool names_group = false;       // a group, or a word made to wound one
  bool negated = false;
  bool reported = false;   // somebody else's words, or between quotation marks
  bool condemned = false;  // the sentence is about such words
};

Finding finding_of(const std::vector<Token>& tokens, const std::vector<Word>& words,
                   TokenSpan span);

std::string justification_of(const Judgement& judgement, const Finding& finding);

}  // namespace vigie::analyse
