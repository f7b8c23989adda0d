// SPDX-License-Identifier: Apache-2.0
// How each person wants to be told outside of the pages.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "audit/audit.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "domain/alert.hpp"
#include "notify/quiet_hours.hpp"

namespace vigie::notify {

// What is critical comes by itself once nobody has taken it for a few minutes. immediate: what is
// high is gathered by the quarter of an hour, what is moderate until 8 in the morning of the
// person's time zone; hourly and daily gather both.
enum class MailPace : std::uint8_t { immediate, hourly, daily, off };
std::string_view to_string(MailPace pace);
Result<MailPace> parse_mail_pace(std::string_view text);

struct Preference {
  MailPace mail = MailPace::immediate;
  TimeZone time_zone = TimeZone::parse("Europe/Paris").value();
  QuietHours quiet_hours;
  bool critical_passes = true;  // a critical alert is told in quiet hours too
};

struct PreferenceChange {
  std::optional<MailPace> mail;
  std::optional<TimeZone> time_zone;
  std::optional<QuietHours> quiet_hours;
  std::optional<bool> critical_passes;
};

// The default for people who never said.
Result<Preference> read_preference(db::Transaction& transaction, std::string_view person_id);

class Preferences {
 public:
  explicit Preferences(db::Database& database) : database_{database} {}

  Async<Result<Preference>> get(std::string person_id);
  Async<Result<Preference>> change(std::string person_id, PreferenceChange change,
                                   audit::By by = {});

 private:
  db::Database& database_;
};

inline constexpr Span time_to_take = std::chrono::minutes{5};

struct MailDue {
  Time at;
  bool unless_taken = false;  // not sent when somebody has the alert in hand by then
};

// When a mail about an alert goes; nothing: never.
std::optional<MailDue> mail_due(const Preference& preference, Severity severity, Time now);

}  // namespace vigie::notify
