// SPDX-License-Identifier: Apache-2.0
// How an assessment becomes an alert, its notifications and their events, in one transaction.
#include <boost/json/serialize.hpp>
#include <vector>

#include "alert/account_rules.hpp"
#include "alert/alerts.hpp"
#include "alert/list_rules.hpp"
#include "alert/rows.hpp"
#include "alert/rules.hpp"
#include "base/json.hpp"
#include "db/event_log.hpp"
#include "domain/json.hpp"

namespace vigie::alert {
namespace {

constexpr std::string_view reader = "alert";
constexpr std::int64_t events_at_a_time = 200;

constexpr std::string_view select_assessment = R"(
SELECT a.id, a.live_id, l.account_id, c.username, a.start_us, a.end_us, a.viralite, a.discours_haineux,
  a.risque_score, a.score, a.indetermine, a.injection, a.preuve, r.risk_threshold, r.hate_alerts, r.cooldown_us
FROM assessment a JOIN live l ON l.id = a.live_id JOIN account c ON c.id = l.account_id
  LEFT JOIN alert_rule r ON r.account_id = c.id
WHERE a.id = $1)";

constexpr std::string_view select_incident = R"(
SELECT id, kind, severity FROM alert
WHERE live_id = $1 AND state <> 'decided' AND last_us >= $2 AND (kind = 'viralite') = $3
ORDER BY last_us DESC, id DESC LIMIT 1)";

constexpr std::string_view select_words = R"(
SELECT start_us, text FROM segment
WHERE live_id = $1 AND start_us >= $2 AND start_us < $3
ORDER BY start_us, id)";

constexpr std::string_view insert_alert = R"(
INSERT INTO alert (id, live_id, account_id, kind, severity, state, opened_at, updated_at, count, sentence,
  context, at_us, last_us, clip_from_us, clip_to_us, score, assessment_id, incident_key)
VALUES ($1, $2, $3, $4, $5, 'open', $6, $6, 1, $7, $8, $9, $10, $11, $12, $13, $14, $15))";

constexpr std::string_view count_window = R"(
UPDATE alert SET count = count + 1, updated_at = $2,
  last_us = CASE WHEN last_us < $3 THEN $3 ELSE last_us END,
  score = CASE WHEN score < $4 THEN $4 ELSE score END
WHERE id = $1)";

// What made it worse is what a person must see first.
constexpr std::string_view raise_alert = R"(
UPDATE alert SET kind = $2, severity = $3, sentence = $4, context = $5, at_us = $6, clip_from_us = $7,
  clip_to_us = $8, assessment_id = $9
WHERE id = $1)";

constexpr std::string_view select_awaiting_context = R"(
SELECT id, at_us FROM alert WHERE live_id = $1 AND at_us >= $2 AND at_us < $3)";

constexpr std::string_view update_context = R"(UPDATE alert SET context = $2 WHERE id = $1)";

constexpr std::string_view select_recipients = R"(
SELECT p.id FROM person p
WHERE p.disabled_at IS NULL
  AND (($2 AND p.role IN ('moderator', 'admin'))
       OR EXISTS (SELECT 1 FROM follow f WHERE f.person_id = p.id AND f.account_id = $1))
ORDER BY p.id)";

constexpr std::string_view insert_notification = R"(
INSERT INTO notification (id, person_id, event_key, kind, live_id, alert_id, username, severity, created_at)
VALUES ($1, $2, $3, 'alert', $4, $5, $6, $7, $8)
ON CONFLICT (person_id, event_key) DO NOTHING)";

// An assessment and whose it is.
struct Case {
  Assessment assessment;
  std::string account_id;
  std::string username;
  AccountRule rule;
};

// The columns of alert_rule in select_assessment.
std::optional<AccountRule> own_rule(const db::Row& row) {
  if (row.is_null(14)) {
    return std::nullopt;
  }
  AccountRule rule;
  rule.risk_threshold = row.optional_number(13);
  rule.hate_alerts = row.boolean(14);
  if (const auto cooldown = row.optional_integer(15)) {
    rule.cooldown = Span{*cooldown};
  }
  return rule;
}

