// SPDX-License-Identifier: Apache-2.0
// What a window says of whom: the groups named, and each hostile thing bound to the one it is said
// of, weakened when it is negated, reported or condemned.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "analyse/embedded/lexicon.hpp"
#include "analyse/embedded/scene.hpp"
#include "analyse/embedded/tokens.hpp"

namespace vigie::analyse {

// Something hostile said of a protected group.
struct Event {
  Family family;  // feeling, violence, animal … or slur: says how
  Target target;
  std::size_t first;  // the stretch of tokens that holds both the group and what is said
  std::size_t last;
  double weight;  // in log-odds, after what weakens it
  bool is_negated = false;
  bool is_reported = false;   // somebody else's words, or between quotation marks
  bool is_condemned = false;  // the sentence is about such words
};

struct Reading {
  std::vector<Mention> mentions;
  std::vector<Event> events;          // by first token
  std::vector<std::uint64_t> covers;  // per token, a bit for each Family found there
};

Reading read(const std::vector<Token>& tokens, const std::vector<Match>& matches);

}  // namespace vigie::analyse
