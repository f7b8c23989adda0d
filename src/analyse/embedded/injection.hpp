// SPDX-License-Identifier: Apache-2.0
// Words spoken to the machine instead of to people: where they stand.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "analyse/embedded/lexicon.hpp"
#include "analyse/embedded/spans.hpp"
#include "analyse/embedded/tokens.hpp"

namespace vigie::analyse {

// Markup of prompts and answers, which the words alone do not show.
bool holds_machine_markup(std::string_view text);

// The first order to the machine among the words.
std::optional<TokenSpan> first_injection(const std::vector<Match>& matches);

// Makes each order to the machine a sentence of its own: its neutral words must not dilute what is
// said beside it.
void set_injections_apart(std::vector<Token>& tokens, const std::vector<Match>& matches);

}  // namespace vigie::analyse
