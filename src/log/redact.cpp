// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "log/log.hpp"

namespace vigie::log {
namespace {

constexpr std::string_view hidden = "[…]";
// Where an address in the middle of a sentence ends. A bracket may be part of it: what is hidden by
// mistake costs less than what is shown by mistake.
constexpr std::string_view ends = " \t\r\n\"'<>`";
constexpr auto none = std::string_view::npos;

constexpr bool is_scheme_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '-' || c == '.';
}

constexpr bool is_word_char(char c) {
  return is_scheme_char(c) || c == '_';
}

std::string_view up_to_end(std::string_view text) {
  return text.substr(0, text.find_first_of(ends));
}

// The rest of an address after "scheme://", shown without its password and its query.
std::string redact_address(std::string_view scheme, std::string_view rest) {
  const bool web =
      starts_with_ignoring_case(scheme, "http") || starts_with_ignoring_case(scheme, "ws");
  // A page's path may hold an @ (tiktok.com/@name). A DSN's does not, but its password, badly
  // written, may hold any sign.
  const auto before_path = web ? rest.substr(0, rest.find_first_of("/?#")) : rest;
  const auto at = before_path.rfind('@');
  std::string out;
  if (at != none) {
    const auto user = rest.substr(0, at);
    const auto colon = user.find(':');
    if (colon != none) {
      out.append(user.substr(0, colon + 1)).append(hidden);
    } else {
      out.append(web ? hidden : user);
    }
    rest.remove_prefix(at);
  }
  const auto query = rest.find_first_of("?#");
  out.append(rest.substr(0, query));
  if (query != none && query + 1 < rest.size()) {
    out.append(rest.substr(query, 1)).append(hidden);
  } else if (query != none) {
    out.append(rest.substr(query));
  }
  return out;
}

// The length of "?name=…" at the front of text: a query whose address was cut off; 0 if it is none.
std::size_t bare_query(std::string_view text) {
  const auto word = text.substr(0, up_to_end(text).size());
  const auto equals = word.find('=');
  if (!word.starts_with('?') || equals == none || equals == 1) {
    return 0;
  }
  const auto name = word.substr(1, equals - 1);
  return std::ranges::all_of(name, is_word_char) ? word.size() : 0;
}

// The length of libpq's value after "password=": quoted with backslashes, or up to a blank.
std::size_t keyword_value(std::string_view text) {
  if (!text.starts_with('\'')) {
    return text.substr(0, text.find_first_of(" \t\r\n")).size();
  }
  std::size_t i = 1;
  while (i < text.size() && text[i] != '\'') {
    i += text[i] == '\\' ? 2 : 1;
  }
  return std::min(i + 1, text.size());
}

// Copies what text begins with, redacted, and returns how much was read; 0 when nothing is hidden
// here.
std::size_t take_secret(std::string_view text, std::string& out) {
  if (text.starts_with("://")) {
    std::size_t begin = out.size();
    while (begin > 0 && is_scheme_char(out[begin - 1])) {
      --begin;
    }
    const auto rest = up_to_end(text.substr(3));
    const auto address = redact_address(std::string_view{out}.substr(begin), rest);
    out.append("://").append(address);
    return 3 + rest.size();
  }
  if (const auto length = bare_query(text); length != 0) {
    out.append("?").append(hidden);
    return length;
  }
  for (const std::string_view keyword : {"password=", "passwd=", "sslpassword="}) {
    if (starts_with_ignoring_case(text, keyword)) {
      out.append(text.substr(0, keyword.size())).append(hidden);
      return keyword.size() + keyword_value(text.substr(keyword.size()));
    }
  }
  constexpr std::string_view bearer = "bearer ";
  if (starts_with_ignoring_case(text, bearer) && text.size() > bearer.size()) {
    out.append(text.substr(0, bearer.size())).append(hidden);
    return bearer.size() + up_to_end(text.substr(bearer.size())).size();
  }
  return 0;
}

}  // namespace

std::string redact(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    // Nearly all bytes can begin none of the forms above.
    constexpr std::string_view beginnings = ":?pPsSbB";
    if (beginnings.find(text.front()) != none) {
      if (const auto read = take_secret(text, out); read != 0) {
        text.remove_prefix(read);
        continue;
      }
    }
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace vigie::log
