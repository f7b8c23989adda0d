// SPDX-License-Identifier: Apache-2.0
// Where one account, or the accounts of a list, alert otherwise than the rest.
#pragma once
#include <optional>
#include <string>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "audit/audit.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "domain/sight.hpp"

namespace vigie::alert {

struct AccountRule {
  std::optional<double> risk_threshold;  // instead of RISK_THRESHOLD
  bool hate_alerts = true;               // false: hatred alerts only through its risk
  std::optional<Span> cooldown;          // how long after its last words an incident goes on
};

// What is absent the list says nothing of.
struct ListRule {
  std::optional<double> risk_threshold;
  std::optional<bool> hate_alerts;
  std::optional<Span> cooldown;
};

// Errc::invalid, in words.
Result<> check_rule(const std::optional<double>& risk_threshold,
                    const std::optional<Span>& cooldown);

class AccountRules {
 public:
  static constexpr Span longest_cooldown = std::chrono::hours{24};

  AccountRules(db::Database& database, Clock& clock) : database_{database}, clock_{clock} {}

  // An account without a rule of its own has the empty one. Errc::not_found also for an account
  // this person may not see.
  Async<Result<AccountRule>> get(std::string account_id, Sight sight);

  // Holds from the next assessment on. Errc::invalid: a threshold outside 0 to 1, a cooldown
  // outside 0 to longest_cooldown; Errc::not_found likewise.
  Async<Result<AccountRule>> set(std::string account_id, Sight sight, AccountRule rule,
                                 audit::By by = {});

  // Likewise of a list of this person's. Errc::not_found also for another person's list.
  Async<Result<ListRule>> get_of_list(std::string list_id, std::string person_id);
  Async<Result<ListRule>> set_of_list(std::string list_id, std::string person_id, ListRule rule,
                                      audit::By by = {});

 private:
  db::Database& database_;
  Clock& clock_;
};

}  // namespace vigie::alert
