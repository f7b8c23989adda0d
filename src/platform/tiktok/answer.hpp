// SPDX-License-Identifier: Apache-2.0
// An answer of TikTok before anybody believes it, and the signs of a refusal (protocol §2).
#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "platform/live_source.hpp"

namespace vigie::platform::tiktok {

struct Answer {
  int status = 200;
  std::string_view content_type{};
  std::string_view body{};
  std::string_view location{};  // of a redirect
  std::chrono::seconds retry_after{0};
};

// The observation `unknown` for anything that is no answer whatever was asked: 403, 429, 5xx, a
// redirect, an empty body, the WAF's page, a captcha, the login wall, the farewell of a closed
// region. A 5xx is the request's fault (Treatment::failed), the rest a refusal of us.
std::optional<Observation> refusal_in(const Answer& answer);

// The same for HTML where JSON is due.
std::optional<Observation> html_in(const Answer& answer);

// For a request that brought no answer at all.
Observation silence(const Error& error);

Observation unknown(std::string reason, bool is_blocked);

// For an answer that broke on its way: it says nothing of the account, nor of us.
Observation failed(std::string reason);

// However long an answer asks us to wait, no longer is obeyed.
inline constexpr std::chrono::seconds longest_retry_after{3600};

}  // namespace vigie::platform::tiktok
