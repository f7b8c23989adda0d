// SPDX-License-Identifier: Apache-2.0
#include "alert/list_rules.hpp"

namespace vigie::alert {
namespace {

constexpr std::string_view select_own_list = R"(
SELECT id FROM account_list WHERE id = $1 AND person_id = $2)";

constexpr std::string_view select_rule = R"(
SELECT risk_threshold, hate_alerts, cooldown_us FROM list_alert_rule WHERE list_id = $1)";

constexpr std::string_view upsert_rule = R"(
INSERT INTO list_alert_rule (list_id, risk_threshold, hate_alerts, cooldown_us, changed_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (list_id) DO UPDATE SET risk_threshold = excluded.risk_threshold,
  hate_alerts = excluded.hate_alerts, cooldown_us = excluded.cooldown_us, changed_at = excluded.changed_at)";

constexpr std::string_view delete_rule = R"(DELETE FROM list_alert_rule WHERE list_id = $1)";

constexpr std::string_view select_most_sensitive = R"(
SELECT MIN(r.risk_threshold), MAX(CASE WHEN r.hate_alerts THEN 1 WHEN NOT r.hate_alerts THEN 0 END),
  MIN(r.cooldown_us)
FROM list_alert_rule r JOIN account_list_entry e ON e.list_id = r.list_id
  JOIN account_list l ON l.id = r.list_id JOIN person p ON p.id = l.person_id
WHERE e.account_id = $1 AND p.role IN ('moderator', 'admin') AND p.disabled_at IS NULL)";

Result<> require_own(db::Transaction& tx, const std::string& list_id,
                     const std::string& person_id) {
  const auto rows = tx.query(select_own_list, {list_id, person_id});
  if (!rows) {
    return rows.error().during("looking for a list");
  }
  if (rows->empty()) {
    return make_error(Errc::not_found, "no list {} of this person", list_id);
  }
  return {};
}

bool says_nothing(const ListRule& rule) {
  return !rule.risk_threshold && !rule.hate_alerts && !rule.cooldown;
}

std::optional<Span> span_or_nothing(const db::Row& row, std::size_t column) {
  const auto micros = row.optional_integer(column);
  return micros ? std::optional{Span{*micros}} : std::nullopt;
}

}  // namespace

Result<ListRule> rule_of_lists(db::Transaction& transaction, std::string_view account_id) {
  const auto rows = transaction.query(select_most_sensitive, {account_id});
  if (!rows) {
    return rows.error().during("reading the rules of lists");
  }
  const auto& row = rows->front();
  ListRule rule;
  rule.risk_threshold = row.optional_number(0);
  if (const auto alerts = row.optional_integer(1)) {
    rule.hate_alerts = *alerts > 0;
  }
  rule.cooldown = span_or_nothing(row, 2);
  return rule;
}

AccountRule merged(const std::optional<AccountRule>& own, const ListRule& lists) {
  AccountRule rule;
  rule.hate_alerts = own ? own->hate_alerts : lists.hate_alerts.value_or(true);
  rule.risk_threshold = own && own->risk_threshold ? own->risk_threshold : lists.risk_threshold;
  rule.cooldown = own && own->cooldown ? own->cooldown : lists.cooldown;
  return rule;
}

Async<Result<ListRule>> AccountRules::get_of_list(std::string list_id, std::string person_id) {
  std::function<Result<ListRule>(db::Transaction&)> work =
      [&](db::Transaction& tx) -> Result<ListRule> {
    if (auto own = require_own(tx, list_id, person_id); !own) {
      return own.error();
    }
    const auto rows = tx.query(select_rule, {list_id});
    if (!rows) {
      return rows.error().during("reading a list's rule");
    }
    ListRule rule;
    if (!rows->empty()) {
      const auto& row = rows->front();
      rule.risk_threshold = row.optional_number(0);
      rule.hate_alerts = row.is_null(1) ? std::nullopt : std::optional{row.boolean(1)};
      rule.cooldown = span_or_nothing(row, 2);
    }
    return rule;
  };
  co_return co_await db::read<ListRule>(database_, std::move(work));
}

Async<Result<ListRule>> AccountRules::set_of_list(std::string list_id, std::string person_id,
                                                  ListRule rule, audit::By by) {
  if (auto fine = check_rule(rule.risk_threshold, rule.cooldown); !fine) {
    co_return fine.error();
  }
  const Time now = clock_.now();
  std::function<Result<ListRule>(db::Transaction&)> work =
      [&](db::Transaction& tx) -> Result<ListRule> {
    if (auto own = require_own(tx, list_id, person_id); !own) {
      return own.error();
    }
    const auto written = says_nothing(rule)
                             ? tx.execute(delete_rule, {list_id})
                             : tx.execute(upsert_rule, {list_id, rule.risk_threshold,
                                                        rule.hate_alerts, rule.cooldown, now});
    if (!written) {
      return written.error().during("writing a list's rule");
    }
    const audit::Deed deed{audit::kind::list_rule, "list", list_id, {}};
    const auto noted = audit::append(tx, by, deed, now);
    return noted ? Result<ListRule>{rule} : noted.error();
  };
  co_return co_await db::write<ListRule>(database_, std::move(work));
}

}  // namespace vigie::alert
