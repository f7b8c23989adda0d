// SPDX-License-Identifier: Apache-2.0
// Small tools on text. All text inside Vigie is valid UTF-8; clean_utf8 is the door.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigie {

// The next code point and its length in bytes; nothing when the bytes are not valid UTF-8.
struct CodePoint {
  char32_t value;
  std::size_t length;
};
std::optional<CodePoint> decode_utf8(std::string_view text);
void append_utf8(std::string& out, char32_t code_point);
bool is_valid_utf8(std::string_view text);

// Text from outside made safe to keep: invalid bytes become U+FFFD, control characters (but
// newline and tab) and bidirectional overrides go, and at most max_bytes are kept, never cutting
// a character.
std::string clean_utf8(std::string_view text, std::size_t max_bytes);

// The longest prefix of at most max_bytes that ends between two characters.
std::string_view cut_utf8(std::string_view text, std::size_t max_bytes);

// ASCII and Latin letters in lower case and without accents, other characters unchanged:
// "Éric" and "eric" fold to the same text. For comparing names, never for showing.
std::string fold(std::string_view text);

std::string to_lower_ascii(std::string_view text);
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
bool equals_ignoring_case(std::string_view left, std::string_view right);

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);

// The whole text as a number, or nothing: no plus sign, no spaces, no rest, no NaN, no infinity.
std::optional<std::int64_t> to_integer(std::string_view text);
std::optional<double> to_number(std::string_view text);

// The candidate nearest to word (at most 3 edits), for "did you mean"; empty when none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace vigie
