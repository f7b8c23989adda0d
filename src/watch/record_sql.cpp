// SPDX-License-Identifier: Apache-2.0
// How an answer of the platform becomes rows, events and notifications, in one transaction.
#include <boost/json/serialize.hpp>

#include "db/event_log.hpp"
#include "db/live_rows.hpp"
#include "domain/json.hpp"
#include "watch/accounts.hpp"
#include "watch/rename.hpp"
#include "watch/rows.hpp"

namespace vigie::watch {
namespace {

using platform::LiveFacts;

// FOR UPDATE would not be shared text: the UPDATE of the same row below is the lock, and two
// watchers that decide at once end up with the same rows, for each step is idempotent.
constexpr std::string_view select_known = R"(
SELECT a.status, a.status_at, a.status_reason, a.ending_since, a.negative_since, a.stable_id,
  a.checked_at, l.id, l.room, l.started_at, l.state, l.title, l.viewers, l.capture
FROM account a LEFT JOIN live l ON l.account_id = a.id AND l.ended_at IS NULL
WHERE a.id = $1 AND EXISTS (SELECT 1 FROM follow f WHERE f.account_id = a.id)
ORDER BY l.detected_at DESC LIMIT 1)";

constexpr std::string_view lock_account = R"(UPDATE account SET checked_at = $2 WHERE id = $1)";

constexpr std::string_view update_account = R"(
UPDATE account SET status = $2, status_at = $3, status_reason = $4, ending_since = $5,
  negative_since = $6,
  next_check_at = COALESCE($7, next_check_at),
  interval_us = CASE WHEN CAST($8 AS BIGINT) > 0 THEN CAST($8 AS BIGINT) ELSE interval_us END
WHERE id = $1)";

constexpr std::string_view update_facts = R"(
UPDATE account SET stable_id = $2,
  display_name = CASE WHEN $3 = '' THEN display_name ELSE $3 END,
  followers = COALESCE($4, followers)
WHERE id = $1)";

constexpr std::string_view update_last_live =
    R"(UPDATE account SET last_live_at = $2 WHERE id = $1)";

constexpr std::string_view select_account = R"(
SELECT id, platform, username, display_name, url, status, status_at, status_reason, followers,
  interval_us,
  last_live_at, language
FROM account WHERE id = $1)";

constexpr std::string_view end_live = R"(
UPDATE live SET state = 'ended', ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS
  NULL)";

// A live that was ended by mistake, or because nobody followed it, goes on under its old id.
constexpr std::string_view insert_live = R"(
INSERT INTO live (id, account_id, room, state, title, started_at, detected_at, viewers,
  peak_viewers, capture,
  capture_reason, detected_by, detection_delay_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12)
ON CONFLICT (account_id, room, started_at) DO UPDATE
  SET state = excluded.state, ended_at = NULL, end_reason = '', capture = excluded.capture,
      capture_reason = excluded.capture_reason
RETURNING id)";

constexpr std::string_view insert_lease = R"(
INSERT INTO live_lease (live_id) VALUES ($1) ON CONFLICT (live_id) DO NOTHING)";

constexpr std::string_view update_live = R"(
UPDATE live SET state = $2, title = $3, viewers = $4,
  peak_viewers = CASE WHEN peak_viewers IS NULL OR peak_viewers < $4 THEN $4 ELSE peak_viewers END
WHERE id = $1)";

constexpr std::string_view restrict_capture = R"(
UPDATE live SET capture = 'restricted', capture_reason = $2 WHERE id = $1 AND capture IN ('none',
  'stalled'))";

constexpr std::string_view unrestrict_capture = R"(
UPDATE live SET capture = 'none', capture_reason = '' WHERE id = $1 AND capture = 'restricted')";

constexpr std::string_view insert_sample = R"(
INSERT INTO viewer_sample (live_id, at, viewers) VALUES ($1, $2, $3) ON CONFLICT (live_id, at) DO
  NOTHING)";

constexpr std::string_view select_followers = R"(
SELECT f.person_id, a.username FROM follow f JOIN account a ON a.id = f.account_id
WHERE f.account_id = $1 ORDER BY f.person_id)";

constexpr std::string_view insert_notification = R"(
INSERT INTO notification (id, person_id, event_key, kind, live_id, username, created_at)
VALUES ($1, $2, $3, 'live.started', $4, $5, $6)
ON CONFLICT (person_id, event_key) DO NOTHING)";

