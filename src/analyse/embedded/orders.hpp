// SPDX-License-Identifier: Apache-2.0
// Orders to the machine by how they are built, not by their wording: a verb that commands, then
// what a machine was told, what it answers with, or what it is, a few words on.
#pragma once
#include <vector>

#include "analyse/embedded/lexicon.hpp"
#include "analyse/embedded/tokens.hpp"

namespace vigie::analyse {

// Adds what looks like an order to the machine to the matches, kept by first token. Linear in the
// tokens.
void add_orders(const std::vector<Token>& tokens, std::vector<Match>& matches);

}  // namespace vigie::analyse
