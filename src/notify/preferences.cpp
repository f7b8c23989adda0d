// SPDX-License-Identifier: Apache-2.0
#include "notify/preferences.hpp"

#include <algorithm>

namespace vigie::notify {
namespace {

constexpr std::chrono::minutes morning{8 * 60};

Time next_full(std::chrono::minutes step, Time now) {
  const auto since = now.time_since_epoch() % step;
  return now - since + step;
}

// No zone's offset is anything but whole quarters of an hour.
Time gathered_until(const Preference& preference, Severity severity, Time now) {
  const bool is_daily = preference.mail == MailPace::daily ||
                        (preference.mail == MailPace::immediate && severity == Severity::moderate);
  if (is_daily) {
    return next_time_of_day(preference.time_zone, now, morning);
  }
  return next_full(std::chrono::minutes{preference.mail == MailPace::hourly ? 60 : 15}, now);
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

std::optional<MailDue> mail_due(const Preference& preference, Severity severity, Time now) {
  if (preference.mail == MailPace::off || severity == Severity::low) {
    return std::nullopt;
  }
  const bool is_critical = severity == Severity::critical;
  const Time due = is_critical ? now + time_to_take : gathered_until(preference, severity, now);
  if (is_critical && preference.critical_passes) {
    return MailDue{.at = due, .unless_taken = true};
  }
  const auto quiet = quiet_until(preference.quiet_hours, preference.time_zone, due);
  return MailDue{.at = quiet.value_or(due), .unless_taken = is_critical && !quiet};
}

}  // namespace vigie::notify