constexpr std::string_view select_unfollowed = R"(
SELECT l.id, l.started_at FROM live l
WHERE l.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM follow f WHERE f.account_id = l.account_id)
ORDER BY l.id)";

// One answer on its way into the database.
class Recording {
 public:
  Recording(db::Transaction& tx, const Check& check, Ids& ids)
      : tx_{tx}, check_{check}, ids_{ids}, account_id_{check.account_id} {}

  Result<Recorded> run() {
    const auto settled = settle_name(tx_, account_id_, check_.observation);
    if (!settled) {
      return settled.error().during("following an account to its new name");
    }
    account_id_ = settled->account_id;
    has_moved_ = settled->has_moved;
    if (auto read = read_known(); !read) {
      return read.error();
    }
    decision_ = decide(known_, check_.observation, check_.at);
    write_account();
    write_live();
    announce();
    if (!failure_) {
      return failure_.error().during("recording an answer");
    }
    return summary();
  }

 private:
  Result<> read_known() {
    const auto locked = tx_.execute(lock_account, {account_id_, check_.at});
    if (!locked) {
      return locked.error().during("reading what is known");
    }
    const auto rows = tx_.query(select_known, {account_id_});
    if (!rows) {
      return rows.error().during("reading what is known");
    }
    if (rows->empty()) {
      return make_error(Errc::not_found, "nobody follows account {}", account_id_);
    }
    known_ = known_of_row(rows->front(), 0);
    return {};
  }

  // After the first failure nothing more is written: the transaction is lost anyway.
  std::int64_t execute(std::string_view sql, std::initializer_list<db::Value> parameters) {
    if (!failure_) {
      return 0;
    }
    const auto changed = tx_.execute(sql, parameters);
    if (!changed) {
      failure_ = changed.error();
      return 0;
    }
    return *changed;
  }

  void write_account() {
    const auto plan =
        check_.next_check_at == Time{} ? std::nullopt : std::optional{check_.next_check_at};
    execute(update_account,
            {account_id_, to_string(decision_.status), decision_.status_at, decision_.status_reason,
             decision_.ending_since, decision_.negative_since, plan, check_.interval});
    const auto& seen = check_.observation;
    const bool is_of_this_person = known_.stable_id.empty() || known_.stable_id == seen.stable_id;
    if (!seen.stable_id.empty() && is_of_this_person) {
      execute(update_facts, {account_id_, seen.stable_id, seen.display_name, seen.followers});
    }
  }

  void write_live() {
    if (decision_.ends) {
      execute(end_live, {known_.live->id, decision_.ends->at, decision_.ends->reason});
    }
    if (decision_.starts) {
      start(*decision_.starts);
    }
    if (decision_.goes_on) {
      go_on(known_.live->id, *decision_.goes_on);
    }
  }

  void start(const LiveFacts& facts) {
    if (!failure_) {
      return;
    }
    const auto new_id = ids_.next(check_.at);
    const auto rows =
        tx_.query(insert_live, {new_id, account_id_, facts.room, to_string(decision_.state),
                                facts.title, facts.started_at, check_.at, facts.viewers,
                                facts.restricted ? "restricted" : "none",
                                facts.restricted ? check_.observation.reason : std::string{},
                                check_.detected_by, detection_delay(facts)});
    if (!rows) {
      failure_ = rows.error();
      return;
    }
    started_id_ = rows->at(0).text(0);
    is_new_ = started_id_ == new_id;
    execute(insert_lease, {started_id_});
    execute(update_last_live, {account_id_, facts.started_at});
    sample(started_id_, facts);
  }

  // Without a confirmed look before the start nobody can say how late this one was.
  std::optional<Span> detection_delay(const LiveFacts& facts) const {
    if (!decision_.is_start_known || !known_.status_at || *known_.status_at > facts.started_at) {
      return std::nullopt;
    }
    return check_.at - facts.started_at;
  }

  void go_on(const std::string& live_id, const LiveFacts& facts) {
    execute(update_live, {live_id, to_string(decision_.state), facts.title, facts.viewers});
    if (facts.restricted && !known_.live->restricted) {
      execute(restrict_capture, {live_id, check_.observation.reason});
    } else if (!facts.restricted && known_.live->restricted) {
      execute(unrestrict_capture, {live_id});
    }
    sample(live_id, facts);
  }

  void sample(const std::string& live_id, const LiveFacts& facts) {
    if (facts.viewers) {
      execute(insert_sample, {live_id, check_.at, *facts.viewers});
    }
  }

