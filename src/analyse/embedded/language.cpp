// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/language.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace vigie::analyse {
namespace {

// Fewer words do not tell a language ("sale race" has no small word at all).
constexpr std::size_t fewest_words = 10;
// In French speech about one word in two is one of these, or one the lexicon knows; in English,
// Spanish, Italian or Portuguese at most one in ten ("la", "son", "par").
constexpr double smallest_share = 0.15;

constexpr std::array<std::string_view, 88> small_words{
    "ai",   "alors", "au",   "aussi", "aux",   "avait", "avec",  "avez", "avons", "bah",   "ben",
    "bien", "bon",   "c",    "ca",    "ce",    "ces",   "cest",  "cet",  "cette", "chez",  "comme",
    "d",    "dans",  "des",  "donc",  "du",    "elle",  "elles", "est",  "et",    "etait", "etes",
    "eux",  "faire", "fait", "faut",  "il",    "ils",   "j",     "je",   "l",     "la",    "le",
    "les",  "leur",  "lui",  "ma",    "mais",  "mes",   "moi",   "mon",  "n",     "ne",    "nos",
    "nous", "ont",   "ou",   "par",   "parce", "pas",   "plus",  "pour", "qu",    "quand", "que",
    "qui",  "quoi",  "sa",   "se",    "ses",   "si",    "son",   "sont", "suis",  "sur",   "t",
    "ton",  "tous",  "tout", "toute", "tres",  "tu",    "un",    "une",  "vos",   "vous",  "y"};
static_assert(std::ranges::is_sorted(small_words));

// Small words of German, English, Spanish, Italian and Portuguese that French does not have. They
// tell apart what is too short for the share above.
constexpr std::array<std::string_view, 46> foreign_words{
    "about", "and", "auch",  "che", "com",  "das",  "dass", "dem",  "den",  "der",  "die", "ein",
    "eine",  "el",  "esta",  "for", "gli",  "has",  "have", "ich",  "ist",  "it",   "los", "mit",
    "muy",   "nao", "nicht", "of",  "para", "pero", "sie",  "sind", "sono", "that", "the", "they",
    "this",  "uma", "und",   "von", "was",  "we",   "wir",  "with", "you",  "zu"};
static_assert(std::ranges::is_sorted(foreign_words));
constexpr std::size_t fewest_foreign_words = 2;

}  // namespace

bool is_french(const std::vector<Token>& tokens, const std::vector<Match>& matches) {
  std::vector<bool> known(tokens.size(), false);
  for (const auto& match : matches) {
    known[match.first] = true;
  }
  std::size_t foreign_letters = 0;
  std::size_t small = 0;
  std::size_t foreign = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string_view word = tokens[i].word;
    foreign_letters += static_cast<unsigned char>(word[0]) >= 0x80 ? 1 : 0;
    small += known[i] || std::ranges::binary_search(small_words, word) ? 1 : 0;
    foreign += std::ranges::binary_search(foreign_words, word) ? 1 : 0;
  }
  if (foreign_letters * 2 > tokens.size()) {
    return false;
  }
  if (tokens.size() < fewest_words) {
    return small > 0 || foreign < fewest_foreign_words;
  }
  return static_cast<double>(small) >= smallest_share * static_cast<double>(tokens.size());
}

}  // namespace vigie::analyse
