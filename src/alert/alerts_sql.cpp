// SPDX-License-Identifier: Apache-2.0
// What the pages read of alerts.
#include "alert/alerts.hpp"
#include "alert/rows.hpp"
#include "base/text.hpp"

namespace vigie::alert {
namespace {

// $5 is now: a claim that is over is none. An empty text asks for all.
constexpr std::string_view select_newest = R"(
SELECT id, live_id, account_id, username, kind, severity, state, opened_at, updated_at, count, sentence, context,
  at_us, clip_from_us, clip_to_us, score, assessment_id, claimed_by, holder, claimed_until, decision_id, verdict,
  cause, note, decided_at, decider
FROM alert_view v
WHERE ($1 = '' OR v.live_id = $1) AND ($2 = '' OR v.account_id = $2) AND ($3 = '' OR v.kind = $3)
  AND ($4 = '' OR CASE WHEN v.state = 'claimed' AND v.claimed_until <= $5 THEN 'open' ELSE v.state END = $4)
  AND ($6 = '' OR (v.claimed_by = $6 AND v.state = 'claimed' AND v.claimed_until > $5))
  AND ($7 = '' OR v.verdict = $7)
  AND ($8 OR EXISTS (SELECT 1 FROM follow f WHERE f.account_id = v.account_id AND f.person_id = $9))
  AND ($10 = '' OR v.id < $10)
ORDER BY v.id DESC LIMIT $11)";

constexpr std::string_view select_most_probable = R"(
SELECT id, live_id, account_id, username, kind, severity, state, opened_at, updated_at, count, sentence, context,
  at_us, clip_from_us, clip_to_us, score, assessment_id, claimed_by, holder, claimed_until, decision_id, verdict,
  cause, note, decided_at, decider
FROM alert_view v
WHERE ($1 = '' OR v.live_id = $1) AND ($2 = '' OR v.account_id = $2) AND ($3 = '' OR v.kind = $3)
  AND ($4 = '' OR CASE WHEN v.state = 'claimed' AND v.claimed_until <= $5 THEN 'open' ELSE v.state END = $4)
  AND ($6 = '' OR (v.claimed_by = $6 AND v.state = 'claimed' AND v.claimed_until > $5))
  AND ($7 = '' OR v.verdict = $7)
  AND ($8 OR EXISTS (SELECT 1 FROM follow f WHERE f.account_id = v.account_id AND f.person_id = $9))
  AND ($10 = '' OR v.score < $12 OR (v.score = $12 AND v.id < $10))
ORDER BY v.score DESC, v.id DESC LIMIT $11)";

// Where the page before ended: "<id>", or "<score>-<id>".
struct Place {
  std::string id;
  double score = 0;
};

Result<Place> parse_place(std::string_view cursor, AlertOrder order) {
  Place place;
  if (cursor.empty()) {
    return place;
  }
  const bool has_score = order == AlertOrder::most_probable;
  const auto dash = has_score ? cursor.find('-') : std::string_view::npos;
  const auto score = has_score ? to_number(cursor.substr(0, dash)) : std::optional{0.0};
  const auto id = has_score && dash != std::string_view::npos ? cursor.substr(dash + 1) : cursor;
  if (!score || !is_plausible_id(id)) {
    return make_error(Errc::invalid, "cursor: not one of ours");
  }
  place.id = id;
  place.score = *score;
  return place;
}

std::string place_after(const Alert& alert, AlertOrder order) {
  return order == AlertOrder::most_probable ? fmt::format("{}-{}", alert.score, alert.id)
                                            : alert.id;
}

}  // namespace

Async<Result<Page<Alert>>> Alerts::list(Sight sight, AlertFilter filter, std::int64_t limit,
                                        std::string cursor) {
  const auto place = parse_place(cursor, filter.order);
  if (!place) {
    co_return place.error();
  }
  const auto word = [](const auto& wanted) {
    return wanted ? std::string{to_string(*wanted)} : std::string{};
  };
  const Time now = clock_.now();
  std::function<Result<Page<Alert>>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Page<Alert>> {
    const bool by_score = filter.order == AlertOrder::most_probable;
    auto rows =
        by_score ? transaction.query(
                       select_most_probable,
                       {filter.live_id, filter.account_id, word(filter.kind), word(filter.state),
                        now, filter.held_by, word(filter.verdict), sight.all_accounts,
                        sight.person_id, place->id, limit + 1, place->score})
                 : transaction.query(select_newest,
                                     {filter.live_id, filter.account_id, word(filter.kind),
                                      word(filter.state), now, filter.held_by, word(filter.verdict),
                                      sight.all_accounts, sight.person_id, place->id, limit + 1});
    if (!rows) {
      return rows.error().during("reading the alerts");
    }
    Page<Alert> page;
    for (const auto& row : *rows) {
      if (static_cast<std::int64_t>(page.items.size()) == limit) {
        page.next_cursor = place_after(page.items.back(), filter.order);
        break;
      }
      page.items.push_back(to_alert(row, now));
    }
    return page;
  };
  co_return co_await db::read<Page<Alert>>(database_, std::move(work));
}

Async<Result<Alert>> Alerts::get(std::string alert_id, Sight sight) {
  const Time now = clock_.now();
  std::function<Result<Alert>(db::Transaction&)> work = [&](db::Transaction& transaction) {
    return find_visible_alert(transaction, alert_id, sight, now);
  };
  co_return co_await db::read<Alert>(database_, std::move(work));
}

}  // namespace vigie::alert
