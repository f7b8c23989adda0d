// SPDX-License-Identifier: Apache-2.0
#include "api/ranges.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace vigie::api {
namespace {

std::optional<std::size_t> parse_position(std::string_view digits) {
  std::size_t value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, value);
  return error == std::errc{} && rest == end && !digits.empty() ? std::optional{value}
                                                                : std::nullopt;
}

}  // namespace

WishedRange parse_range(std::string_view header, std::size_t size) {
  constexpr std::string_view unit = "bytes=";
  const auto spec = trim(header);
  if (!spec.starts_with(unit) || spec.find(',') != std::string_view::npos) {
    return {};
  }
  const auto range = spec.substr(unit.size());
  const auto dash = range.find('-');
  if (dash == std::string_view::npos) {
    return {};
  }
  const auto first = parse_position(range.substr(0, dash));
  const auto last = parse_position(range.substr(dash + 1));
  const bool has_last = dash + 1 < range.size();
  if ((dash > 0 && !first) || (has_last && !last) || (dash == 0 && !has_last)) {
    return {};
  }
  if (dash == 0) {  // the last bytes
    const auto count = std::min(*last, size);
    return count == 0 ? WishedRange{false, {}}
                      : WishedRange{true, ByteRange{size - count, size - 1}};
  }
  if (last && *last < *first) {
    return {};
  }
  if (*first >= size) {
    return {false, {}};
  }
  return {true, ByteRange{*first, std::min(last.value_or(size - 1), size - 1)}};
}

}  // namespace vigie::api
