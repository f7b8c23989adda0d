// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/lexicon.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "base/text.hpp"

namespace vigie::analyse {
namespace {

struct Pattern {
  std::vector<std::string_view> words;
  Family family;
  Target target;
};

struct TransparentHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
using Index =
    std::unordered_map<std::string, std::vector<Pattern>, TransparentHash, std::equal_to<>>;

constexpr std::size_t shortest_prefix = 3;
constexpr std::size_t longest_prefix = 16;
constexpr std::size_t shortest_fused_word = 5;

bool word_matches(std::string_view pattern, std::string_view word) {
  if (pattern.ends_with('*')) {
    return word.starts_with(pattern.substr(0, pattern.size() - 1));
  }
  return word == pattern;
}

// Terms by their first word, and those whose first word is a prefix by that prefix.
struct Lexicon {
  Index whole;
  Index prefix;

  Lexicon() {
    for (const auto terms : {group_terms(), hostile_terms(), context_terms(), injection_terms()}) {
      for (const auto& term : terms) {
        add(term);
      }
    }
  }

  void add(const Term& term) {
    for (const auto alternative : split(term.words, '|')) {
      Pattern pattern{split(alternative, ' '), term.family, term.target};
      const auto first = pattern.words.front();
      if (first.ends_with('*')) {
        prefix[std::string{first.substr(0, first.size() - 1)}].push_back(std::move(pattern));
      } else {
        whole[std::string{first}].push_back(std::move(pattern));
      }
    }
  }
};

const Lexicon& lexicon() {
  static const Lexicon built;
  return built;
}

class Matcher {
 public:
  explicit Matcher(const std::vector<Token>& tokens) : tokens_{tokens} {}

  std::vector<Match> run() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const std::string_view word = tokens_[i].word;
      const auto before = matches_.size();
      try_entry(lexicon().whole, word, i);
      for (auto n = shortest_prefix; n <= std::min(word.size(), longest_prefix); ++n) {
        try_entry(lexicon().prefix, word.substr(0, n), i);
      }
      if (matches_.size() == before) {
        try_fused(word, i);
      }
    }
    return std::move(matches_);
  }

 private:
  void try_entry(const Index& index, std::string_view key, std::size_t at) {
    const auto entry = index.find(key);
    if (entry == index.end()) {
      return;
    }
    for (const auto& pattern : entry->second) {
      if (fits(pattern, at)) {
        const auto last = at + pattern.words.size() - 1;
        matches_.push_back(Match{pattern.family, pattern.target, at, last});
      }
    }
  }

  bool fits(const Pattern& pattern, std::size_t at) const {
    if (at + pattern.words.size() > tokens_.size()) {
      return false;
    }
    for (std::size_t k = 0; k < pattern.words.size(); ++k) {
      if (!word_matches(pattern.words[k], tokens_[at + k].word)) {
        return false;
      }
    }
    return true;
  }

  // Recognition and haste glue the article to the noun: "lesarabes".
  void try_fused(std::string_view word, std::size_t at) {
    constexpr std::array<std::string_view, 5> articles{"les", "des", "ces", "aux", "sale"};
    for (const auto article : articles) {
      if (!word.starts_with(article) || word.size() < article.size() + shortest_fused_word) {
        continue;
      }
      const auto entry = lexicon().whole.find(word.substr(article.size()));
      if (entry == lexicon().whole.end()) {
        continue;
      }
      for (const auto& pattern : entry->second) {
        const bool names_group = pattern.family == Family::group ||
                                 pattern.family == Family::slur ||
                                 pattern.family == Family::group_if_plural;
        if (names_group && pattern.words.size() == 1) {
          const auto family = pattern.family == Family::slur ? Family::slur : Family::group;
          matches_.push_back(Match{family, pattern.target, at, at});
        }
      }
    }
  }

  const std::vector<Token>& tokens_;
  std::vector<Match> matches_;
};

}  // namespace

std::vector<Match> match_terms(const std::vector<Token>& tokens) {
  return Matcher{tokens}.run();
}

}  // namespace vigie::analyse
