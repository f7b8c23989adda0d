// SPDX-License-Identifier: Apache-2.0
#include "notify/quiet_hours.hpp"

#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <memory>

#include "base/text.hpp"

namespace vigie::notify {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;

constexpr std::size_t most_stretches = 21;
constexpr std::size_t longest_zone_name = 64;
constexpr minutes whole_day{24 * 60};
constexpr int most_joined = 22;  // more than there are stretches: ends the search

struct CloseCalendar {
  void operator()(UCalendar* calendar) const { ucal_close(calendar); }
};
using Calendar = std::unique_ptr<UCalendar, CloseCalendar>;

std::u16string wide(std::string_view ascii) {
  return {ascii.begin(), ascii.end()};
}

Calendar open_calendar(std::string_view zone) {
  const auto name = wide(zone);
  UErrorCode code = U_ZERO_ERROR;
  Calendar calendar{ucal_open(name.data(), static_cast<std::int32_t>(name.size()), "en_US",
                              UCAL_GREGORIAN, &code)};
  if (U_FAILURE(code) != 0) {
    throw std::runtime_error{"ICU does not open a calendar"};
  }
  // The first of two, and past a gap.
  ucal_setAttribute(calendar.get(), UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_FIRST);
  ucal_setAttribute(calendar.get(), UCAL_SKIPPED_WALL_TIME, UCAL_WALLTIME_NEXT_VALID);
  return calendar;
}

int field(const Calendar& calendar, UCalendarDateFields which) {
  UErrorCode code = U_ZERO_ERROR;
  return ucal_get(calendar.get(), which, &code);
}

std::optional<minutes> parse_hour(const std::optional<std::string>& text) {
  if (!text || text->size() != 5 || text->at(2) != ':') {
    return std::nullopt;
  }
  const auto hour = to_integer(text->substr(0, 2));
  const auto minute = to_integer(text->substr(3, 2));
  if (!hour || !minute || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59) {
    return std::nullopt;
  }
  return minutes{*hour * 60 + *minute};
}

std::string hour_text(minutes of_day) {
  return fmt::format("{:02}:{:02}", of_day.count() / 60, of_day.count() % 60);
}

// When the stretch that began on `day` ends, if it holds at now.
std::optional<Time> end_of(const QuietStretch& stretch, const TimeZone& zone, local_days day,
                           Time now) {
  if (std::chrono::weekday{day}.iso_encoding() != stretch.weekday) {
    return std::nullopt;
  }
  const auto last_day = stretch.to > stretch.from ? day : day + days{1};
  const auto begins = zone.at(day, stretch.from);
  const auto ends = zone.at(last_day, stretch.to);
  return begins <= now && now < ends ? std::optional{ends} : std::nullopt;
}

std::optional<Time> latest_end(const QuietHours& hours, const TimeZone& zone, Time now) {
  const auto today = zone.local(now).day;
  std::optional<Time> latest;
  for (const auto& stretch : hours) {
    for (const auto day : {today - days{1}, today}) {
      const auto ends = end_of(stretch, zone, day, now);
      latest = ends && (!latest || *ends > *latest) ? ends : latest;
    }
  }
  return latest;
}

}  // namespace

Result<TimeZone> TimeZone::parse(std::string_view name) {
  const auto wide_name = wide(name);
  const bool is_plain = std::ranges::all_of(
      name, [](char letter) { return letter > ' ' && static_cast<signed char>(letter) > 0; });
  std::array<char16_t, longest_zone_name + 1> canonical{};
  UBool is_system = 0;
  UErrorCode code = U_ZERO_ERROR;
  if (is_plain && !name.empty() && name.size() <= longest_zone_name) {
    ucal_getCanonicalTimeZoneID(wide_name.data(), static_cast<std::int32_t>(wide_name.size()),
                                canonical.data(), longest_zone_name, &is_system, &code);
  }
  if (U_FAILURE(code) != 0 || is_system == 0) {
    return make_error(Errc::invalid, "time_zone: a name like Africa/Casablanca or Europe/Paris");
  }
  return TimeZone{std::string{name}};
}

LocalTime TimeZone::local(Time time) const {
  const auto calendar = open_calendar(name_);
  UErrorCode code = U_ZERO_ERROR;
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  ucal_setMillis(calendar.get(), static_cast<double>(millis.count()), &code);
  const std::chrono::year_month_day date{
      std::chrono::year{field(calendar, UCAL_YEAR)},
      std::chrono::month{static_cast<unsigned>(field(calendar, UCAL_MONTH)) + 1},
      std::chrono::day{static_cast<unsigned>(field(calendar, UCAL_DATE))}};
  return {.day = local_days{date},
          .of_day = minutes{field(calendar, UCAL_HOUR_OF_DAY) * 60 + field(calendar, UCAL_MINUTE)}};
}

Time TimeZone::at(local_days day, minutes of_day) const {
  const auto calendar = open_calendar(name_);
  const std::chrono::year_month_day date{day};
  UErrorCode code = U_ZERO_ERROR;
  ucal_clear(calendar.get());
  ucal_setDateTime(calendar.get(), static_cast<int>(date.year()),
                   static_cast<std::int32_t>(static_cast<unsigned>(date.month())) - 1,
                   static_cast<std::int32_t>(static_cast<unsigned>(date.day())),
                   static_cast<std::int32_t>(of_day.count() / 60),
                   static_cast<std::int32_t>(of_day.count() % 60), 0, &code);
  const double millis = ucal_getMillis(calendar.get(), &code);
  return from_micros(static_cast<std::int64_t>(millis) * 1000);
}

Result<QuietHours> parse_quiet_hours(const json::value& value) {
  const auto* const list = value.if_array();
  if (list == nullptr || list->size() > most_stretches) {
    return make_error(Errc::invalid, "quiet_hours: a list of at most {}", most_stretches);
  }
  QuietHours hours;
  for (const auto& one : *list) {
    const auto weekday = get_integer(one, "weekday");
    const auto from = parse_hour(get_string(one, "from"));
    const auto to = parse_hour(get_string(one, "to"));
    if (!weekday || *weekday < 1 || *weekday > 7) {
      return make_error(Errc::invalid, "quiet_hours: weekday is 1 (Monday) to 7 (Sunday)");
    }
    if (!from || !to) {
      return make_error(Errc::invalid, "quiet_hours: from and to are like 22:00");
    }
    hours.push_back({.weekday = static_cast<unsigned>(*weekday), .from = *from, .to = *to});
  }
  return hours;
}

json::array to_json(const QuietHours& hours) {
  json::array list;
  for (const auto& stretch : hours) {
    list.push_back(json::object{{"weekday", stretch.weekday},
                                {"from", hour_text(stretch.from)},
                                {"to", hour_text(stretch.to)}});
  }
  return list;
}

std::optional<Time> quiet_until(const QuietHours& hours, const TimeZone& zone, Time now) {
  std::optional<Time> until;
  for (int joined = 0; joined < most_joined; ++joined) {
    const auto next = latest_end(hours, zone, until.value_or(now));
    if (!next || (until && *next <= *until) || *next - now > days{7}) {
      break;
    }
    until = next;
  }
  return until;
}

Time next_time_of_day(const TimeZone& zone, Time now, minutes of_day) {
  const auto today = zone.local(now).day;
  const auto time = zone.at(today, of_day % whole_day);
  return time > now ? time : zone.at(today + days{1}, of_day % whole_day);
}

}  // namespace vigie::notify
