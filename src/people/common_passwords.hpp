// SPDX-License-Identifier: Apache-2.0
// The words that people put figures around and call a password, in French and in English.
#pragma once
#include <string_view>

namespace vigie::people {

// word: folded, letters only (rules.cpp takes the figures and signs away first).
bool is_common_password(std::string_view word);

// One of the ten thousand commonest as it stands; password: folded. Only those that the other rules
// let through are kept, as hashes.
bool is_listed_password(std::string_view password);

}  // namespace vigie::people
