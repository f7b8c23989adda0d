// SPDX-License-Identifier: Apache-2.0
// The answer of /api-live/user/room/ (protocol §1.1): the one request that says everything. Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "platform/live_source.hpp"
#include "platform/tiktok/answer.hpp"

namespace vigie::platform::tiktok {

// asked: the folded username. Strict as protocol §6 wants it: 2 is live, 3 paused, 4 not live,
// anything else, doubtful or contradictory is unknown.
Observation decode_api_live(const Answer& answer, std::string_view asked);

// The sound's address in the same answer. Errc::not_found: not on air, or not as `room`;
// Errc::denied: on air for some only; Errc::rate_limited: refused; Errc::unavailable: paused or
// doubtful; Errc::corrupt: on air, but with no address we can read.
Result<StreamAddress> stream_in_api_live(const Answer& answer, std::string_view asked,
                                         std::string_view room);

}  // namespace vigie::platform::tiktok
