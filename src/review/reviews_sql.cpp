// SPDX-License-Identifier: Apache-2.0
#include "alert/rows.hpp"
#include "base/text.hpp"
#include "domain/event.hpp"
#include "review/reviews.hpp"

namespace vigie::review {
namespace {

constexpr std::string_view select_holder = R"(
SELECT claimed_by FROM alert WHERE id = $1 AND state = 'claimed' AND claimed_until > $2)";

constexpr std::string_view update_claim = R"(
UPDATE alert SET state = 'claimed', claimed_by = $2, claimed_until = $3,
  first_claimed_at = COALESCE(first_claimed_at, $4)
WHERE id = $1)";

constexpr std::string_view update_free = R"(
UPDATE alert SET state = 'open', claimed_by = NULL, claimed_until = NULL WHERE id = $1)";

constexpr std::string_view update_decided = R"(
UPDATE alert SET state = 'decided', claimed_by = NULL, claimed_until = NULL, updated_at = $2 WHERE id = $1)";

constexpr std::string_view insert_decision = R"(
INSERT INTO decision (id, alert_id, person_id, verdict, cause, note, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7))";

constexpr std::string_view select_decision = R"(
SELECT decided_at FROM decision
WHERE id = $1 AND alert_id = $2 AND person_id = $3 AND undone_at IS NULL)";

constexpr std::string_view update_undone = R"(UPDATE decision SET undone_at = $2 WHERE id = $1)";

Result<> run(db::Transaction& tx, std::string_view sql, std::initializer_list<db::Value> values) {
  const auto done = tx.execute(sql, values);
  return done ? Result<>{} : done.error();
}

// Errc::conflict while somebody else has it in hand, or when nothing is left to do.
Result<> require_free(db::Transaction& tx, const Alert& alert, const std::string& person_id,
                      Time now) {
  if (alert.state == AlertState::decided) {
    const auto& who = alert.decision ? alert.decision->decided_by : std::string{};
    return make_error(Errc::conflict, "this alert is decided already{}{}",
                      who.empty() ? "" : ", by ", who);
  }
  const auto rows = tx.query(select_holder, {alert.id, now});
  if (!rows) {
    return rows.error();
  }
  if (!rows->empty() && rows->front().text_or_empty(0) != person_id) {
    return make_error(Errc::conflict, "this alert is in hand: {}, until {}", alert.claimed_by,
                      to_rfc3339(alert.claimed_until.value_or(now)));
  }
  return {};
}

Result<> check(const NewDecision& decision) {
  const bool is_false_alarm = decision.verdict == DecisionVerdict::false_alarm;
  if (is_false_alarm && !decision.cause) {
    return make_error(Errc::invalid,
                      "cause: a false alarm needs its cause (transcription, analysis, quotation, "
                      "irony or other)");
  }
  if (!is_false_alarm && decision.cause) {
    return make_error(Errc::invalid, "cause: only a false alarm has one");
  }
  if (decision.note.size() > Reviews::longest_note) {
    return make_error(Errc::invalid, "note: at most {} bytes", Reviews::longest_note);
  }
  return {};
}

}  // namespace

Async<Result<Alert>> Reviews::change(std::string alert_id, Sight sight, Step step) {
  const Time now = clock_.now();
  std::function<Result<Alert>(db::Transaction&)> work = [&](db::Transaction& tx) -> Result<Alert> {
    const auto before = alert::find_visible_alert(tx, alert_id, sight, now);
    if (!before) {
      return before.error();
    }
    if (auto done = step(tx, *before); !done) {
      return done.error();
    }
    auto after = alert::find_visible_alert(tx, alert_id, sight, now);
    if (!after) {
      return after.error();
    }
    if (auto told = alert::append_alert_event(tx, event_type::alert_updated, *after, now); !told) {
      return told.error();
    }
    return after;
  };
  auto changed = co_await db::write<Alert>(database_, std::move(work));
  if (changed) {
    bus_.publish(topic::events, "");
  }
  co_return changed;
}

