// SPDX-License-Identifier: Apache-2.0
// JSON from outside, with bounds; and the few reads every decoder needs. Numbers beyond 2^53 stay
// exact (int64), a missing field is nothing, a field of the wrong type is nothing too.
#pragma once
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace vigie {

namespace json = boost::json;

struct JsonLimits {
  std::size_t bytes = 64 * 1024;
  std::size_t depth = 32;
};

// Errc::corrupt with the reason and the offset when text is not one whole JSON value in the limits.
Result<json::value> parse_json(std::string_view text, JsonLimits limits = {});

// Walks "a.b.c" from value; nothing when a step is missing or not an object.
const json::value* find(const json::value& value, std::string_view path);

std::optional<std::string> get_string(const json::value& value, std::string_view path);
std::optional<std::int64_t> get_integer(const json::value& value, std::string_view path);
std::optional<double> get_number(const json::value& value, std::string_view path);
std::optional<bool> get_bool(const json::value& value, std::string_view path);

}  // namespace vigie
