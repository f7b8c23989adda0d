// SPDX-License-Identifier: Apache-2.0
// What we say we are (protocol §1.7): TikTok answers nothing to a client that says it is a robot.
#pragma once
#include <string_view>

namespace vigie::platform::tiktok {

inline constexpr std::string_view browser_version =
    "5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
    "Safari/537.36";
inline constexpr std::string_view user_agent =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
    "Safari/537.36";
static_assert(user_agent.ends_with(browser_version));

}  // namespace vigie::platform::tiktok
