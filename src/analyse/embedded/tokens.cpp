// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/tokens.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace vigie::analyse {
namespace {

constexpr std::size_t max_word_bytes = 48;
constexpr std::size_t fewest_spelled_letters = 4;
// A quotation mark that nobody closes must not excuse the rest of a live.
constexpr std::size_t longest_quotation_words = 40;

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

char unmask(char c) {
  switch (c) {
    case '0':
      return 'o';
    case '1':
    case '!':
      return 'i';
    case '3':
      return 'e';
    case '4':
    case '@':
      return 'a';
    case '5':
    case '$':
      return 's';
    case '7':
      return 't';
    default:
      return c;
  }
}

// "s4le" → "sale", "2024" stays, "saaale" → "sale" (three times or more), "appelle" stays.
std::string undisguise(const std::string& raw) {
  const bool has_letter = std::ranges::any_of(raw, is_letter);
  std::string word;
  word.reserve(raw.size());
  for (const char c : raw) {
    word += has_letter ? unmask(c) : c;
  }
  std::string out;
  for (std::size_t i = 0; i < word.size();) {
    std::size_t end = i;
    while (end < word.size() && word[end] == word[i]) {
      ++end;
    }
    const bool is_held = is_letter(word[i]) && end - i >= 3;
    out.append(is_held ? 1 : end - i, word[i]);
    i = end;
  }
  return std::string{cut_utf8(out, max_word_bytes)};
}

bool is_beyond_latin_word(char32_t c) {
  const bool is_punctuation = (c >= 0x2000 && c <= 0x2BFF) || (c >= 0x3000 && c <= 0x303F) ||
                              (c >= 0xFF00 && c <= 0xFF0F) || (c >= 0xA0 && c <= 0xBF);
  const bool is_emoji = c >= 0x1F000 && c <= 0x1FAFF;
  return c >= 0x80 && !is_punctuation && !is_emoji && c != 0xFFFD;
}

bool ends_sentence(char32_t c) {
  return c == '.' || c == '!' || c == '?' || c == ';' || c == '\n' || c == 0x2026;
}

class Tokeniser {
 public:
  explicit Tokeniser(std::string_view text) : text_{text} {}

  std::vector<Token> run() {
    while (at_ < text_.size()) {
      const auto rest = text_.substr(at_);
      const auto next = decode_utf8(rest).value_or(CodePoint{0xFFFD, 1});
      if (starts_link(rest)) {
        flush();
        skip_to_space();
      } else {
        take(next, rest.substr(0, next.length));
        at_ += next.length;
      }
    }
    flush();
    join_spelled_letters();
    return std::move(tokens_);
  }

 private:
  bool starts_link(std::string_view rest) const {
    return raw_.empty() &&
           (starts_with_ignoring_case(rest, "http://") ||
            starts_with_ignoring_case(rest, "https://") || starts_with_ignoring_case(rest, "www."));
  }

  void skip_to_space() {
    while (at_ < text_.size() && text_[at_] != ' ' && text_[at_] != '\n' && text_[at_] != '\t') {
      ++at_;
    }
  }

  void take(CodePoint next, std::string_view bytes) {
    const char32_t c = next.value;
    const bool combining = c >= 0x300 && c <= 0x36F;
    const auto folded = c < 0x80 || is_beyond_latin_word(c) ? fold(bytes) : std::string{};
    const bool is_word = !folded.empty() && (is_letter(folded[0]) || is_digit(folded[0]) ||
                                             static_cast<unsigned char>(folded[0]) >= 0x80);
    if (is_word) {
      if (raw_.empty()) {
        begin_ = at_;
      }
      raw_ += folded;
      end_ = at_ + next.length;
      return;
    }
    if (combining && !raw_.empty()) {
      end_ = at_ + next.length;
      return;
    }
    if (is_mask_inside_word(c)) {
      if (raw_.empty()) {
        begin_ = at_;
      }
      raw_ += static_cast<char>(c);
      return;
    }
    flush();
    punctuation(c);
  }

  // "$" and "!" stand for a letter between two letters, "@" before one: "@rabes" (a name such as
  // "@lea" then reads "alea", which no list holds).
  bool is_mask_inside_word(char32_t c) const {
    const bool is_after_letter = !raw_.empty() && is_letter(raw_.back());
    const bool is_mask = c == '@' || (is_after_letter && (c == '$' || c == '!'));
    return is_mask && at_ + 1 < text_.size() &&
           is_letter(to_lower_ascii(text_.substr(at_ + 1, 1))[0]);
  }

  void punctuation(char32_t c) {
    if (c == 0xAB || c == 0x201C || (c == '"' && !is_quoting())) {
      quoted_until_ = tokens_.size() + longest_quotation_words;
    } else if (c == 0xBB || c == 0x201D || c == '"') {
      quoted_until_ = 0;
    } else if (ends_sentence(c)) {
      sentence_ended_ = true;
    }
  }

  bool is_quoting() const { return tokens_.size() < quoted_until_; }

  void flush() {
    if (raw_.empty()) {
      return;
    }
    if (sentence_ended_ && !tokens_.empty()) {
      ++sentence_;
    }
    sentence_ended_ = false;
    tokens_.push_back(Token{undisguise(raw_), begin_, end_, sentence_, is_quoting()});
    raw_.clear();
  }

  bool is_spelled(std::size_t index) const {
    const auto& token = tokens_[index];
    // "é" is two bytes; "à" and "ù" are words.
    const bool is_one_letter =
        token.end - token.begin == 1 || (token.word == "e" && token.end - token.begin == 2);
    return token.word.size() == 1 && is_letter(token.word[0]) && is_one_letter;
  }

  bool follows_by_one_sign(std::size_t index) const {
    return tokens_[index].begin == tokens_[index - 1].end + 1 &&
           text_[tokens_[index - 1].end] != '\'';
  }

  // Also undoes the sentence breaks of "r.a.t.s", which number later tokens a little higher:
  // harmless.
  void join_spelled_letters() {
    std::vector<Token> joined;
    joined.reserve(tokens_.size());
    for (std::size_t i = 0; i < tokens_.size();) {
      std::size_t end = i + 1;
      while (is_spelled(i) && end < tokens_.size() && is_spelled(end) && follows_by_one_sign(end)) {
        ++end;
      }
      if (end - i < fewest_spelled_letters) {
        std::move(tokens_.begin() + static_cast<std::ptrdiff_t>(i),
                  tokens_.begin() + static_cast<std::ptrdiff_t>(end), std::back_inserter(joined));
      } else {
        Token whole = tokens_[i];
        whole.end = tokens_[end - 1].end;
        for (std::size_t k = i + 1; k < std::min(end, i + max_word_bytes); ++k) {
          whole.word += tokens_[k].word;
        }
        joined.push_back(std::move(whole));
      }
      i = end;
    }
    tokens_ = std::move(joined);
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::string raw_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t sentence_ = 0;
  bool sentence_ended_ = false;
  std::size_t quoted_until_ = 0;  // a number of tokens
};

}  // namespace

std::vector<Token> tokenise(std::string_view text) {
  return Tokeniser{text}.run();
}

}  // namespace vigie::analyse
