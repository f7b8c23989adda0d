// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "api/stats.hpp"

namespace vigie::api {
namespace {

// Each question begins with: $1 the person, $2 whether all accounts count, $3 from, $4 to.

constexpr std::string_view count_lives = R"(
  SELECT started_at / 900000000, COUNT(*),
    SUM(CASE WHEN COALESCE(ended_at, $5) > started_at THEN COALESCE(ended_at, $5) - started_at ELSE 0 END)
  FROM live
  WHERE started_at >= $3 AND started_at < $4
    AND ($2 OR account_id IN (SELECT account_id FROM follow WHERE person_id = $1))
  GROUP BY started_at / 900000000 ORDER BY started_at / 900000000)";

constexpr std::string_view count_alerts = R"(
  SELECT opened_at / 900000000, kind, severity, COUNT(*) FROM alert
  WHERE opened_at >= $3 AND opened_at < $4
    AND ($2 OR account_id IN (SELECT account_id FROM follow WHERE person_id = $1))
  GROUP BY opened_at / 900000000, kind, severity ORDER BY opened_at / 900000000)";

constexpr std::string_view count_decisions = R"(
  SELECT d.verdict, d.cause, COUNT(*) FROM decision d JOIN alert a ON a.id = d.alert_id
  WHERE d.decided_at >= $3 AND d.decided_at < $4 AND d.undone_at IS NULL
    AND ($2 OR a.account_id IN (SELECT account_id FROM follow WHERE person_id = $1))
  GROUP BY d.verdict, d.cause)";

constexpr std::string_view select_known = R"(
  SELECT detection_delay_us FROM live
  WHERE detection_delay_us IS NOT NULL AND started_at >= $3 AND started_at < $4
    AND ($2 OR account_id IN (SELECT account_id FROM follow WHERE person_id = $1))
  ORDER BY detection_delay_us)";

constexpr std::string_view select_words = R"(
  SELECT delay FROM (
    SELECT s.created_at - l.started_at - s.end_us AS delay
    FROM segment s JOIN live l ON l.id = s.live_id
    WHERE s.created_at >= $3 AND s.created_at < $4
      AND ($2 OR l.account_id IN (SELECT account_id FROM follow WHERE person_id = $1))
    ORDER BY s.id DESC LIMIT 20000) AS newest
  WHERE delay >= 0 ORDER BY delay)";

constexpr std::string_view select_claims = R"(
  SELECT first_claimed_at - opened_at FROM alert
  WHERE first_claimed_at IS NOT NULL AND opened_at >= $3 AND opened_at < $4
    AND ($2 OR account_id IN (SELECT account_id FROM follow WHERE person_id = $1))
  ORDER BY first_claimed_at - opened_at)";

constexpr std::string_view select_decided = R"(
  SELECT MIN(d.decided_at) - a.opened_at AS delay FROM alert a JOIN decision d ON d.alert_id = a.id
  WHERE d.undone_at IS NULL AND a.opened_at >= $3 AND a.opened_at < $4
    AND ($2 OR a.account_id IN (SELECT account_id FROM follow WHERE person_id = $1))
  GROUP BY a.id, a.opened_at ORDER BY delay)";

struct Asked {
  std::string person_id;
  bool all = false;
  Time from;
  Time to;
};

Time start_of(const db::Row& row) {
  return from_micros(row.integer(0) * 900'000'000);
}

// The nearest rank of an ordered column: a delay that really happened.
Result<Percentiles> percentiles(db::Transaction& transaction, std::string_view sql,
                                const Asked& asked) {
  const auto rows = transaction.query(sql, {asked.person_id, asked.all, asked.from, asked.to});
  if (!rows) {
    return rows.error();
  }
  const auto rank = [&](std::size_t percent) -> std::optional<double> {
    if (rows->empty()) {
      return std::nullopt;
    }
    const auto place = (rows->size() * percent + 99) / 100;
    return to_seconds((*rows)[std::max<std::size_t>(place, 1) - 1].span(0));
  };
  return Percentiles{.p50_s = rank(50), .p95_s = rank(95)};
}

Result<> read_counts(db::Transaction& transaction, const Asked& asked, Time now, Stats& stats) {
  const auto lives =
      transaction.query(count_lives, {asked.person_id, asked.all, asked.from, asked.to, now});
  if (!lives) {
    return lives.error();
  }
  for (const auto& row : *lives) {
    stats.lives.push_back({start_of(row), row.integer(1), row.span(2)});
  }
  const auto alerts =
      transaction.query(count_alerts, {asked.person_id, asked.all, asked.from, asked.to});
  if (!alerts) {
    return alerts.error();
  }
  for (const auto& row : *alerts) {
    stats.alerts.push_back({.start = start_of(row), .count = row.integer(3)});
    stats.alerts_by_kind[row.text(1)] += row.integer(3);
    stats.alerts_by_severity[row.text(2)] += row.integer(3);
  }
  const auto decisions =
      transaction.query(count_decisions, {asked.person_id, asked.all, asked.from, asked.to});
  if (!decisions) {
    return decisions.error();
  }
  for (const auto& row : *decisions) {
    stats.decisions_by_verdict[row.text(0)] += row.integer(2);
    if (row.text(0) == "false_alarm") {
      stats.false_alarm_causes[row.text(1).empty() ? "other" : row.text(1)] += row.integer(2);
    }
  }
  return {};
}

Result<Stats> read_all(db::Transaction& transaction, const Asked& asked, Time now) {
  Stats stats;
  if (const auto counted = read_counts(transaction, asked, now, stats); !counted) {
    return counted.error();
  }
  for (const auto& [sql, place] :
       {std::pair{select_known, &stats.live_to_known}, std::pair{select_words, &stats.words},
        std::pair{select_claims, &stats.alert_to_claim},
        std::pair{select_decided, &stats.alert_to_decision}}) {
    const auto figures = percentiles(transaction, sql, asked);
    if (!figures) {
      return figures.error();
    }
    *place = *figures;
  }
  return stats;
}

}  // namespace

Async<Result<Stats>> read_stats(db::Database& database, Sight sight, Time from, Time to, Time now) {
  const Asked asked{
      .person_id = sight.person_id, .all = sight.all_accounts, .from = from, .to = to};
  std::function<Result<Stats>(db::Transaction&)> work = [&](db::Transaction& transaction) {
    return read_all(transaction, asked, now);
  };
  co_return co_await db::read<Stats>(database, std::move(work));
}

}  // namespace vigie::api