// The assessment as its account's rule has it judged.
std::optional<Verdict> decide_by(const Case& one, double risk_threshold) {
  const double threshold = one.rule.risk_threshold.value_or(risk_threshold);
  if (one.rule.hate_alerts || !one.assessment.judgement.hateful) {
    return decide(one.assessment, threshold);
  }
  auto quiet = one.assessment;
  quiet.judgement.hateful = false;
  const auto verdict = decide(quiet, threshold);
  return verdict ? decide(one.assessment, threshold) : verdict;
}

// One transaction's work. Facts first; the events, whose log is a lock, at the end.
class Intake {
 public:
  Intake(db::Transaction& transaction, Ids& ids, Time now, double risk_threshold, Span cooldown)
      : transaction_{transaction},
        ids_{ids},
        now_{now},
        risk_threshold_{risk_threshold},
        cooldown_{cooldown} {}

  Result<TakenIn> run() {
    // Moving the cursor nowhere locks its row: another process waits here, then reads what we
    // leave.
    if (auto locked = db::move_cursor(transaction_, reader, 0); !locked) {
      return locked.error().during("locking the reader of assessments");
    }
    auto cursor = db::cursor_of(transaction_, reader);
    if (!cursor) {
      return cursor.error();
    }
    auto events = db::events_after(transaction_, *cursor, events_at_a_time);
    if (!events) {
      return events.error().during("reading the event log");
    }
    for (const auto& event : *events) {
      if (event.type == event_type::assessment) {
        if (auto done = take(event); !done) {
          return done.error();
        }
      }
    }
    taken_.events = static_cast<std::int64_t>(events->size());
    if (!events->empty()) {
      if (auto moved = db::move_cursor(transaction_, reader, events->back().id); !moved) {
        return moved.error();
      }
    }
    return tell();
  }

 private:
  Result<> take(const Event& event) {
    auto found = read_case(event);
    if (!found) {
      return found.error().during("reading an assessment");
    }
    if (!*found) {
      ++taken_.unreadable;
      return {};
    }
    const auto& one = **found;
    if (const auto verdict = decide_by(one, risk_threshold_)) {
      if (auto done = alert_of(one, *verdict); !done) {
        return done.error().during("writing an alert");
      }
    }
    return refresh_contexts(one);
  }

  Result<std::optional<Case>> read_case(const Event& event) {
    std::optional<Case> found;
    const auto data = parse_json(event.data);
    const auto id = data ? get_string(*data, "id") : std::nullopt;
    if (!id) {
      return found;
    }
    auto rows = transaction_.query(select_assessment, {*id});
    if (!rows) {
      return rows.error();
    }
    if (rows->empty()) {
      return found;
    }
    const auto& row = rows->front();
    auto& one = found.emplace();
    one.account_id = row.text(2);
    one.username = row.text(3);
    auto& assessment = one.assessment;
    assessment.id = row.text(0);
    assessment.live_id = row.text(1);
    assessment.start = row.span(4);
    assessment.end = row.span(5);
    assessment.judgement.virality = parse_virality(row.text(6)).value();
    assessment.judgement.hateful = row.boolean(7);
    assessment.risk = row.number(8);
    assessment.judgement.score = row.number(9);
    assessment.judgement.undecided = row.boolean(10);
    assessment.judgement.injection = row.boolean(11);
    assessment.judgement.evidence = row.text(12);
    const auto lists = rule_of_lists(transaction_, one.account_id);
    if (!lists) {
      return lists.error();
    }
    one.rule = merged(own_rule(row), *lists);
    return found;
  }

