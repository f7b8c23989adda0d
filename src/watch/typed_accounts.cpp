// SPDX-License-Identifier: Apache-2.0
#include "watch/typed_accounts.hpp"

#include "base/text.hpp"

namespace vigie::watch {
namespace {

// What surrounds a name in a sentence. Names end in none of these, and "." ends a sentence more
// often than a name.
constexpr std::string_view opening[] = {"(", "[", "<", "\"", "'", "«", "“", "‘", "’", "-", "•"};
constexpr std::string_view closing[] = {")", "]", ">", "\"", "'", "»", "”", "’",
                                        ".", "!", "?", ":",  ";", "…", ","};

std::string_view without_wrapping(std::string_view word) {
  for (bool again = true; again && !word.empty();) {
    again = false;
    for (const auto mark : opening) {
      if (word.starts_with(mark)) {
        word.remove_prefix(mark.size());
        again = true;
      }
    }
    for (const auto mark : closing) {
      if (word.ends_with(mark)) {
        word.remove_suffix(mark.size());
        again = true;
      }
    }
  }
  return word;
}

bool is_name_or_address(std::string_view word) {
  const auto lower = to_lower_ascii(word.substr(0, 600));
  return (word.starts_with('@') && word.size() > 1) || lower.starts_with("stream:") ||
         lower.find("tiktok.com/") != std::string::npos;
}

std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view spaces = " \t\r\v\f";
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto begin = text.find_first_not_of(spaces);
    if (begin == std::string_view::npos) {
      break;
    }
    const auto end = text.find_first_of(spaces, begin);
    words.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  }
  return words;
}

std::vector<std::string_view> pieces_of(std::string_view line) {
  std::vector<std::string_view> pieces;
  while (true) {
    const auto end = line.find_first_of(",;\t");
    pieces.push_back(line.substr(0, end));
    if (end == std::string_view::npos) {
      return pieces;
    }
    line.remove_prefix(end + 1);
  }
}

// A lone name or address loses what wraps it, and is told as typed when nothing is left.
std::string bare_word(std::string_view word) {
  const auto bare = without_wrapping(word);
  return std::string{bare.empty() ? word : bare};
}

void add_line(std::vector<TypedAccount>& all, std::int64_t number, std::string_view line) {
  std::vector<std::string_view> words;
  bool is_sentence = false;
  for (const auto piece : pieces_of(line)) {
    const auto more = words_of(piece);
    is_sentence = is_sentence || more.size() > 1;
    words.insert(words.end(), more.begin(), more.end());
  }
  const auto before = all.size();
  for (const auto word : words) {
    if (!is_sentence || is_name_or_address(without_wrapping(word))) {
      all.push_back({number, bare_word(word)});
    }
  }
  if (all.size() == before && !words.empty()) {
    all.push_back({number, std::string{trim(line)}});
  }
}

// A stream's address may hold commas: such a line is one address.
bool is_one_address(std::string_view line) {
  const auto words = words_of(line);
  return words.size() == 1 && to_lower_ascii(words[0].substr(0, 7)) == "stream:";
}

}  // namespace

Result<std::vector<TypedAccount>> parse_typed_accounts(std::string_view text) {
  std::vector<TypedAccount> all;
  std::int64_t number = 0;
  for (const auto line : split(text, '\n')) {
    number += 1;
    if (is_one_address(line)) {
      all.push_back({number, std::string{trim(line)}});
    } else {
      add_line(all, number, line);
    }
    if (all.size() > most_typed_accounts) {
      return make_error(Errc::invalid, "text: at most {} accounts at once", most_typed_accounts);
    }
  }
  return all;
}

}  // namespace vigie::watch
