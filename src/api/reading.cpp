// SPDX-License-Identifier: Apache-2.0
#include "api/reading.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace vigie::api {
namespace {

std::string_view view(json::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

Result<json::object> read_object(const http::Request& request) {
  if (request.body.empty()) {
    return make_error(Errc::invalid, "the body must be a JSON object");
  }
  const auto type = request.headers.get("Content-Type");
  if (!starts_with_ignoring_case(type, "application/json")) {
    return make_error(Errc::invalid, "send JSON, with Content-Type: application/json");
  }
  auto value = parse_json(request.body);
  if (!value) {
    return make_error(Errc::invalid, "the body is {}", value.error().what);
  }
  auto* object = value->if_object();
  if (object == nullptr) {
    return make_error(Errc::invalid, "the body must be a JSON object");
  }
  return std::move(*object);
}

Result<> only_members(const json::object& object, std::initializer_list<std::string_view> names) {
  for (const auto& member : object) {
    const auto name = view(member.key());
    if (std::ranges::find(names, name) != names.end()) {
      continue;
    }
    const auto shown = cut_utf8(name, 40);
    const auto near = nearest(name, {names.begin(), names.end()});
    if (near.empty()) {
      return make_error(Errc::invalid, "{}: there is no such field", shown);
    }
    return make_error(Errc::invalid, "{}: there is no such field (did you mean {}?)", shown, near);
  }
  return {};
}

Result<std::string> required_text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(json::string_view{name.data(), name.size()});
  const auto* text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr) {
    return make_error(Errc::invalid, "{}: a text is needed", name);
  }
  return std::string{view(*text)};
}

Result<std::optional<std::string>> optional_text(const json::object& object, std::string_view name,
                                                 std::size_t max_bytes) {
  if (!object.contains(json::string_view{name.data(), name.size()})) {
    return std::optional<std::string>{};
  }
  auto text = required_text(object, name);
  if (!text) {
    return text.error();
  }
  if (text->size() > max_bytes) {
    return make_error(Errc::invalid, "{}: at most {} bytes", name, max_bytes);
  }
  return std::optional<std::string>{clean_utf8(*text, max_bytes)};
}

Result<Paging> read_paging(const http::Request& request) {
  Paging paging;
  if (const auto limit = request.parameter("limit")) {
    const auto number = to_integer(*limit);
    if (!number || *number < 1 || *number > 1000) {
      return make_error(Errc::invalid, "limit: a number from 1 to 1000");
    }
    paging.limit = *number;
  }
  paging.cursor = request.parameter("cursor").value_or("");
  if (paging.cursor.size() > 100) {
    return make_error(Errc::invalid, "cursor: use next_cursor of the page before, as it is");
  }
  return paging;
}

Result<std::optional<Span>> read_seconds(const http::Request& request, std::string_view name) {
  const auto text = request.parameter(name);
  if (!text) {
    return std::optional<Span>{};
  }
  constexpr double longest_live_s = 30.0 * 24 * 3600;
  const auto seconds = to_number(*text);
  if (!seconds || !std::isfinite(*seconds) || *seconds < 0 || *seconds > longest_live_s) {
    return make_error(Errc::invalid, "{}: seconds from the start of the live", name);
  }
  return std::optional<Span>{from_seconds(*seconds)};
}

Sight widest_sight_of(const Call& call) {
  const bool oversees = (role_bit(call.person->role) & overseers) != 0;
  return Sight{.person_id = call.person_id(), .all_accounts = oversees};
}

}  // namespace vigie::api
