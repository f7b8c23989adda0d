// SPDX-License-Identifier: Apache-2.0
// Whether a window is in the language the analyser was trained for. What it does not know it must
// not guess.
#pragma once
#include <vector>

#include "analyse/embedded/lexicon.hpp"
#include "analyse/embedded/tokens.hpp"

namespace vigie::analyse {

// False where enough words were said to tell, and too few of them are French ones.
bool is_french(const std::vector<Token>& tokens, const std::vector<Match>& matches);

}  // namespace vigie::analyse