Async<Result<Alert>> Reviews::claim(std::string alert_id, Sight sight) {
  const Time now = clock_.now();
  const auto person_id = sight.person_id;
  Step step = [&person_id, now](db::Transaction& tx, const Alert& alert) -> Result<> {
    if (auto free = require_free(tx, alert, person_id, now); !free) {
      return free;
    }
    return run(tx, update_claim, {alert.id, person_id, now + claim_length, now});
  };
  co_return co_await change(std::move(alert_id), std::move(sight), std::move(step));
}

Async<Result<Alert>> Reviews::release(std::string alert_id, Sight sight) {
  const Time now = clock_.now();
  const auto person_id = sight.person_id;
  Step step = [&person_id, now](db::Transaction& tx, const Alert& alert) -> Result<> {
    if (alert.state != AlertState::claimed) {
      return {};
    }
    if (auto mine = require_free(tx, alert, person_id, now); !mine) {
      return mine;
    }
    return run(tx, update_free, {alert.id});
  };
  co_return co_await change(std::move(alert_id), std::move(sight), std::move(step));
}

Async<Result<Alert>> Reviews::decide(std::string alert_id, Sight sight, NewDecision decision,
                                     audit::By by) {
  decision.note = clean_utf8(trim(decision.note), longest_note + 1);
  if (auto fine = check(decision); !fine) {
    co_return fine.error();
  }
  const Time now = clock_.now();
  const auto id = ids_.next(now);
  const auto person_id = sight.person_id;
  Step step = [&](db::Transaction& tx, const Alert& alert) -> Result<> {
    if (auto free = require_free(tx, alert, person_id, now); !free) {
      return free;
    }
    const std::string cause{decision.cause ? to_string(*decision.cause) : std::string_view{}};
    if (auto kept =
            run(tx, insert_decision,
                {id, alert.id, person_id, to_string(decision.verdict), cause, decision.note, now});
        !kept) {
      return kept;
    }
    const audit::Deed deed{
        audit::kind::alert_decided,
        "alert",
        alert.id,
        {{"decision", id}, {"verdict", to_string(decision.verdict)}, {"cause", cause}}};
    if (auto noted = audit::append(tx, by, deed, now); !noted) {
      return noted;
    }
    return decision.verdict == DecisionVerdict::second_opinion
               ? run(tx, update_free, {alert.id})
               : run(tx, update_decided, {alert.id, now});
  };
  co_return co_await change(std::move(alert_id), std::move(sight), std::move(step));
}

Async<Result<Alert>> Reviews::undo(std::string alert_id, std::string decision_id, Sight sight,
                                   audit::By by) {
  const Time now = clock_.now();
  const auto person_id = sight.person_id;
  Step step = [&](db::Transaction& tx, const Alert& alert) -> Result<> {
    const auto rows = tx.query(select_decision, {decision_id, alert.id, person_id});
    if (!rows) {
      return rows.error();
    }
    if (rows->empty() || !alert.decision || alert.decision->id != decision_id) {
      return make_error(Errc::not_found, "no such decision of this person");
    }
    if (now - rows->front().time(0) > undo_within) {
      return make_error(Errc::conflict, "a decision can be taken back for {} seconds only",
                        std::chrono::duration_cast<std::chrono::seconds>(undo_within).count());
    }
    const audit::Deed deed{
        audit::kind::alert_undone, "alert", alert.id, {{"decision", decision_id}}};
    for (const auto& done :
         {run(tx, update_undone, {decision_id, now}), audit::append(tx, by, deed, now)}) {
      if (!done) {
        return done;
      }
    }
    return run(tx, update_claim, {alert.id, person_id, now + claim_length, now});
  };
  co_return co_await change(std::move(alert_id), std::move(sight), std::move(step));
}

}  // namespace vigie::review
