// SPDX-License-Identifier: Apache-2.0
// ?from=&to= of moments or days, and which days those are for the person who asks.
#pragma once
#include <optional>

#include "async/async.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "notify/quiet_hours.hpp"

namespace vigie::api {

struct Services;

// [from, to): either may be open.
struct Period {
  std::optional<Time> from;
  std::optional<Time> to;
};

// "2026-11-22" is that day in the zone, as `to` the whole of it; "2026-11-22T17:20:00Z" a moment.
// Errc::invalid names the field.
Result<Period> read_period(const http::Request& request, const notify::TimeZone& zone);

// The person's own, of their preferences.
Async<Result<notify::TimeZone>> zone_of(Services& services, std::string person_id);

// "2026-11-22".
std::string to_string(std::chrono::local_days day);

}  // namespace vigie::api
