// SPDX-License-Identifier: Apache-2.0
#include "people/rules.hpp"

#include <fmt/format.h>
#include <zxcvbn.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "people/common_passwords.hpp"

namespace vigie::people {
namespace {

constexpr std::size_t shortest_name = 3;
constexpr std::size_t longest_name = 32;
constexpr std::size_t floor_of_length = 8;
constexpr std::size_t longest_password = 128;
constexpr std::size_t longest_email = 254;  // RFC 5321
constexpr std::size_t fewest_distinct = 5;

constexpr bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
// Whatever is not ASCII counts as a letter: most of it is, and no rule asks for more than one.
constexpr bool is_letter(char c) {
  return is_ascii_letter(c) || static_cast<unsigned char>(c) >= 0x80;
}

std::u32string code_points(std::string_view text) {
  std::u32string out;
  while (!text.empty()) {
    const auto next = decode_utf8(text).value_or(CodePoint{0xFFFD, 1});
    out += next.value;
    text.remove_prefix(next.length);
  }
  return out;
}

char letter_for(char c) {
  switch (c) {
    case '0':
      return 'o';
    case '1':
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

// The word inside: "P@ssw0rd-2026!" → "password". Figures and signs around it go, those inside are
// read as the letters they stand for, blanks and signs between words go.
std::string core_of(std::string_view folded) {
  const auto first = std::ranges::find_if(folded, is_letter);
  const auto begin = static_cast<std::size_t>(first - folded.begin());
  auto end = folded.size();
  while (end > begin && !is_letter(folded[end - 1])) {
    --end;
  }
  std::string core;
  for (const char c : folded.substr(begin, end - begin)) {
    const char letter = letter_for(c);
    if (is_letter(letter)) {
      core += letter;
    }
  }
  return core;
}

// "passwordpassword" is as easily guessed as "password".
std::string_view without_repetition(std::string_view word) {
  for (std::size_t length = 1; length <= word.size() / 2; ++length) {
    const auto part = word.substr(0, length);
    bool repeats = word.size() % length == 0;
    for (std::size_t i = length; repeats && i < word.size(); i += length) {
      repeats = word.substr(i, length) == part;
    }
    if (repeats) {
      return part;
    }
  }
  return word;
}

// A stretch of the alphabet or of a keyboard's rows.
bool is_row(std::string_view core) {
  constexpr std::string_view rows =
      "abcdefghijklmnopqrstuvwxyz zyxwvutsrqponmlkjihgfedcba azertyuiopqsdfghjklmwxcvbn "
      "qwertyuiopasdfghjklzxcvbnm qwertzuiopasdfghjklyxcvbnm";
  return core.size() >= 4 && rows.find(core) != std::string_view::npos;
}

bool is_common(std::string_view password) {
  const auto core = core_of(fold(password));
  const auto word = without_repetition(core);
  return is_common_password(word) || is_row(word);
}

bool contains(std::string_view folded, std::string_view other) {
  const auto part = fold(other);
  return part.size() >= 3 && folded.find(part) != std::string_view::npos;
}

// zxcvbn's score 3 of 4: more than 10^8 guesses. What it reads is a C text, and the work grows with
// the square of its length; the beginning of a long one says enough.
bool is_guessed_soon(std::string_view password) {
  constexpr std::size_t read_bytes = 64;
  constexpr double bits_of_score_3 = 26.6;  // log2(10^8)
  const std::string text{cut_utf8(password, read_bytes)};
  return ZxcvbnMatch(text.c_str(), nullptr, nullptr) < bits_of_score_3;
}

FieldProblem password_problem(std::string_view code, std::string detail) {
  return {"password", std::string{code}, std::move(detail)};
}

}  // namespace

std::string fold_username(std::string_view username) {
  return to_lower_ascii(username);
}

std::vector<FieldProblem> check_username(std::string_view username) {
  if (username.size() < shortest_name || username.size() > longest_name) {
    return {
        {"username", "length", fmt::format("{} to {} characters", shortest_name, longest_name)}};
  }
  const auto allowed = [](char c) {
    return is_ascii_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
  };
  if (!std::ranges::all_of(username, allowed)) {
    return {{"username", "characters",
             "only letters without accents, digits, dots, dashes and underscores"}};
  }
  if (!is_ascii_letter(username.front()) && !is_digit(username.front())) {
    return {{"username", "beginning", "begins with a letter or a digit"}};
  }
  return {};
}

std::vector<FieldProblem> check_email(std::string_view email) {
  if (email.empty()) {
    return {};
  }
  const auto at = email.rfind('@');
  const auto host = at == std::string_view::npos ? std::string_view{} : email.substr(at + 1);
  const auto local = email.substr(0, at);
  const auto is_forbidden = [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '<' || c == '>' || c == '"' ||
           c == ',' || c == ';' || c == '@';
  };
  const bool plausible = email.size() <= longest_email && is_valid_utf8(email) && !local.empty() &&
                         local.size() <= 64 && host.find('.') != std::string_view::npos &&
                         host.find("..") == std::string_view::npos && !host.starts_with('.') &&
                         !host.ends_with('.') && std::ranges::none_of(local, is_forbidden) &&
                         std::ranges::none_of(host, is_forbidden);
  if (!plausible) {
    return {{"email", "form", "an address looks like name@example.org"}};
  }
  return {};
}

std::vector<FieldProblem> check_password(std::string_view password, std::string_view username,
                                         std::string_view email, PasswordRules rules) {
  const auto shortest = std::max(rules.shortest, floor_of_length);
  if (!is_valid_utf8(password) || password.find('\0') != std::string_view::npos) {
    return {password_problem("encoding", "a character that cannot be in a password")};
  }
  const auto characters = code_points(password);
  if (characters.size() < shortest || characters.size() > longest_password) {
    return {password_problem(
        "length", fmt::format("{} to {} characters, of any kind: a few words are fine", shortest,
                              longest_password))};
  }
  if (std::ranges::none_of(password, is_letter)) {
    return {password_problem("letters", "at least one letter")};
  }
  if (std::set<char32_t>(characters.begin(), characters.end()).size() < fewest_distinct) {
    return {password_problem("repetitive",
                             fmt::format("at least {} different characters", fewest_distinct))};
  }
  const auto folded = fold(password);
  if (contains(folded, username) || contains(folded, email.substr(0, email.rfind('@')))) {
    return {password_problem("personal", "not your own name or address")};
  }
  if (contains(folded, "vigie") || contains(folded, "tiktok")) {
    return {password_problem("context", "neither 'vigie' nor 'tiktok' in it")};
  }
  if (is_common(password) || is_listed_password(folded) || is_guessed_soon(password)) {
    return {password_problem("common", "one of the first that would be tried: take several words")};
  }
  return {};
}

std::string in_words(const std::vector<FieldProblem>& problems) {
  std::string out;
  for (const auto& [field, code, detail] : problems) {
    fmt::format_to(std::back_inserter(out), "{}{}: {}", out.empty() ? "" : "; ", field, detail);
  }
  return out;
}

}  // namespace vigie::people
