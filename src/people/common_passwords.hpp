// SPDX-License-Identifier: Apache-2.0
// The words that people put figures around and call a password, in French and in English.
#pragma once
#include <string_view>

namespace vigie::people {

// word: folded, letters only (rules.cpp takes the figures and signs away first).
bool is_common_password(std::string_view word);

}  // namespace vigie::people
