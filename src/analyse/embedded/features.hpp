// SPDX-License-Identifier: Apache-2.0
// What the model sees of a window: words with the groups, slurs and offices masked, marked where
// they are negated, and the sequence of what words do. Every feature is a hash with the stretch of
// words it needs, so that overlapping spans share the work.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "analyse/embedded/lexicon.hpp"
#include "analyse/embedded/scene.hpp"
#include "analyse/embedded/tokens.hpp"

namespace vigie::analyse {

inline constexpr unsigned feature_bits = 18;
inline constexpr std::size_t feature_count = std::size_t{1} << feature_bits;

// Whether a span names a group (or uses a slur), whether it names an office, and whether it reports
// or blames somebody's words: some features mean something else with and without.
inline constexpr std::size_t states = 8;

enum class Mask : std::uint8_t { none, group, slur, role };

// A word as the model sees it.
struct Word {
  std::uint32_t surface = 0;     // the word, or its mask
  std::uint32_t role = 0;        // what it does, 0: nothing known
  Family family = Family::link;  // the same by name, where role is not 0
  std::size_t role_end = 0;      // last token of the term that gives it its role
  Mask mask = Mask::none;
  bool negated = false;
  bool reported = false;  // quoted, or a word that reports or blames words
};

std::vector<Word> words_of(const std::vector<Token>& tokens, const std::vector<Match>& matches,
                           const Scene& scene);

std::size_t state_of(const std::vector<Word>& words, std::size_t first, std::size_t last);

// Which states a feature belongs to: all of them, or one.
inline constexpr std::uint8_t every_state = 0xFF;

// A feature that needs the tokens first to last.
struct Feature {
  std::uint32_t index;  // below feature_count
  std::size_t first;
  std::size_t last;
  std::uint8_t state;  // a state, or every_state
};

// Calls sink(Feature) for every feature that begins at token `first`, none reaching past `end`.
class FeatureReader {
 public:
  static constexpr std::size_t longest_reach = 24;  // tokens, first included

  FeatureReader(const std::vector<Token>& tokens, const std::vector<Word>& words)
      : tokens_{tokens}, words_{words} {}

  void read(std::size_t first, std::vector<Feature>& out) const;

 private:
  void read_words(std::size_t first, std::vector<Feature>& out) const;
  void read_letters(std::size_t first, std::vector<Feature>& out) const;
  void read_roles(std::size_t first, std::vector<Feature>& out) const;
  void read_pairs(std::size_t first, std::vector<Feature>& out) const;

  const std::vector<Token>& tokens_;
  const std::vector<Word>& words_;
};

}  // namespace vigie::analyse
