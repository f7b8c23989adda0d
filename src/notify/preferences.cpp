// SPDX-License-Identifier: Apache-2.0
#include "notify/preferences.hpp"

#include <algorithm>

namespace vigie::notify {
namespace {

constexpr std::chrono::minutes morning{8 * 60};

Time next_full_hour(Time now) {
  return std::chrono::floor<std::chrono::hours>(now) + std::chrono::hours{1};
}

}  // namespace

std::string_view to_string(MailPace pace) {
  switch (pace) {
    case MailPace::immediate:
      return "immediate";
    case MailPace::hourly:
      return "hourly";
    case MailPace::daily:
      return "daily";
    case MailPace::off:
      return "off";
  }
  return "";
}

Result<MailPace> parse_mail_pace(std::string_view text) {
  for (const auto pace : {MailPace::immediate, MailPace::hourly, MailPace::daily, MailPace::off}) {
    if (to_string(pace) == text) {
      return pace;
    }
  }
  return make_error(Errc::invalid, "mail: immediate, hourly, daily or off");
}

std::optional<Time> mail_due_at(const Preference& preference, Severity severity, Time now) {
  if (preference.mail == MailPace::off || severity == Severity::low) {
    return std::nullopt;
  }
  const bool is_critical = severity == Severity::critical;
  Time due = now;
  if (!is_critical && preference.mail == MailPace::hourly) {
    due = next_full_hour(now);
  }
  if (!is_critical && preference.mail == MailPace::daily) {
    due = next_time_of_day(preference.time_zone, now, morning);
  }
  if (is_critical && preference.critical_passes) {
    return due;
  }
  return quiet_until(preference.quiet_hours, preference.time_zone, due).value_or(due);
}

}  // namespace vigie::notify
