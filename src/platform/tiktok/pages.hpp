// SPDX-License-Identifier: Apache-2.0
// What TikTok's HTML pages prove (protocol §1.4 to §1.6): that an account exists, or does not;
// never that it is on air. Pure.
#pragma once
#include <boost/json/fwd.hpp>
#include <optional>
#include <string_view>

#include "platform/live_source.hpp"
#include "platform/tiktok/answer.hpp"

namespace vigie::platform::tiktok {

// The text of <script id="…">, where a page keeps its state as JSON.
std::optional<std::string_view> state_in(std::string_view page, std::string_view id);

// A page that holds its state is the page, whatever words of a refusal somebody wrote into it.
std::optional<Observation> refusal_of_page(const Answer& answer, bool has_state);

// exists, with its stable id, when this is who was asked for; unknown when it is somebody else.
Observation user_on_page(const boost::json::value& user, std::string_view asked);

// /@name or /@name/live. exists: statusCode 0, or a state of a live page, with the same name;
// absent: statusCode 10202 or 10221 (tools disagree which is a ban); unknown "private": 10222;
// unknown for everything else.
Observation decode_profile(const Answer& answer, std::string_view asked);

}  // namespace vigie::platform::tiktok
