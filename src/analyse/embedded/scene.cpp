// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/scene.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace vigie::analyse {
namespace {

constexpr std::array<std::string_view, 17> plural_articles{
    "les", "des",      "ces",  "aux",    "vos",  "nos",  "leurs", "ses",   "mes",
    "tes", "quelques", "tous", "toutes", "nous", "vous", "sales", "autres"};

bool is_plural_article(std::string_view word) {
  return std::ranges::find(plural_articles, word) != plural_articles.end();
}

bool is_target(Family family) {
  return family == Family::group || family == Family::group_if_plural || family == Family::role ||
         family == Family::slur || family == Family::slur_if_aimed;
}

}  // namespace

Scene::Scene(const std::vector<Token>& tokens, const std::vector<Match>& matches)
    : tokens_{tokens} {
  covers_.resize(tokens.size(), 0);
  mention_at_.resize(tokens.size(), nobody);
  for (const auto& match : matches) {
    for (auto i = match.first; i <= match.last; ++i) {
      covers_[i] |= bit(match.family);
    }
  }
  for (const auto& match : matches) {
    if (is_target(match.family) && is_named(match)) {
      add_mention(match);
    }
  }
}

bool Scene::has(Family family, std::size_t from, std::size_t to) const {
  for (auto i = from; i <= to && i < tokens_.size(); ++i) {
    if (covers(i, family)) {
      return true;
    }
  }
  return false;
}

bool Scene::is_named(const Match& match) const {
  if (match.family == Family::group_if_plural) {
    constexpr auto introduces =
        bit(Family::plural) | bit(Family::epithet) | bit(Family::feeling) | bit(Family::assault);
    return match.first > 0 && (covers_[match.first - 1] & introduces) != 0;
  }
  return true;
}

// The longest name wins ("hommes politiques" are a role); an adjective after a role belongs to it
// ("les dirigeants chinois").
void Scene::add_mention(const Match& match) {
  const auto previous = match.first > 0 ? mention_at_[match.first - 1] : nobody;
  const bool is_group = match.family == Family::group || match.family == Family::group_if_plural;
  if (is_group && previous != nobody && mentions_[previous].family == Family::role) {
    return;
  }
  const auto here = mention_at_[match.first];
  if (here != nobody) {
    auto& known = mentions_[here];
    const auto length = match.last - match.first;
    if (length > known.last - known.first) {
      known = mention_of(match);
      mark(here, match);
    }
    return;
  }
  mentions_.push_back(mention_of(match));
  mark(mentions_.size() - 1, match);
}

void Scene::mark(std::size_t mention, const Match& match) {
  for (auto i = match.first; i <= match.last; ++i) {
    mention_at_[i] = mention;
  }
}

Mention Scene::mention_of(const Match& match) const {
  const auto& last_word = tokens_[match.last].word;
  const bool ends_in_plural = last_word.ends_with('s') || last_word.ends_with('x');
  const bool has_article = match.first > 0 && is_plural_article(tokens_[match.first - 1].word);
  constexpr std::array<std::string_view, 4> singular_articles{"un", "ce", "le", "cet"};
  const std::string_view before =
      match.first > 0 ? std::string_view{tokens_[match.first - 1].word} : "";
  const bool is_single = std::ranges::find(singular_articles, before) != singular_articles.end();
  auto scope = Scope::somebody;
  if (has_article || (ends_in_plural && !is_single)) {
    scope = Scope::everybody;
  } else if (before == "un" || before == "une") {
    scope = Scope::anybody;
  }
  return Mention{match.family, match.target, match.first, match.last, scope};
}

}  // namespace vigie::analyse
