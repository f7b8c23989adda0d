// SPDX-License-Identifier: Apache-2.0
// What the pages read of alerts.
#include "alert/alerts.hpp"
#include "alert/rows.hpp"

namespace vigie::alert {
namespace {

constexpr std::string_view select_one = R"(
SELECT a.id, a.live_id, a.account_id, c.username, a.kind, a.severity, a.state, a.opened_at, a.updated_at,
  a.count, a.sentence, a.context, a.at_us, a.clip_from_us, a.clip_to_us, a.score, a.assessment_id
FROM alert a JOIN account c ON c.id = a.account_id
WHERE a.id = $1)";

constexpr std::string_view select_visible = R"(
SELECT a.id, a.live_id, a.account_id, c.username, a.kind, a.severity, a.state, a.opened_at, a.updated_at,
  a.count, a.sentence, a.context, a.at_us, a.clip_from_us, a.clip_to_us, a.score, a.assessment_id
FROM alert a JOIN account c ON c.id = a.account_id
WHERE a.id = $1
  AND ($2 OR EXISTS (SELECT 1 FROM follow f WHERE f.account_id = a.account_id AND f.person_id = $3)))";

constexpr std::string_view select_page = R"(
SELECT a.id, a.live_id, a.account_id, c.username, a.kind, a.severity, a.state, a.opened_at, a.updated_at,
  a.count, a.sentence, a.context, a.at_us, a.clip_from_us, a.clip_to_us, a.score, a.assessment_id
FROM alert a JOIN account c ON c.id = a.account_id
WHERE ($1 = '' OR a.state = $1) AND ($2 = '' OR a.id < $2)
  AND ($3 OR EXISTS (SELECT 1 FROM follow f WHERE f.account_id = a.account_id AND f.person_id = $4))
ORDER BY a.id DESC LIMIT $5)";

}  // namespace

Alert to_alert(const db::Row& row) {
  Alert alert;
  alert.id = row.text(0);
  alert.live_id = row.text(1);
  alert.account_id = row.text(2);
  alert.username = row.text(3);
  alert.kind = parse_alert_kind(row.text(4)).value();  // a CHECK of the table
  alert.severity = parse_severity(row.text(5)).value();
  alert.state = parse_alert_state(row.text(6)).value();
  alert.opened_at = row.time(7);
  alert.updated_at = row.time(8);
  alert.count = row.integer(9);
  alert.sentence = row.text(10);
  alert.context = row.text(11);
  alert.at = row.span(12);
  alert.clip_from = row.span(13);
  alert.clip_to = row.span(14);
  alert.score = row.number(15);
  alert.assessment_id = row.text(16);
  return alert;
}

Result<std::optional<Alert>> find_alert(db::Transaction& transaction, std::string_view alert_id) {
  auto rows = transaction.query(select_one, {alert_id});
  if (!rows) {
    return rows.error();
  }
  std::optional<Alert> found;
  if (!rows->empty()) {
    found = to_alert(rows->front());
  }
  return found;
}

Async<Result<Page<Alert>>> Alerts::list(Sight sight, std::optional<AlertState> state,
                                        std::int64_t limit, std::string cursor) {
  if (!cursor.empty() && !is_plausible_id(cursor)) {
    co_return make_error(Errc::invalid, "cursor: not one of ours");
  }
  const std::string wanted{state ? to_string(*state) : std::string_view{}};
  std::function<Result<Page<Alert>>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Page<Alert>> {
    auto rows = transaction.query(select_page,
                                  {wanted, cursor, sight.all_accounts, sight.person_id, limit + 1});
    if (!rows) {
      return rows.error().during("reading the alerts");
    }
    Page<Alert> page;
    for (const auto& row : *rows) {
      if (static_cast<std::int64_t>(page.items.size()) == limit) {
        page.next_cursor = page.items.back().id;
        break;
      }
      page.items.push_back(to_alert(row));
    }
    return page;
  };
  co_return co_await db::read<Page<Alert>>(database_, std::move(work));
}

Async<Result<Alert>> Alerts::get(std::string alert_id, Sight sight) {
  std::function<Result<Alert>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Alert> {
    auto rows = transaction.query(select_visible, {alert_id, sight.all_accounts, sight.person_id});
    if (!rows) {
      return rows.error().during("reading an alert");
    }
    if (rows->empty()) {
      return make_error(Errc::not_found, "no such alert");
    }
    return to_alert(rows->front());
  };
  co_return co_await db::read<Alert>(database_, std::move(work));
}

}  // namespace vigie::alert
