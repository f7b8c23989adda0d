// SPDX-License-Identifier: Apache-2.0
#include "alert/account_rules.hpp"

namespace vigie::alert {
namespace {

constexpr std::string_view select_visible = R"(
SELECT a.id FROM account a
WHERE a.id = $1 AND EXISTS (SELECT 1 FROM follow f WHERE f.account_id = a.id AND ($2 OR f.person_id = $3)))";

constexpr std::string_view select_rule = R"(
SELECT risk_threshold, hate_alerts, cooldown_us FROM alert_rule WHERE account_id = $1)";

constexpr std::string_view upsert_rule = R"(
INSERT INTO alert_rule (account_id, risk_threshold, hate_alerts, cooldown_us, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (account_id) DO UPDATE SET risk_threshold = excluded.risk_threshold,
  hate_alerts = excluded.hate_alerts, cooldown_us = excluded.cooldown_us, changed_at = excluded.changed_at,
  changed_by = excluded.changed_by)";

Result<> require_visible(db::Transaction& tx, const std::string& account_id, const Sight& sight) {
  const auto rows = tx.query(select_visible, {account_id, sight.all_accounts, sight.person_id});
  if (!rows) {
    return rows.error().during("looking for an account");
  }
  if (rows->empty()) {
    return make_error(Errc::not_found, "no account {} for this person", account_id);
  }
  return {};
}

}  // namespace

Result<> check_rule(const std::optional<double>& risk_threshold,
                    const std::optional<Span>& cooldown) {
  if (risk_threshold && !(*risk_threshold >= 0 && *risk_threshold <= 1)) {
    return make_error(Errc::invalid, "risk_threshold: a number from 0 to 1, or null");
  }
  if (cooldown && (*cooldown < Span{0} || *cooldown > AccountRules::longest_cooldown)) {
    return make_error(Errc::invalid, "cooldown_s: seconds, 0 to 86400, or null");
  }
  return {};
}

Async<Result<AccountRule>> AccountRules::get(std::string account_id, Sight sight) {
  std::function<Result<AccountRule>(db::Transaction&)> work =
      [&](db::Transaction& tx) -> Result<AccountRule> {
    if (auto visible = require_visible(tx, account_id, sight); !visible) {
      return visible.error();
    }
    const auto rows = tx.query(select_rule, {account_id});
    if (!rows) {
      return rows.error().during("reading an account's rule");
    }
    AccountRule rule;
    if (!rows->empty()) {
      const auto& row = rows->front();
      rule.risk_threshold = row.optional_number(0);
      rule.hate_alerts = row.boolean(1);
      if (const auto cooldown = row.optional_integer(2)) {
        rule.cooldown = Span{*cooldown};
      }
    }
    return rule;
  };
  co_return co_await db::read<AccountRule>(database_, std::move(work));
}

Async<Result<AccountRule>> AccountRules::set(std::string account_id, Sight sight, AccountRule rule,
                                             audit::By by) {
  if (auto fine = check_rule(rule.risk_threshold, rule.cooldown); !fine) {
    co_return fine.error();
  }
  const Time now = clock_.now();
  std::function<Result<AccountRule>(db::Transaction&)> work =
      [&](db::Transaction& tx) -> Result<AccountRule> {
    if (auto visible = require_visible(tx, account_id, sight); !visible) {
      return visible.error();
    }
    const auto written = tx.execute(upsert_rule, {account_id, rule.risk_threshold, rule.hate_alerts,
                                                  rule.cooldown, now, sight.person_id});
    if (!written) {
      return written.error().during("writing an account's rule");
    }
    const audit::Deed deed{audit::kind::account_rule, "account", account_id, {}};
    const auto noted = audit::append(tx, by, deed, now);
    return noted ? Result<AccountRule>{rule} : noted.error();
  };
  co_return co_await db::write<AccountRule>(database_, std::move(work));
}

}  // namespace vigie::alert
