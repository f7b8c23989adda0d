// SPDX-License-Identifier: Apache-2.0
// What people do with alerts.
#include "review/reviews.hpp"

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"
#include "domain/json.hpp"

namespace vigie::api {
namespace {

Result<review::NewDecision> read_decision(const http::Request& request) {
  const auto body = read_object(request);
  if (!body) {
    return body.error();
  }
  if (const auto known = only_members(*body, {"verdict", "cause", "note"}); !known) {
    return known.error();
  }
  const auto verdict_text = required_text(*body, "verdict");
  if (!verdict_text) {
    return verdict_text.error();
  }
  const auto verdict = parse_decision_verdict(*verdict_text);
  if (!verdict) {
    return make_error(Errc::invalid,
                      "verdict: confirmed, platform_rule, lawful, false_alarm, out_of_scope or "
                      "second_opinion");
  }
  review::NewDecision decision;
  decision.verdict = *verdict;
  const auto cause_text = optional_text(*body, "cause", 20);
  if (!cause_text) {
    return cause_text.error();
  }
  if (*cause_text) {
    const auto cause = parse_false_alarm_cause(**cause_text);
    if (!cause) {
      return make_error(Errc::invalid, "cause: transcription, analysis, quotation, irony or other");
    }
    decision.cause = *cause;
  }
  const auto note = optional_text(*body, "note", review::Reviews::longest_note);
  if (!note) {
    return note.error();
  }
  decision.note = note->value_or("");
  return decision;
}

Result<http::Response> answer_of(const Result<Alert>& alert, int status = 200) {
  if (!alert) {
    return alert.error();
  }
  return json_answer(status, to_json(*alert));
}

}  // namespace

Async<Result<http::Response>> claim_alert(Services& services, Call call) {
  const auto alert = co_await services.reviews.claim(call.parameters[0], widest_sight_of(call));
  co_return answer_of(alert);
}

Async<Result<http::Response>> release_alert(Services& services, Call call) {
  const auto alert = co_await services.reviews.release(call.parameters[0], widest_sight_of(call));
  co_return answer_of(alert);
}

Async<Result<http::Response>> decide_alert(Services& services, Call call) {
  auto decision = read_decision(call.request);
  if (!decision) {
    co_return decision.error();
  }
  const auto alert = co_await services.reviews.decide(call.parameters[0], widest_sight_of(call),
                                                      std::move(*decision), call.by());
  co_return answer_of(alert, 201);
}

Async<Result<http::Response>> undo_decision(Services& services, Call call) {
  const auto alert = co_await services.reviews.undo(call.parameters[0], call.parameters[1],
                                                    widest_sight_of(call), call.by());
  co_return answer_of(alert);
}

}  // namespace vigie::api
