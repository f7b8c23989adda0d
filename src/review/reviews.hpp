// SPDX-License-Identifier: Apache-2.0
// What people do with alerts: take one in hand, so that two never work on the same, and say what it
// is. All of it one transaction with its event; two who act at once never both succeed.
#pragma once
#include <optional>
#include <string>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "audit/audit.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "bus/bus.hpp"
#include "db/database.hpp"
#include "domain/alert.hpp"
#include "domain/sight.hpp"

namespace vigie::review {

struct NewDecision {
  DecisionVerdict verdict = DecisionVerdict::confirmed;
  std::optional<FalseAlarmCause> cause;
  std::string note;
};

class Reviews {
 public:
  static constexpr Span claim_length = std::chrono::minutes{10};
  static constexpr Span undo_within = std::chrono::seconds{10};
  static constexpr std::size_t longest_note = 2000;

  Reviews(db::Database& database, Clock& clock, Ids& ids, Bus& bus)
      : database_{database}, clock_{clock}, ids_{ids}, bus_{bus} {}

  // All: Errc::not_found for an alert this person may not see. Each answers the alert as it is now.

  // For claim_length; asking again renews. Errc::conflict, saying who, while somebody else has it
  // in hand, and when it is decided.
  Async<Result<Alert>> claim(std::string alert_id, Sight sight);

  // Harmless when it is in nobody's hands. Errc::conflict when it is in somebody else's.
  Async<Result<Alert>> release(std::string alert_id, Sight sight);

  // Ends the alert; second_opinion gives it back to the queue for somebody else. Errc::invalid: a
  // false alarm without its cause, a cause with another verdict, a note longer than longest_note.
  // Errc::conflict, saying who, while somebody else has it in hand, and when it is decided.
  Async<Result<Alert>> decide(std::string alert_id, Sight sight, NewDecision decision,
                              audit::By by = {});

  // Takes one's own newest decision back: the alert is in hand again. Errc::not_found: no such
  // decision of this person; Errc::conflict: later than undo_within.
  Async<Result<Alert>> undo(std::string alert_id, std::string decision_id, Sight sight,
                            audit::By by = {});

 private:
  using Step = std::function<Result<>(db::Transaction&, const Alert&)>;
  Async<Result<Alert>> change(std::string alert_id, Sight sight, Step step);

  db::Database& database_;
  Clock& clock_;
  Ids& ids_;
  Bus& bus_;
};

}  // namespace vigie::review
