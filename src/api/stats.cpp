// SPDX-License-Identifier: Apache-2.0
// GET /stats: a person's accounts, or all of them for those who oversee. Days are those of the
// person's time zone.
#include "api/stats.hpp"

#include <boost/json/array.hpp>
#include <numeric>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/periods.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"

namespace vigie::api {
namespace {

constexpr std::chrono::days usual_period{30};
constexpr std::chrono::days longest_period{400};

json::object to_json(const Counts& counts) {
  json::object object;
  for (const auto& [name, count] : counts) {
    object[name] = count;
  }
  return object;
}

json::object to_json(const Percentiles& figures) {
  return {{"p50", or_null(figures.p50_s)}, {"p95", or_null(figures.p95_s)}};
}

double hours(Span span) {
  return to_seconds(span) / 3600.0;
}

std::int64_t total(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0},
                         [](std::int64_t sum, const auto& entry) { return sum + entry.second; });
}

struct Day {
  std::int64_t count = 0;
  Span length{0};
};

// Every day of the period, also those without anything.
std::map<std::chrono::local_days, Day> by_day(const std::vector<QuarterCount>& quarters, Time from,
                                              Time to, const notify::TimeZone& zone) {
  std::map<std::chrono::local_days, Day> days;
  const auto last = zone.local(to - Span{1}).day;
  for (auto day = zone.local(from).day; day <= last; day += std::chrono::days{1}) {
    days[day];
  }
  for (const auto& quarter : quarters) {
    auto& day = days[zone.local(std::max(quarter.start, from)).day];
    day.count += quarter.count;
    day.length += quarter.length;
  }
  return days;
}

json::object lives_of(const Stats& stats, Time from, Time to, const notify::TimeZone& zone) {
  Day all;
  json::array days;
  for (const auto& [day, of_day] : by_day(stats.lives, from, to, zone)) {
    all.count += of_day.count;
    all.length += of_day.length;
    days.push_back(
        {{"day", to_string(day)}, {"count", of_day.count}, {"hours", hours(of_day.length)}});
  }
  return {{"count", all.count}, {"hours", hours(all.length)}, {"by_day", std::move(days)}};
}

json::object alerts_of(const Stats& stats, Time from, Time to, const notify::TimeZone& zone) {
  json::array days;
  for (const auto& [day, of_day] : by_day(stats.alerts, from, to, zone)) {
    days.push_back({{"day", to_string(day)}, {"count", of_day.count}});
  }
  return {{"total", total(stats.alerts_by_kind)},
          {"by_kind", to_json(stats.alerts_by_kind)},
          {"by_severity", to_json(stats.alerts_by_severity)},
          {"by_day", std::move(days)}};
}

Result<Period> read_bounded_period(const http::Request& request, const notify::TimeZone& zone,
                                   Time now) {
  auto period = read_period(request, zone);
  if (!period) {
    return period.error();
  }
  const auto today = zone.local(now).day;
  period->to = period->to.value_or(zone.at(today + std::chrono::days{1}, std::chrono::minutes{0}));
  const auto first_day =
      zone.local(*period->to - Span{1}).day - usual_period + std::chrono::days{1};
  period->from = period->from.value_or(zone.at(first_day, std::chrono::minutes{0}));
  if (*period->from >= *period->to) {
    return make_error(Errc::invalid, "to: must be after from");
  }
  if (*period->to - *period->from > longest_period) {
    return make_error(Errc::invalid, "from: at most {} days before to", longest_period.count());
  }
  return period;
}

}  // namespace

Async<Result<http::Response>> get_stats(Services& services, Call call) {
  const auto zone = co_await zone_of(services, call.person_id());
  if (!zone) {
    co_return zone.error();
  }
  const auto now = services.clock.now();
  const auto period = read_bounded_period(call.request, *zone, now);
  if (!period) {
    co_return period.error();
  }
  const auto from = *period->from;
  const auto to = *period->to;
  const auto stats = co_await read_stats(services.database, widest_sight_of(call), from, to, now);
  if (!stats) {
    co_return stats.error();
  }
  json::object answer;
  answer["from"] = to_rfc3339(from);
  answer["to"] = to_rfc3339(to);
  answer["time_zone"] = zone->name();
  answer["lives"] = lives_of(*stats, from, to, *zone);
  answer["alerts"] = alerts_of(*stats, from, to, *zone);
  answer["decisions"] = {{"total", total(stats->decisions_by_verdict)},
                         {"by_verdict", to_json(stats->decisions_by_verdict)},
                         {"false_alarm_causes", to_json(stats->false_alarm_causes)}};
  answer["delays"] = {{"live_to_known_s", to_json(stats->live_to_known)},
                      {"words_s", to_json(stats->words)},
                      {"alert_to_claim_s", to_json(stats->alert_to_claim)},
                      {"alert_to_decision_s", to_json(stats->alert_to_decision)}};
  co_return json_answer(200, answer);
}

}  // namespace vigie::api
