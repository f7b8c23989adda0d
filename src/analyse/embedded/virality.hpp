// SPDX-License-Identifier: Apache-2.0
// What a window is besides hateful or not: how much it calls to be spread, and whether it attacks
// power or argues over groups. Estimates from words: no labelled French data exists for them.
#pragma once
#include <vector>

#include "analyse/embedded/lexicon.hpp"
#include "analyse/embedded/tokens.hpp"
#include "domain/assessment.hpp"

namespace vigie::analyse {

Virality virality_of(const std::vector<Token>& tokens, const std::vector<Match>& matches);
bool is_polemical(const std::vector<Match>& matches);

}  // namespace vigie::analyse
