// SPDX-License-Identifier: Apache-2.0
// Who is on stage in a window: the groups and roles named, and how to find from a word the one it
// speaks of. Every search reaches a bounded number of words, so that reading stays linear.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "analyse/embedded/lexicon.hpp"
#include "analyse/embedded/tokens.hpp"

namespace vigie::analyse {

// How many are meant: the group as such, any one of it ("un …"), or one person ("cette …").
enum class Scope : std::uint8_t { everybody, anybody, somebody };

// A group, a slur or a role named in the window.
struct Mention {
  Family family;
  Target target;
  std::size_t first;
  std::size_t last;
  Scope scope;
};

constexpr std::uint64_t bit(Family family) {
  return std::uint64_t{1} << static_cast<unsigned>(family);
}

bool is_plural_article(std::string_view word);

// tokens must outlive it.
class Scene {
 public:
  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

  Scene(const std::vector<Token>& tokens, const std::vector<Match>& matches);

  std::size_t size() const { return tokens_.size(); }
  const Token& token(std::size_t i) const { return tokens_[i]; }
  const std::string& word(std::size_t i) const { return tokens_[i].word; }
  bool covers(std::size_t i, Family family) const { return (covers_[i] & bit(family)) != 0; }
  bool same_sentence(std::size_t a, std::size_t b) const {
    return tokens_[a].sentence == tokens_[b].sentence;
  }

  // Whether the family stands among tokens from to to, both included and clipped to the window.
  bool has(Family family, std::size_t from, std::size_t to) const;
  // The same, no further than the sentences beside that one.
  bool near_in(Family family, std::size_t from, std::size_t to, std::size_t sentence) const;

  const std::vector<Mention>& mentions() const { return mentions_; }
  const std::vector<std::uint64_t>& covers() const { return covers_; }
  std::size_t mention_at(std::size_t i) const { return mention_at_[i]; }

  // The nearest one named after or before; nothing when it is a role, or another matter begins
  // between.
  std::optional<std::size_t> target_after(std::size_t last, std::size_t reach) const;
  // crosses: through a pronoun, into the sentence before.
  std::optional<std::size_t> target_before(std::size_t first, std::size_t reach,
                                           bool crosses) const;
  std::optional<std::size_t> protected_only(std::size_t mention) const;

  bool is_negated(const Match& match) const;

 private:
  bool is_named(const Match& match) const;
  void add_mention(const Match& match);
  void mark(std::size_t mention, const Match& match);
  Mention mention_of(const Match& match) const;
  bool follows_half(std::size_t i) const;

  const std::vector<Token>& tokens_;
  std::vector<Mention> mentions_;
  std::vector<std::uint64_t> covers_;    // per token, a bit for each family found there
  std::vector<std::size_t> mention_at_;  // per token: index into mentions_, or nobody
};

// The token `by` before `from`, or the first.
constexpr std::size_t back(std::size_t from, std::size_t by) {
  return from > by ? from - by : 0;
}

}  // namespace vigie::analyse
