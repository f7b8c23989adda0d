// SPDX-License-Identifier: Apache-2.0
// The judge that needs nothing: a small trained model over words in which groups, slurs and offices
// are masked. A triage aid, and it says so in every justification. Card: data/CARD.md.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "analyse/analyser.hpp"

namespace vigie::analyse {

inline constexpr std::string_view embedded_name = "embedded";

// Which weights: "masked-1-" and a hash of them.
const std::string& embedded_version();

// The same judgement without a coroutine: pure, linear in the text, never fails.
Judgement judge_embedded(std::string_view text);

std::unique_ptr<Analyser> create_embedded_analyser();

}  // namespace vigie::analyse
