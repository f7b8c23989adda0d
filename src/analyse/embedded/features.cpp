// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/features.hpp"

#include <algorithm>
#include <string_view>

namespace vigie::analyse {
namespace {

constexpr std::size_t reach_of_negation = 6;
constexpr std::size_t longest_gap = 6;    // words without a role between two that have one
constexpr std::size_t reach_of_pair = 9;  // tokens

constexpr std::uint32_t mix(std::uint32_t hash, std::uint32_t value) {
  hash ^= value;
  hash *= 0x85EBCA6BU;
  hash ^= hash >> 15U;
  hash *= 0xC2B2AE35U;
  return hash ^ (hash >> 13U);
}

constexpr std::uint32_t hash_of(std::string_view text) {
  std::uint32_t hash = 0x811C9DC5U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
  }
  return mix(hash, static_cast<std::uint32_t>(text.size()));
}

constexpr std::uint32_t negated_mark = hash_of("~");

// One kind of feature never collides with another by design, only by chance.
enum class Kind : std::uint32_t {
  word = 1,
  two,
  three,
  prefix,
  letters,
  given,
  role,
  pair,
  role_given
};

constexpr std::uint32_t index_of(Kind kind, std::uint32_t hash) {
  return mix(0x9E3779B9U * static_cast<std::uint32_t>(kind), hash) >> (32U - feature_bits);
}

// The families whose presence says what a word does, most telling first.
constexpr std::array order{
    Family::slur,     Family::slogan,        Family::group,     Family::wish,      Family::assault,
    Family::violence, Family::dismissal,     Family::deed,      Family::animal,    Family::insult,
    Family::feeling,  Family::embrace,       Family::expulsion, Family::fate,      Family::epithet,
    Family::blame,    Family::report,        Family::stop,      Family::belonging, Family::role,
    Family::demand,   Family::praise,        Family::call,      Family::critical,  Family::debate,
    Family::negation, Family::half_negation, Family::all,       Family::address,   Family::pronoun,
    Family::link,     Family::injection};

constexpr std::size_t rank(Family family) {
  const auto* place = std::ranges::find(order, family);
  return static_cast<std::size_t>(place - order.begin());
}

std::uint32_t hash_of(Family family) {
  return mix(0x51ED270BU, static_cast<std::uint32_t>(family) + 1);
}

Mask mask_of(Family family) {
  switch (family) {
    case Family::group:
    case Family::group_if_plural:
      return Mask::group;
    case Family::slur:
    case Family::slur_if_aimed:
      return Mask::slur;
    default:
      return Mask::role;
  }
}

bool opens_negation(const std::vector<Token>& tokens, std::size_t i) {
  constexpr std::array<std::string_view, 10> openers{"ne",     "n",  "pas",   "jamais", "aucun",
                                                     "aucune", "ni", "guere", "nul",    "nulle"};
  return std::ranges::find(openers, tokens[i].word) != openers.end();
}

void mark_roles(std::vector<Word>& words, const std::vector<Match>& matches) {
  std::vector<std::size_t> best(words.size(), order.size());
  std::vector<std::size_t> lengths(words.size(), 0);
  for (const auto& match : matches) {
    if (rank(match.family) == order.size()) {
      continue;
    }
    const auto length = match.last - match.first + 1;
    auto& word = words[match.first];
    const bool is_better =
        length > lengths[match.first] ||
        (length == lengths[match.first] && rank(match.family) < best[match.first]);
    if (word.mask == Mask::none && is_better) {
      best[match.first] = rank(match.family);
      lengths[match.first] = length;
      word.role = hash_of(match.family);
      word.family = match.family;
      word.role_end = match.last;
    }
  }
}

void mark_mentions(std::vector<Word>& words, const Scene& scene) {
  for (const auto& mention : scene.mentions()) {
    const auto mask = mask_of(mention.family);
    for (auto i = mention.first; i <= mention.last; ++i) {
      words[i].mask = mask;
      words[i].role = 0;
      words[i].surface = mix(0x2545F491U, static_cast<std::uint32_t>(mask));
    }
    auto& first = words[mention.first];
    first.family = mask == Mask::group  ? Family::group
                   : mask == Mask::slur ? Family::slur
                                        : Family::role;
    first.role = mix(hash_of(first.family), static_cast<std::uint32_t>(mention.scope));
    first.role_end = mention.last;
  }
}

}  // namespace

std::vector<Word> words_of(const std::vector<Token>& tokens, const std::vector<Match>& matches,
                           const Scene& scene) {
  std::vector<Word> words(tokens.size());
  std::size_t negated_until = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    words[i].surface = hash_of(tokens[i].word);
    if (i > 0 && tokens[i].sentence != tokens[i - 1].sentence) {
      negated_until = 0;
    }
    const bool opens = opens_negation(tokens, i);
    words[i].negated = !opens && i < negated_until;
    if (opens) {
      negated_until = i + 1 + reach_of_negation;
    }
  }
  mark_mentions(words, scene);
  mark_roles(words, matches);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    words[i].reported =
        tokens[i].quoted || scene.covers(i, Family::report) || scene.covers(i, Family::blame);
  }
  return words;
}