  void announce() {
    if (has_moved_ || decision_.status != known_.status ||
        decision_.status_reason != known_.status_reason) {
      announce_account();
    }
    if (decision_.ends) {
      announce_live(event_type::live_ended, known_.live->id);
    }
    if (decision_.starts) {
      announce_live(event_type::live_started, started_id_);
      if (is_new_) {
        notify_followers();
      }
    }
    if (decision_.goes_on && (decision_.is_news || decision_.has_new_viewers)) {
      announce_live(event_type::live_updated, known_.live->id);
    }
  }

  void announce_account() {
    if (!failure_) {
      return;
    }
    const auto rows = tx_.query(select_account, {account_id_});
    if (!rows) {
      failure_ = rows.error();
      return;
    }
    Event event;
    event.type = event_type::account_status;
    event.account_id = account_id_;
    event.data = boost::json::serialize(to_json(account_of_row(rows->front())));
    append(std::move(event));
  }

  void announce_live(std::string_view type, const std::string& live_id) {
    if (failure_) {
      failure_ = db::append_live_event(tx_, type, live_id, check_.at);
    }
  }

  void notify_followers() {
    if (!failure_) {
      return;
    }
    const auto rows = tx_.query(select_followers, {account_id_});
    if (!rows) {
      failure_ = rows.error();
      return;
    }
    for (const auto& row : *rows) {
      notify(row.text(0), row.text(1));
    }
  }

  void notify(const std::string& person_id, const std::string& username) {
    Notification note;
    note.id = ids_.next(check_.at);
    note.person_id = person_id;
    note.kind = "live.started";
    note.live_id = started_id_;
    note.username = username;
    note.created_at = check_.at;
    const auto added = execute(insert_notification, {note.id, person_id, "live:" + started_id_,
                                                     started_id_, username, check_.at});
    if (added == 0) {
      return;
    }
    Event event;
    event.type = event_type::notification;
    event.live_id = started_id_;
    event.person_id = person_id;
    event.data = boost::json::serialize(to_json(note));
    append(std::move(event));
  }

  void append(Event event) {
    if (!failure_) {
      return;
    }
    event.at = check_.at;
    const auto id = db::append_event(tx_, event);
    if (!id) {
      failure_ = id.error();
    }
  }

  Result<Recorded> summary() {
    Recorded recorded;
    const auto rows = tx_.query(select_known, {account_id_});
    if (!rows) {
      return rows.error().during("reading what was recorded");
    }
    recorded.known = known_of_row(rows->at(0), 0);
    recorded.asks_again_soon = decision_.asks_again_soon;
    recorded.wants_second_look = decision_.wants_second_look;
    recorded.has_moved = has_moved_;
    recorded.has_started = is_new_;
    if (is_new_) {
      recorded.detection_delay = detection_delay(*decision_.starts);
    }
    return recorded;
  }

  db::Transaction& tx_;
  const Check& check_;
  Ids& ids_;
  std::string account_id_;
  bool has_moved_ = false;
  Known known_;
  Decision decision_;
  std::string started_id_;
  bool is_new_ = false;
  Result<> failure_;
};

}  // namespace

Async<Result<Recorded>> Accounts::record(Check check) {
  std::function<Result<Recorded>(db::Transaction&)> work = [this, &check](db::Transaction& tx) {
    return Recording{tx, check, ids_}.run();
  };
  auto recorded = co_await db::write<Recorded>(database_, std::move(work));
  if (recorded) {
    bus_.publish(topic::events, "");
  }
  co_return recorded;
}

Async<Result<std::int64_t>> Accounts::close_unfollowed() {
  const Time now = clock_.now();
  std::function<Result<std::int64_t>(db::Transaction&)> work =
      [now](db::Transaction& tx) -> Result<std::int64_t> {
    const auto rows = tx.query(select_unfollowed, {});
    if (!rows) {
      return rows.error().during("looking for lives nobody follows");
    }
    for (const auto& row : *rows) {
      const auto at = std::max(now, row.time(1));
      if (auto ended = tx.execute(end_live, {row.text(0), at, "unfollowed"}); !ended) {
        return ended.error().during("ending a live nobody follows");
      }
    }
    for (const auto& row : *rows) {
      if (auto told = db::append_live_event(tx, event_type::live_ended, row.text(0), now); !told) {
        return told.error();
      }
    }
    return static_cast<std::int64_t>(rows->size());
  };
  auto closed = co_await db::write<std::int64_t>(database_, std::move(work));
  if (closed && *closed > 0) {
    bus_.publish(topic::events, "");
  }
  co_return closed;
}

}  // namespace vigie::watch
