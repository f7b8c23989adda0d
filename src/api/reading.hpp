// SPDX-License-Identifier: Apache-2.0
// Reading what callers send: bodies, page sizes, flags. Errors are Errc::invalid and name the
// field.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "api/access.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/sight.hpp"

namespace vigie::api {

// The body as a JSON object. No body is an error: a change that lost its body must not pass for one
// that changes nothing.
Result<json::object> read_object(const http::Request& request);

// Refuses members that are not in names: a misspelt field must not be dropped in silence.
Result<> only_members(const json::object& object, std::initializer_list<std::string_view> names);

Result<std::string> required_text(const json::object& object, std::string_view name);

// Absent: nothing; another type, longer than max_bytes, or not valid UTF-8: an error.
Result<std::optional<std::string>> optional_text(const json::object& object, std::string_view name,
                                                 std::size_t max_bytes);

struct Paging {
  std::int64_t limit = 50;  // 1 to 1000
  std::string cursor;
};
Result<Paging> read_paging(const http::Request& request);

// A moment of a live, in seconds from its start; nothing when it is not asked for.
Result<std::optional<Span>> read_seconds(const http::Request& request, std::string_view name);

inline Sight sight_of(const Call& call) {
  return Sight{.person_id = call.person_id(), .all_accounts = call.sees_all()};
}

// One object, seen with all the eyes its reader has: moderators reach every followed account by id.
Sight widest_sight_of(const Call& call);

}  // namespace vigie::api