std::size_t state_of(const std::vector<Word>& words, std::size_t first, std::size_t last) {
  bool group = false;
  bool role = false;
  bool reported = false;
  for (auto i = first; i <= last && i < words.size(); ++i) {
    group = group || words[i].mask == Mask::group || words[i].mask == Mask::slur;
    role = role || words[i].mask == Mask::role;
    reported = reported || words[i].reported;
  }
  return (group ? 1U : 0U) + (role ? 2U : 0U) + (reported ? 4U : 0U);
}

void FeatureReader::read(std::size_t first, std::vector<Feature>& out) const {
  read_words(first, out);
  read_letters(first, out);
  read_roles(first, out);
  read_pairs(first, out);
}

void FeatureReader::read_words(std::size_t first, std::vector<Feature>& out) const {
  constexpr std::array kinds{Kind::word, Kind::two, Kind::three};
  std::uint32_t hash = 0;
  for (std::size_t n = 0; n < kinds.size() && first + n < words_.size(); ++n) {
    const auto& word = words_[first + n];
    hash = mix(hash, word.negated ? mix(word.surface, negated_mark) : word.surface);
    out.push_back(Feature{index_of(kinds[n], hash), first, first + n, every_state});
  }
}

void FeatureReader::read_letters(std::size_t first, std::vector<Feature>& out) const {
  const auto& word = words_[first];
  const std::string_view text = tokens_[first].word;
  if (word.mask != Mask::none || text.size() < 4) {
    return;
  }
  const auto push = [&](Kind kind, std::uint32_t hash, std::uint8_t state) {
    out.push_back(Feature{index_of(kind, hash), first, first, state});
  };
  const auto sign = word.negated ? negated_mark : 0U;
  for (std::size_t n = 4; n <= std::min<std::size_t>(6, text.size()); ++n) {
    push(Kind::prefix, mix(hash_of(text.substr(0, n)), sign), every_state);
  }
  const auto stem = hash_of(text.substr(0, 6));
  for (std::uint8_t state = 0; state < states; ++state) {
    push(Kind::given, mix(mix(stem, sign), (state & 5U) + 1U), state);
  }
  const auto letters = std::min<std::size_t>(text.size(), 20);
  for (std::size_t i = 0; i + 4 <= letters; ++i) {
    push(Kind::letters, hash_of(text.substr(i, 4)), every_state);
  }
}

void FeatureReader::read_roles(std::size_t first, std::vector<Feature>& out) const {
  const auto& word = words_[first];
  if (word.role == 0) {
    return;
  }
  const auto own = word.negated ? mix(word.role, negated_mark) : word.role;
  for (std::uint8_t state = 0; state < states; ++state) {
    out.push_back(
        Feature{index_of(Kind::role_given, mix(own, state + 1U)), first, word.role_end, state});
  }
  auto hash = mix(1, own);
  out.push_back(Feature{index_of(Kind::role, hash), first, word.role_end, every_state});
  auto last = word.role_end;
  auto at = last + 1;
  for (int n = 2; n <= 5; ++n) {
    const auto limit = std::min(words_.size(), last + 1 + longest_gap);
    while (at < limit && words_[at].role == 0) {
      ++at;
    }
    if (at >= limit) {
      return;
    }
    const auto& next = words_[at];
    const bool is_apart = tokens_[at].sentence != tokens_[last].sentence;
    hash = mix(mix(hash, is_apart ? 77U : 0U),
               next.negated ? mix(next.role, negated_mark) : next.role);
    last = next.role_end;
    if (last - first >= longest_reach) {
      return;
    }
    out.push_back(Feature{index_of(Kind::role, hash), first, last, every_state});
    at = last + 1;
  }
}

void FeatureReader::read_pairs(std::size_t first, std::vector<Feature>& out) const {
  const auto& word = words_[first];
  if (word.role == 0) {
    return;
  }
  const auto own = word.negated ? mix(word.role, negated_mark) : word.role;
  const auto end = std::min(words_.size(), first + reach_of_pair);
  for (auto i = word.role_end + 1; i < end; ++i) {
    const auto& other = words_[i];
    if (other.role == 0 || other.role_end - first >= longest_reach) {
      continue;
    }
    const auto theirs = other.negated ? mix(other.role, negated_mark) : other.role;
    out.push_back(Feature{index_of(Kind::pair, mix(mix(3, own), theirs)), first, other.role_end,
                          every_state});
  }
}

}  // namespace vigie::analyse
