// SPDX-License-Identifier: Apache-2.0
// What a chat/completions endpoint answers, read without trust. Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "domain/assessment.hpp"

namespace vigie::analyse {

struct Answer {
  Judgement judgement;            // without analyser, model and prompt: the caller knows them
  bool evidence_dropped = false;  // the model quoted what was not said
};

// Errc::corrupt with the reason for everything that is not a whole, coherent judgement: not JSON,
// cut short, refused, wrong words, category and discours_haineux apart. Errc::denied when the
// canary is in it.
Result<Answer> read_answer(std::string_view body, std::string_view speech, std::string_view canary);

// The first whole {…} of text, after <think>…</think> and code fences are gone; empty when there is
// none.
std::string_view first_object(std::string_view text);

}  // namespace vigie::analyse
