// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "alert/rows.hpp"
#include "db/event_log.hpp"
#include "domain/json.hpp"

namespace vigie::alert {
namespace {

constexpr std::string_view select_one = R"(
SELECT id, live_id, account_id, username, kind, severity, state, opened_at, updated_at, count, sentence, context,
  at_us, clip_from_us, clip_to_us, score, assessment_id, claimed_by, holder, claimed_until, decision_id, verdict,
  cause, note, decided_at, decider
FROM alert_view WHERE id = $1)";

constexpr std::string_view select_sees = R"(
SELECT person_id FROM follow WHERE account_id = $1 AND person_id = $2)";

std::optional<Decision> decision_of(const db::Row& row, std::size_t first) {
  if (row.is_null(first)) {
    return std::nullopt;
  }
  Decision decision;
  decision.id = row.text(first);
  decision.verdict = parse_decision_verdict(row.text(first + 1)).value();  // a CHECK of the table
  if (!row.text(first + 2).empty()) {
    decision.cause = parse_false_alarm_cause(row.text(first + 2)).value();
  }
  decision.note = row.text(first + 3);
  decision.decided_at = row.time(first + 4);
  decision.decided_by = row.text_or_empty(first + 5);
  return decision;
}

}  // namespace

Alert to_alert(const db::Row& row, Time now) {
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
  const auto until = row.optional_time(19);
  if (alert.state == AlertState::claimed && until && *until > now) {
    alert.claimed_by = row.text_or_empty(18);
    alert.claimed_until = until;
  } else if (alert.state == AlertState::claimed) {
    alert.state = AlertState::open;
  }
  alert.decision = decision_of(row, 20);
  return alert;
}

Result<std::optional<Alert>> find_alert(db::Transaction& transaction, std::string_view alert_id,
                                        Time now) {
  auto rows = transaction.query(select_one, {alert_id});
  if (!rows) {
    return rows.error().during("reading an alert");
  }
  std::optional<Alert> found;
  if (!rows->empty()) {
    found = to_alert(rows->front(), now);
  }
  return found;
}

Result<Alert> find_visible_alert(db::Transaction& transaction, std::string_view alert_id,
                                 const Sight& sight, Time now) {
  auto alert = find_alert(transaction, alert_id, now);
  if (!alert) {
    return alert.error();
  }
  if (*alert && !sight.all_accounts) {
    auto rows = transaction.query(select_sees, {(*alert)->account_id, sight.person_id});
    if (!rows) {
      return rows.error().during("asking who may see an alert");
    }
    if (rows->empty()) {
      alert->reset();
    }
  }
  if (!*alert) {
    return make_error(Errc::not_found, "no such alert");
  }
  return std::move(**alert);
}

Result<> append_alert_event(db::Transaction& transaction, std::string_view type, const Alert& alert,
                            Time now) {
  Event event;
  event.type = type;
  event.at = now;
  event.account_id = alert.account_id;
  event.live_id = alert.live_id;
  event.data = boost::json::serialize(to_json(alert));
  const auto appended = db::append_event(transaction, event);
  return appended ? Result<>{} : appended.error();
}

}  // namespace vigie::alert