  Result<std::vector<Segment>> words(const std::string& live_id, Span from, Span to) {
    auto rows = transaction_.query(select_words, {live_id, from, to});
    if (!rows) {
      return rows.error();
    }
    std::vector<Segment> segments;
    for (const auto& row : *rows) {
      auto& segment = segments.emplace_back();
      segment.start = row.span(0);
      segment.text = row.text(1);
    }
    return segments;
  }

  Result<std::string> context_at(const std::string& live_id, Span at) {
    auto around = words(live_id, at - context_around, at + context_around);
    if (!around) {
      return around.error();
    }
    return joined(*around);
  }

  Result<> alert_of(const Case& one, Verdict verdict) {
    const auto& assessment = one.assessment;
    const bool is_virality = verdict.kind == AlertKind::virality;
    auto incident = transaction_.query(
        select_incident, {assessment.live_id,
                          assessment.start - one.rule.cooldown.value_or(cooldown_), is_virality});
    if (!incident) {
      return incident.error();
    }
    if (incident->empty()) {
      return open(one, verdict);
    }
    const auto& row = incident->front();
    const Verdict known{parse_alert_kind(row.text(1)).value(), parse_severity(row.text(2)).value()};
    return merge(one, row.text(0), known, raised(known, verdict));
  }

  Result<Alert> written(const Case& one, Verdict verdict) {
    const auto& assessment = one.assessment;
    auto window = words(assessment.live_id, assessment.start, assessment.end);
    if (!window) {
      return window.error();
    }
    auto place = locate(*window, assessment.judgement.evidence, assessment.start);
    auto context = context_at(assessment.live_id, place.at);
    if (!context) {
      return context.error();
    }
    Alert alert;
    alert.live_id = assessment.live_id;
    alert.account_id = one.account_id;
    alert.username = one.username;
    alert.kind = verdict.kind;
    alert.severity = verdict.severity;
    alert.sentence = std::move(place.sentence);
    alert.context = std::move(*context);
    alert.at = place.at;
    alert.clip_from = std::max(place.at - clip_around, Span{0});
    alert.clip_to = place.at + clip_around;
    alert.assessment_id = assessment.id;
    return alert;
  }

  Result<> open(const Case& one, Verdict verdict) {
    auto made = written(one, verdict);
    if (!made) {
      return made.error();
    }
    auto& alert = *made;
    alert.id = ids_.next(now_);
    const auto family = verdict.kind == AlertKind::virality ? "viralite" : "haine";
    const auto key = fmt::format("{}:{}:{}", alert.live_id, family, one.assessment.start.count());
    auto inserted = transaction_.execute(
        insert_alert, {alert.id, alert.live_id, alert.account_id, to_string(alert.kind),
                       to_string(alert.severity), now_, alert.sentence, alert.context, alert.at,
                       one.assessment.end, alert.clip_from, alert.clip_to,
                       one.assessment.judgement.score, alert.assessment_id, key});
    if (!inserted) {
      return inserted.error();
    }
    ++taken_.opened;
    return announce(alert.id, event_type::alert_opened);
  }

  Result<> merge(const Case& one, const std::string& id, Verdict known, Verdict now) {
    auto counted = transaction_.execute(
        count_window, {id, now_, one.assessment.end, one.assessment.judgement.score});
    if (!counted) {
      return counted.error();
    }
    if (now != known) {
      auto worse = written(one, now);
      if (!worse) {
        return worse.error();
      }
      auto done = transaction_.execute(
          raise_alert,
          {id, to_string(now.kind), to_string(now.severity), worse->sentence, worse->context,
           worse->at, worse->clip_from, worse->clip_to, worse->assessment_id});
      if (!done) {
        return done.error();
      }
    }
    ++taken_.updated;
    return announce(id, event_type::alert_updated);
  }

  Result<> announce(const std::string& id, std::string_view type) {
    auto alert = find_alert(transaction_, id, now_);
    if (!alert) {
      return alert.error();
    }
    Event event;
    event.type = type;
    event.at = now_;
    event.account_id = (*alert)->account_id;
    event.live_id = (*alert)->live_id;
    event.data = boost::json::serialize(to_json(**alert));
    events_.push_back(std::move(event));
    return notify(**alert);
  }

