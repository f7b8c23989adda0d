// SPDX-License-Identifier: Apache-2.0
// Whatever a language model answers: no crash, and what passes is a whole, coherent judgement whose
// evidence was said.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "analyse/llm/allowance.hpp"
#include "analyse/llm/answer.hpp"
#include "analyse/llm/prompt.hpp"
#include "analyse/llm/question.hpp"
#include "analyse/window.hpp"
#include "base/text.hpp"

namespace {

using vigie::analyse::Answer;

void check(const Answer& answer, std::string_view speech) {
  const auto& judgement = answer.judgement;
  const bool is_coherent = (judgement.category == vigie::Category::hateful) == judgement.hateful &&
                           judgement.score >= 0 && judgement.score <= 1 &&
                           vigie::is_valid_utf8(judgement.justification) &&
                           speech.find(judgement.evidence) != std::string_view::npos;
  if (!is_coherent) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as text
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  constexpr std::string_view speech = "Bonjour, c'est l'été ; ils mangent trop, ces gens-là 🙂";
  if (const auto answer = vigie::analyse::read_answer(text, speech, "canari")) {
    check(*answer, speech);
  }
  // Content alone, in an envelope that is always right.
  const vigie::json::object message{{"content", vigie::clean_utf8(text, text.size())}};
  const vigie::json::object choice{{"message", message}};
  const auto body =
      vigie::json::serialize(vigie::json::object{{"choices", vigie::json::array{choice}}});
  if (const auto answer = vigie::analyse::read_answer(body, speech, "canari")) {
    check(*answer, speech);
  }
  const auto cleaned = vigie::clean_utf8(text, text.size());
  const auto safe = vigie::analyse::defuse(text);
  if (!vigie::is_valid_utf8(safe) || safe.find("<|") != std::string::npos) {
    std::abort();
  }
  if (const auto found = vigie::analyse::find_quote(cleaned, speech.substr(0, 7));
      found && (found->end > cleaned.size() || found->begin >= found->end)) {
    std::abort();
  }
  static_cast<void>(vigie::analyse::parse_reset(text));
  static_cast<void>(vigie::analyse::learn({}, 400, text));
  return 0;
}
