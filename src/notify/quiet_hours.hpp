// SPDX-License-Identifier: Apache-2.0
// When a person is not to be interrupted: by weekday and hour, in their own time zone. Pure, but
// for ICU's table of zones.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::notify {

// Where a moment falls in a place.
struct LocalTime {
  std::chrono::local_days day;
  std::chrono::minutes of_day{0};
};

// "Africa/Casablanca": an IANA name.
class TimeZone {
 public:
  // Errc::invalid for a name that ICU does not know.
  static Result<TimeZone> parse(std::string_view name);

  const std::string& name() const { return name_; }
  LocalTime local(Time time) const;
  // A local time that is skipped when clocks go forward becomes the moment after the gap; one that
  // comes twice, its first.
  Time at(std::chrono::local_days day, std::chrono::minutes of_day) const;

 private:
  explicit TimeZone(std::string name) : name_{std::move(name)} {}
  std::string name_;
};

// From one hour to another; past midnight when to is not after from. weekday is that of from.
struct QuietStretch {
  unsigned weekday = 1;  // 1: Monday … 7: Sunday (ISO 8601)
  std::chrono::minutes from{0};
  std::chrono::minutes to{0};
  bool operator==(const QuietStretch&) const = default;
};
using QuietHours = std::vector<QuietStretch>;

// [{"weekday":1,"from":"22:00","to":"07:00"}]; at most 21 stretches. Errc::invalid says which
// field.
Result<QuietHours> parse_quiet_hours(const json::value& value);
json::array to_json(const QuietHours& hours);

// When the quiet that holds at `now` ends; nothing when it is not quiet. Stretches that touch are
// one. A week that is quiet throughout ends after a week: quiet always ends.
std::optional<Time> quiet_until(const QuietHours& hours, const TimeZone& zone, Time now);

// The next moment at or after which the local clock shows `of_day`, strictly after now.
Time next_time_of_day(const TimeZone& zone, Time now, std::chrono::minutes of_day);

}  // namespace vigie::notify
