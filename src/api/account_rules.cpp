// SPDX-License-Identifier: Apache-2.0
// Where one account, or those of a list, alert otherwise than the rest.
#include "alert/account_rules.hpp"

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"

namespace vigie::api {
namespace {

json::object to_json(const alert::ListRule& rule) {
  return {{"risk_threshold", or_null(rule.risk_threshold)},
          {"hate_alerts", or_null(rule.hate_alerts)},
          {"cooldown_s",
           rule.cooldown ? json::value(to_seconds(*rule.cooldown)) : json::value(nullptr)}};
}

json::object to_json(const alert::AccountRule& rule) {
  return to_json(alert::ListRule{rule.risk_threshold, rule.hate_alerts, rule.cooldown});
}

// Absent and null: nothing.
Result<std::optional<double>> optional_number(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  if (value == nullptr || value->is_null()) {
    return std::optional<double>{};
  }
  if (!value->is_number()) {
    return make_error(Errc::invalid, "{}: a number, or null", name);
  }
  return std::optional<double>{value->to_number<double>()};
}

Result<alert::ListRule> read_rule(const http::Request& request) {
  const auto body = read_object(request);
  if (!body) {
    return body.error();
  }
  if (const auto known = only_members(*body, {"risk_threshold", "hate_alerts", "cooldown_s"});
      !known) {
    return known.error();
  }
  alert::ListRule rule;
  const auto threshold = optional_number(*body, "risk_threshold");
  const auto cooldown = optional_number(*body, "cooldown_s");
  if (!threshold || !cooldown) {
    return threshold ? cooldown.error() : threshold.error();
  }
  rule.risk_threshold = *threshold;
  if (*cooldown) {
    rule.cooldown = from_seconds(std::clamp(**cooldown, -1.0, 1e6));
  }
  const auto* hate = body->if_contains("hate_alerts");
  if (hate != nullptr && !hate->is_null()) {
    if (!hate->is_bool()) {
      return make_error(Errc::invalid, "hate_alerts: true, false or null");
    }
    rule.hate_alerts = hate->as_bool();
  }
  return rule;
}

}  // namespace

Async<Result<http::Response>> get_account_rule(Services& services, Call call) {
  const auto rule = co_await services.account_rules.get(call.parameters[0], widest_sight_of(call));
  if (!rule) {
    co_return rule.error();
  }
  co_return json_answer(200, to_json(*rule));
}

Async<Result<http::Response>> set_account_rule(Services& services, Call call) {
  auto wanted = read_rule(call.request);
  if (!wanted) {
    co_return wanted.error();
  }
  const alert::AccountRule own{wanted->risk_threshold, wanted->hate_alerts.value_or(true),
                               wanted->cooldown};
  const auto rule = co_await services.account_rules.set(call.parameters[0], widest_sight_of(call),
                                                        own, call.by());
  if (!rule) {
    co_return rule.error();
  }
  co_return json_answer(200, to_json(*rule));
}

Async<Result<http::Response>> get_list_rule(Services& services, Call call) {
  const auto rule =
      co_await services.account_rules.get_of_list(call.parameters[0], call.person_id());
  if (!rule) {
    co_return rule.error();
  }
  co_return json_answer(200, to_json(*rule));
}

Async<Result<http::Response>> set_list_rule(Services& services, Call call) {
  const auto wanted = read_rule(call.request);
  if (!wanted) {
    co_return wanted.error();
  }
  const auto rule = co_await services.account_rules.set_of_list(
      call.parameters[0], call.person_id(), *wanted, call.by());
  if (!rule) {
    co_return rule.error();
  }
  co_return json_answer(200, to_json(*rule));
}

}  // namespace vigie::api
