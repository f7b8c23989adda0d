// SPDX-License-Identifier: Apache-2.0
// The public embed page (protocol §1.6): the independent word on whether an account exists. Pure.
#pragma once
#include <string_view>

#include "platform/live_source.hpp"
#include "platform/tiktok/answer.hpp"

namespace vigie::platform::tiktok {

// exists: 200 with the same name. absent: the page itself says 404. A status 400 is private, absent
// or not embeddable, hence unknown.
Observation decode_embed(const Answer& answer, std::string_view asked);

}  // namespace vigie::platform::tiktok
