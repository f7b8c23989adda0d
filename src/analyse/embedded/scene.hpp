// SPDX-License-Identifier: Apache-2.0
// Who is on stage in a window: the groups and roles named, and how many of them are meant.
#pragma once
#include <cstddef>
#include <cstdint>
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

// tokens must outlive it.
class Scene {
 public:
  Scene(const std::vector<Token>& tokens, const std::vector<Match>& matches);

  bool covers(std::size_t i, Family family) const { return (covers_[i] & bit(family)) != 0; }
  // Whether the family stands among tokens from to to, both included and clipped to the window.
  bool has(Family family, std::size_t from, std::size_t to) const;
  const std::vector<Mention>& mentions() const { return mentions_; }

 private:
  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

  bool is_named(const Match& match) const;
  void add_mention(const Match& match);
  void mark(std::size_t mention, const Match& match);
  Mention mention_of(const Match& match) const;

  const std::vector<Token>& tokens_;
  std::vector<Mention> mentions_;
  std::vector<std::uint64_t> covers_;    // per token, a bit for each family found there
  std::vector<std::size_t> mention_at_;  // per token: index into mentions_, or nobody
};

}  // namespace vigie::analyse
