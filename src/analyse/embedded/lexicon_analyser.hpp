// SPDX-License-Identifier: Apache-2.0
// The judge that needs nothing: words, who they are said of, and what turns them round. A triage
// aid, and it says so in every justification.
#pragma once
#include <memory>
#include <string_view>

#include "analyse/analyser.hpp"

namespace vigie::analyse {

inline constexpr std::string_view lexicon_name = "embedded-lexicon";
inline constexpr std::string_view lexicon_version = "lexicon-1";

// The same judgement without a coroutine: pure, linear in the text, never fails.
Judgement judge_by_lexicon(std::string_view text);

std::unique_ptr<Analyser> create_lexicon_analyser();

}  // namespace vigie::analyse
