// SPDX-License-Identifier: Apache-2.0
// Words that LiveSource::resolve() promises in its errors, for those who act on them.
#pragma once
#include <string_view>

namespace vigie::platform {

// Errc::unavailable with it: the host pauses the live, which goes on.
inline constexpr std::string_view paused_by_host = "paused by the host";

}  // namespace vigie::platform
