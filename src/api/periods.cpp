// SPDX-License-Identifier: Apache-2.0
#include "api/periods.hpp"

#include "api/services.hpp"
#include "base/text.hpp"
#include "notify/channels.hpp"
#include "notify/preferences.hpp"

namespace vigie::api {
namespace {

std::optional<std::chrono::local_days> parse_day(std::string_view text) {
  const auto parts = split(text, '-');
  if (text.size() != 10 || parts.size() != 3 || parts[0].size() != 4 || parts[1].size() != 2) {
    return std::nullopt;
  }
  const auto year = to_integer(parts[0]);
  const auto month = to_integer(parts[1]);
  const auto day = to_integer(parts[2]);
  if (!year || !month || !day || *year < 1970 || *month < 1 || *day < 1) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  return date.ok() ? std::optional{std::chrono::local_days{date}} : std::nullopt;
}

Result<std::optional<Time>> read_end(const http::Request& request, std::string_view name,
                                     const notify::TimeZone& zone, std::chrono::days after) {
  const auto text = request.parameter(name);
  if (!text || text->empty()) {
    return std::optional<Time>{};
  }
  if (const auto day = parse_day(*text)) {
    return std::optional{zone.at(*day + after, std::chrono::minutes{0})};
  }
  const auto moment = parse_rfc3339(*text);
  if (!moment) {
    return make_error(Errc::invalid, "{}: a day (2026-11-22) or a moment (2026-11-22T17:20:00Z)",
                      name);
  }
  return std::optional{*moment};
}

}  // namespace

Result<Period> read_period(const http::Request& request, const notify::TimeZone& zone) {
  const auto from = read_end(request, "from", zone, std::chrono::days{0});
  if (!from) {
    return from.error();
  }
  const auto to = read_end(request, "to", zone, std::chrono::days{1});
  if (!to) {
    return to.error();
  }
  if (*from && *to && **from >= **to) {
    return make_error(Errc::invalid, "to: must be after from");
  }
  return Period{.from = *from, .to = *to};
}

Async<Result<notify::TimeZone>> zone_of(Services& services, std::string person_id) {
  const auto preference = co_await services.channels.preferences.get(std::move(person_id));
  if (!preference) {
    co_return preference.error();
  }
  co_return preference->time_zone;
}

std::string to_string(std::chrono::local_days day) {
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace vigie::api
