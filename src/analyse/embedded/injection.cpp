// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/injection.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"

namespace vigie::analyse {

bool holds_machine_markup(std::string_view text) {
  constexpr std::array<std::string_view, 10> marks{
      "</transcription", "<transcription>", "<|",       "[inst]",        "<<sys>>",
      "system:",         "assistant:",      "systeme:", "\"categorie\"", "discours_haineux"};
  if (text.find_first_of("<[:\"_") == std::string_view::npos) {
    return false;
  }
  const auto folded = fold(text);
  return std::ranges::any_of(
      marks, [&](std::string_view mark) { return folded.find(mark) != std::string::npos; });
}

std::optional<TokenSpan> first_injection(const std::vector<Match>& matches) {
  const auto found = std::ranges::find(matches, Family::injection, &Match::family);
  if (found == matches.end()) {
    return std::nullopt;
  }
  return TokenSpan{found->first, found->last};
}

void set_injections_apart(std::vector<Token>& tokens, const std::vector<Match>& matches) {
  std::size_t moved = 0;  // how much higher the numbers of the sentences are by now
  std::size_t at = 0;
  const auto renumber = [&](std::size_t until) {
    for (; at < until; ++at) {
      tokens[at].sentence += moved;
    }
  };
  for (const auto& match : matches) {
    if (match.family == Family::injection && match.first >= at) {
      renumber(match.first);
      ++moved;
      renumber(match.last + 1);
      ++moved;
    }
  }
  if (moved > 0) {
    renumber(tokens.size());
  }
}

}  // namespace vigie::analyse
