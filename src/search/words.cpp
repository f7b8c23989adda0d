// SPDX-License-Identifier: Apache-2.0
#include "search/words.hpp"

#include <libstemmer.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include "base/text.hpp"

namespace vigie::search {
namespace {

constexpr std::size_t longest_word = 60;

constexpr std::array<std::string_view, 13> elided{
    "c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"};

bool is_apostrophe(char32_t c) {
  return c == '\'' || c == 0x2019 || c == 0x02BC;
}

// A mark that only dresses the letter before it: combining accents, Arabic vowels, the soft hyphen.
bool is_dress(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x64B && c <= 0x65F) || c == 0xAD;
}

// Letters and digits of every script; what is not known to be a sign is one.
bool is_part_of_word(char32_t c) {
  if (c < 0x80) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
  const bool is_sign = c < 0xC0 || c == 0xD7 || c == 0xF7 || (c >= 0x2000 && c <= 0x2BFF) ||
                       (c >= 0x3000 && c <= 0x303F) || (c >= 0xE000 && c <= 0xF8FF) ||
                       (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xFF00 && c <= 0xFF0F) ||
                       c == 0xFFFD || c >= 0x1F000;
  return !is_sign;
}

class French {
 public:
  French() : stemmer_{sb_stemmer_new("french", "UTF_8")} {
    if (stemmer_ == nullptr) {
      throw std::logic_error("libstemmer has no French");
    }
  }
  std::string stem(const std::string& word) {
    const auto* bytes = reinterpret_cast<const sb_symbol*>(word.data());
    const auto* stem = sb_stemmer_stem(stemmer_.get(), bytes, static_cast<int>(word.size()));
    return {reinterpret_cast<const char*>(stem),
            static_cast<std::size_t>(sb_stemmer_length(stemmer_.get()))};
  }

 private:
  struct Delete {
    void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
  };
  std::unique_ptr<sb_stemmer, Delete> stemmer_;
};

bool has_digit(std::string_view word) {
  return std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

// Accents are gone by then, so that a question without any finds all: what Snowball would have
// known by them (mangée, mangés) is the rest of the work.
std::string stem_of(const std::string& form) {
  if (has_digit(form) || form.size() < 3) {
    return form;
  }
  thread_local French french;
  auto stem = to_lower_ascii(french.stem(form));  // it marks some vowels by capitals
  while (stem.size() > 3 && stem.back() == 'e') {
    stem.pop_back();
  }
  // Plurals that Snowball leaves: genoux, élus.
  const bool is_plural = stem.ends_with("ux") || (stem.ends_with('s') && !stem.ends_with("ss"));
  if (stem.size() > 3 && is_plural) {
    stem.pop_back();
  }
  return stem;
}

Word make_word(std::string_view text, std::size_t begin, std::size_t end) {
  Word word;
  word.begin = begin;
  word.end = end;
  std::string bare;
  for (auto rest = text.substr(begin, end - begin); !rest.empty();) {
    const auto next = decode_utf8(rest).value_or(CodePoint{0xFFFD, 1});
    if (!is_dress(next.value)) {
      bare += rest.substr(0, next.length);
    }
    rest.remove_prefix(next.length);
  }
  word.form = std::string{cut_utf8(fold(bare), longest_word)};
  word.stem = stem_of(word.form);
  return word;
}

bool is_elided(std::string_view text, std::size_t begin, std::size_t end) {
  const auto folded = fold(text.substr(begin, end - begin));
  return std::ranges::find(elided, folded) != elided.end();
}

}  // namespace

std::vector<Word> words_of(std::string_view text) {
  constexpr auto outside = std::string_view::npos;
  std::vector<Word> words;
  std::size_t begin = outside;
  const auto finish = [&](std::size_t end, char32_t stopped_by) {
    const bool is_word =
        begin != outside && !(is_apostrophe(stopped_by) && is_elided(text, begin, end));
    if (is_word) {
      auto word = make_word(text, begin, end);
      if (!word.form.empty()) {
        words.push_back(std::move(word));
      }
    }
    begin = outside;
  };
  for (std::size_t place = 0; place < text.size();) {
    const auto next = decode_utf8(text.substr(place)).value_or(CodePoint{0xFFFD, 1});
    if (is_part_of_word(next.value) || (is_dress(next.value) && begin != outside)) {
      begin = begin == outside ? place : begin;
    } else {
      finish(place, next.value);
    }
    place += next.length;
  }
  finish(text.size(), 0);
  return words;
}

}  // namespace vigie::search