  Result<> notify(const Alert& alert) {
    const Verdict verdict{alert.kind, alert.severity};
    if (!tells_followers(verdict)) {
      return {};
    }
    auto people =
        transaction_.query(select_recipients, {alert.account_id, tells_moderators(verdict)});
    if (!people) {
      return people.error();
    }
    for (const auto& row : *people) {
      if (auto done = notify_one(alert, row.text(0)); !done) {
        return done.error();
      }
    }
    return {};
  }

  Result<> notify_one(const Alert& alert, const std::string& person_id) {
    Notification note;
    note.id = ids_.next(now_);
    note.person_id = person_id;
    note.kind = "alert";
    note.live_id = alert.live_id;
    note.alert_id = alert.id;
    note.username = alert.username;
    note.severity = to_string(alert.severity);
    note.created_at = now_;
    auto inserted = transaction_.execute(
        insert_notification, {note.id, person_id, "alert:" + alert.id, note.live_id, note.alert_id,
                              note.username, note.severity, now_});
    if (!inserted) {
      return inserted.error();
    }
    if (*inserted == 0) {
      return {};  // told when it opened
    }
    ++taken_.notified;
    Event event;
    event.type = event_type::notification;
    event.at = now_;
    event.live_id = note.live_id;
    event.person_id = person_id;
    event.data = boost::json::serialize(to_json(note));
    events_.push_back(std::move(event));
    return {};
  }

  // When an alert opens, the minute after it has not been spoken yet.
  Result<> refresh_contexts(const Case& one) {
    const auto& assessment = one.assessment;
    auto waiting =
        transaction_.query(select_awaiting_context,
                           {assessment.live_id, assessment.start - context_around, assessment.end});
    if (!waiting) {
      return waiting.error();
    }
    for (const auto& row : *waiting) {
      auto context = context_at(assessment.live_id, row.span(1));
      if (!context) {
        return context.error();
      }
      auto done = transaction_.execute(update_context, {row.text(0), *context});
      if (!done) {
        return done.error();
      }
    }
    return {};
  }

  Result<TakenIn> tell() {
    for (const auto& event : events_) {
      auto appended = db::append_event(transaction_, event);
      if (!appended) {
        return appended.error().during("telling of an alert");
      }
    }
    return taken_;
  }

  db::Transaction& transaction_;
  Ids& ids_;
  Time now_;
  double risk_threshold_;
  Span cooldown_;
  TakenIn taken_;
  std::vector<Event> events_;
};

}  // namespace

Async<Result<TakenIn>> Alerts::take_in(double risk_threshold, Span cooldown) {
  std::function<Result<bool>(db::Transaction&)> ask =
      [](db::Transaction& transaction) -> Result<bool> {
    const auto cursor = db::cursor_of(transaction, reader);
    if (!cursor) {
      return cursor.error();
    }
    const auto newest = db::newest_event(transaction);
    if (!newest) {
      return newest.error();
    }
    return *newest > *cursor;
  };
  const auto is_news = co_await db::read<bool>(database_, std::move(ask));
  if (!is_news) {
    co_return is_news.error().during("asking for new assessments");
  }
  if (!*is_news) {
    co_return TakenIn{};
  }
  const auto now = clock_.now();
  std::function<Result<TakenIn>(db::Transaction&)> work = [this, now, risk_threshold,
                                                           cooldown](db::Transaction& transaction) {
    return Intake{transaction, ids_, now, risk_threshold, cooldown}.run();
  };
  auto taken = co_await db::write<TakenIn>(database_, std::move(work));
  if (taken && taken->opened + taken->updated > 0) {
    bus_.publish(topic::events, {});
  }
  co_return taken;
}

}  // namespace vigie::alert
