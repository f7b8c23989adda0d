// SPDX-License-Identifier: Apache-2.0
// The alerts and the notes that tell of them: made from assessments, each exactly once across
// restarts, and read by the pages.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "alert/rules.hpp"
#include "async/async.hpp"
#include "async/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "bus/bus.hpp"
#include "db/database.hpp"
#include "domain/alert.hpp"
#include "domain/sight.hpp"

namespace vigie::alert {

struct TakenIn {
  std::int64_t events = 0;  // read from the log; 0: nothing new
  std::int64_t opened = 0;
  std::int64_t updated = 0;
  std::int64_t notified = 0;    // people, counted once each time
  std::int64_t unreadable = 0;  // assessments that are told of but not there
};

// newest: the last opened first. most_probable: by the probability of hate, never by risk alone,
// which virality raises too.
enum class AlertOrder : std::uint8_t { newest, most_probable };

// What is empty or absent asks for all.
struct AlertFilter {
  std::optional<AlertState> state;
  std::optional<AlertKind> kind;
  std::string live_id;
  std::string account_id;
  std::string held_by;                     // a person's id: what they have in hand
  std::optional<DecisionVerdict> verdict;  // of the newest decision
  AlertOrder order = AlertOrder::newest;
};

class Alerts {
 public:
  Alerts(db::Database& database, Clock& clock, Ids& ids, Bus& bus)
      : database_{database}, clock_{clock}, ids_{ids}, bus_{bus} {}

  // The next assessments of the event log: alerts, notifications, events and how far we have come,
  // in one transaction. Called again until nothing is new.
  // An account's own rule, or that of lists it is in (list_rules.hpp), goes before both: an
  // incident goes on for `cooldown` after its last words.
  Async<Result<TakenIn>> take_in(double risk_threshold, Span cooldown = same_incident_within);

  // Errc::invalid for a cursor that is not one of ours.
  Async<Result<Page<Alert>>> list(Sight sight, AlertFilter filter, std::int64_t limit,
                                  std::string cursor);

  // Errc::not_found also for what this person may not see.
  Async<Result<Alert>> get(std::string alert_id, Sight sight);

 private:
  db::Database& database_;
  Clock& clock_;
  Ids& ids_;
  Bus& bus_;
};

class Notifications {
 public:
  Notifications(db::Database& database, Clock& clock) : database_{database}, clock_{clock} {}

  // Of one person, newest first. Errc::invalid for a cursor that is not one of ours.
  Async<Result<Page<Notification>>> list(std::string person_id, std::int64_t limit,
                                         std::string cursor);

  Async<Result<std::int64_t>> unread(std::string person_id);

  // Errc::not_found for another person's. Reading twice keeps the first time.
  Async<Result<Notification>> mark_read(std::string person_id, std::string notification_id);

  // How many were unread.
  Async<Result<std::int64_t>> mark_all_read(std::string person_id);

 private:
  db::Database& database_;
  Clock& clock_;
};

}  // namespace vigie::alert
