// SPDX-License-Identifier: Apache-2.0
#include "http/message.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vigie::http {
namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') {
    return digit - '0';
  }
  if (digit >= 'a' && digit <= 'f') {
    return digit - 'a' + 10;
  }
  if (digit >= 'A' && digit <= 'F') {
    return digit - 'A' + 10;
  }
  return -1;
}

// The byte that "%XY" at place stands for, or nothing.
std::optional<char> escape_at(std::string_view text, std::size_t place) {
  if (place + 2 >= text.size()) {
    return std::nullopt;
  }
  const auto high = hex_value(text[place + 1]);
  const auto low = hex_value(text[place + 2]);
  if (high < 0 || low < 0) {
    return std::nullopt;
  }
  return static_cast<char>(high * 16 + low);
}

bool is_unreserved(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_' ||
         letter == '~';
}

// Form decoding: '+' is a space, an invalid escape stays as it is.
std::string decode_form(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      decoded += ' ';
      continue;
    }
    if (text[i] == '%') {
      if (const auto byte = escape_at(text, i)) {
        decoded += *byte;
        i += 2;
        continue;
      }
    }
    decoded += text[i];
  }
  return decoded;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that is sent (RFC 9110 §5.6.7).
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(25) != " GMT") {
    return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t length) {
    return to_integer(text.substr(at, length)).value_or(-1);
  };
  const auto month = months.find(text.substr(8, 3));
  const std::chrono::year_month_day day{
      std::chrono::year{static_cast<int>(number(12, 4))},
      std::chrono::month{static_cast<unsigned>(month / 3 + 1)},
      std::chrono::day{static_cast<unsigned>(std::max<std::int64_t>(number(5, 2), 0))}};
  const auto hour = number(17, 2);
  const auto minute = number(20, 2);
  const auto second = number(23, 2);
  const bool is_time = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 &&
                       second <= 60 && text[19] == ':' && text[22] == ':';
  if (month == std::string_view::npos || month % 3 != 0 || !day.ok() || !is_time) {
    return std::nullopt;
  }
  return std::chrono::sys_days{day} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second};
}

}  // namespace

void Headers::set(std::string name, std::string value) {
  std::erase_if(fields_,
                [&](const auto& field) { return equals_ignoring_case(field.first, name); });
  add(std::move(name), std::move(value));
}

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (equals_ignoring_case(key, name)) {
      return value;
    }
  }
  return {};
}

bool Headers::has(std::string_view name) const {
  for (const auto& field : fields_) {
    if (equals_ignoring_case(field.first, name)) {
      return true;
    }
  }
  return false;
}

std::optional<std::string> Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) {
      return value;
    }
  }
  return std::nullopt;
}

std::optional<std::string> Request::cookie(std::string_view name) const {
  for (const auto& [key, value] : headers.fields()) {
    if (!equals_ignoring_case(key, "cookie")) {
      continue;
    }
    for (const auto part : split(value, ';')) {
      const auto pair = trim(part);
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
        return std::string{pair.substr(equals + 1)};
      }
    }
  }
  return std::nullopt;
}

std::chrono::seconds retry_after(const Headers& headers) {
  const auto text = trim(headers.get("Retry-After"));
  if (const auto seconds = to_integer(text)) {
    return std::chrono::seconds{std::max<std::int64_t>(*seconds, 0)};
  }
  const auto until = parse_http_date(text);
  const auto now = parse_http_date(trim(headers.get("Date")));
  return until && now ? std::max(*until - *now, std::chrono::seconds{0}) : std::chrono::seconds{0};
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto part : split(query, '&')) {
    if (part.empty()) {
      continue;
    }
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      pairs.emplace_back(decode_form(part), "");
    } else {
      pairs.emplace_back(decode_form(part.substr(0, equals)), decode_form(part.substr(equals + 1)));
    }
  }
  return pairs;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto byte = escape_at(text, i);
    if (!byte) {
      return std::nullopt;
    }
    decoded += *byte;
    i += 2;
  }
  return decoded;
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size());
  for (const char letter : text) {
    if (is_unreserved(letter)) {
      encoded += letter;
    } else {
      const auto byte = static_cast<unsigned char>(letter);
      encoded += '%';
      encoded += hex_digits[byte >> 4U];
      encoded += hex_digits[byte & 0xFU];
    }
  }
  return encoded;
}

}  // namespace vigie::http
