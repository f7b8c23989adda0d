// SPDX-License-Identifier: Apache-2.0
#include "platform/tiktok/answer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace vigie::platform::tiktok {
namespace {

// The WAF's page is 1.4 kB, the others say what they are near their top.
constexpr std::size_t marker_window = 64 * 1024;

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> html_markers{{
    {"slardar", "waf"},
    {"SlardarWAF", "waf"},
    {"_wafchallengeid", "waf"},
    {"waforiginalreid", "waf"},
    {"tiktok-verify-page", "captcha"},
    {"Verify to continue", "captcha"},
    {"captcha", "captcha"},
    {"login-title", "login"},
    {"discontinued operating TikTok", "region"},
    {"Please wait...", "waf"},
}};

bool looks_like_html(const Answer& answer) {
  const auto text = trim(answer.body.substr(0, 512));
  return starts_with_ignoring_case(text, "<") ||
         starts_with_ignoring_case(answer.content_type, "text/html");
}

std::string_view marker_in(std::string_view body) {
  const auto window = body.substr(0, marker_window);
  for (const auto& [marker, reason] : html_markers) {
    if (window.find(marker) != std::string_view::npos) {
      return reason;
    }
  }
  return {};
}

std::string redirect_reason(std::string_view location) {
  return location.find("/login") != std::string_view::npos ? "login" : "redirect";
}

// A page that says what it is outranks the status it came with.
Observation refused_status(const Answer& answer) {
  const auto marker = looks_like_html(answer) ? marker_in(answer.body) : std::string_view{};
  if (!marker.empty()) {
    return unknown(std::string{marker}, true);
  }
  auto reason = fmt::format("http_{}", answer.status);
  const bool asks_for_less = answer.status == 429 ||
                             (answer.status == 503 && answer.retry_after > std::chrono::seconds{0});
  if (answer.status >= 500 && !asks_for_less) {
    return failed(std::move(reason));
  }
  auto seen = unknown(std::move(reason), true);
  if (asks_for_less) {
    seen.treatment = Treatment::throttled;
  }
  return seen;
}

}  // namespace

Observation unknown(std::string reason, bool is_blocked) {
  Observation seen;
  seen.reason = std::move(reason);
  seen.blocked = is_blocked;
  seen.treatment = is_blocked ? Treatment::blocked : Treatment::served;
  return seen;
}

Observation failed(std::string reason) {
  auto seen = unknown(std::move(reason), false);
  seen.treatment = Treatment::failed;
  return seen;
}

std::optional<Observation> refusal_in(const Answer& answer) {
  std::optional<Observation> seen;
  if (answer.status >= 300 && answer.status < 400) {
    seen = unknown(redirect_reason(answer.location), true);
  } else if (answer.status == 403 || answer.status == 429 || answer.status >= 500) {
    seen = refused_status(answer);
  } else if (trim(answer.body).empty()) {
    seen = unknown("empty", true);
  } else if (looks_like_html(answer)) {
    if (const auto marker = marker_in(answer.body); !marker.empty()) {
      seen = unknown(std::string{marker}, true);
    }
  }
  if (seen) {
    seen->retry_after = answer.retry_after;
  }
  return seen;
}

std::optional<Observation> html_in(const Answer& answer) {
  if (!looks_like_html(answer)) {
    return std::nullopt;
  }
  return unknown("html", true);
}

Observation silence(const Error& error) {
  Observation seen;
  switch (error.code) {
    case Errc::timeout:
      seen = failed("timeout");
      break;
    case Errc::corrupt:
      seen = failed("garbage");
      break;
    case Errc::denied:
    case Errc::invalid:
      seen = unknown("address_refused", false);  // our own guard or configuration
      break;
    case Errc::not_found:
    case Errc::conflict:
    case Errc::rate_limited:
    case Errc::unavailable:
      seen = failed("unreachable");
      break;
  }
  seen.retry_after = error.retry_after;
  return seen;
}

}  // namespace vigie::platform::tiktok
