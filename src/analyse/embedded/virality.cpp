// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/virality.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>

#include "analyse/embedded/scene.hpp"

namespace vigie::analyse {
namespace {

constexpr std::size_t repetitions_of_a_chant = 3;

constexpr std::uint64_t hostile_families =
    bit(Family::feeling) | bit(Family::violence) | bit(Family::assault) | bit(Family::dismissal) |
    bit(Family::wish) | bit(Family::animal) | bit(Family::insult) | bit(Family::deed);
constexpr std::uint64_t group_families = bit(Family::group) | bit(Family::group_if_plural) |
                                         bit(Family::slur) | bit(Family::slur_if_aimed);

// How often the same three words are said.
std::size_t longest_chant(const std::vector<Token>& tokens) {
  std::vector<std::size_t> threes;
  threes.reserve(tokens.size());
  constexpr std::hash<std::string_view> hash;
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    threes.push_back((hash(tokens[i].word) * 31 + hash(tokens[i + 1].word)) * 31 +
                     hash(tokens[i + 2].word));
  }
  std::ranges::sort(threes);
  std::size_t most = 0;
  for (auto from = threes.begin(); from != threes.end();) {
    const auto to = std::upper_bound(from, threes.end(), *from);
    most = std::max(most, static_cast<std::size_t>(to - from));
    from = to;
  }
  return most;
}

}  // namespace

Virality virality_of(const std::vector<Token>& tokens, const std::vector<Match>& matches) {
  std::vector<std::string_view> calls;
  for (const auto& match : matches) {
    if (match.family == Family::call) {
      calls.emplace_back(tokens[match.first].word);
    }
  }
  const auto said = calls.size();
  std::ranges::sort(calls);
  const auto different =
      static_cast<std::size_t>(std::distance(calls.begin(), std::ranges::unique(calls).begin()));
  const bool is_chanted = longest_chant(tokens) >= repetitions_of_a_chant;
  if (different >= 3 || said >= 4 || (different >= 1 && is_chanted)) {
    return Virality::high;
  }
  return different >= 1 || is_chanted ? Virality::medium : Virality::low;
}

bool is_polemical(const std::vector<Match>& matches) {
  std::uint64_t seen = 0;
  for (const auto& match : matches) {
    seen |= bit(match.family);
  }
  const auto has = [&](std::uint64_t families) { return (seen & families) != 0; };
  const bool attacks_power =
      has(bit(Family::role)) && has(bit(Family::critical) | hostile_families);
  const bool argues = has(bit(Family::debate)) && has(group_families | bit(Family::critical));
  return attacks_power || argues;
}

}  // namespace vigie::analyse
