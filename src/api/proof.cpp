// SPDX-License-Identifier: Apache-2.0
#include "api/proof.hpp"

#include "api/answers.hpp"
#include "api/services.hpp"
#include "base/json.hpp"
#include "people/sessions.hpp"

namespace vigie::api {

std::optional<http::Response> refuse_proof(const Services& services, const Call& call,
                                           Proof proof) {
  if (proof == Proof::any) {
    return std::nullopt;
  }
  if (call.session_token.empty()) {
    return problem(403, "Not allowed", "a program may not do this: sign in with a browser",
                   call.request.id);
  }
  const auto now = services.clock.now();
  const bool is_fresh =
      call.authenticated_at <= now && now - call.authenticated_at < people::Sessions::fresh_for;
  if (proof == Proof::session || is_fresh) {
    return std::nullopt;
  }
  auto answer =
      problem(403, "Not allowed", "this asks for your password once more", call.request.id);
  auto body = parse_json(answer.body).value();
  body.as_object()["type"] = reauthentication_required;
  body.as_object()["second_factor"] = call.person->has_second_factor;
  answer.body = json::serialize(body);
  return answer;
}

}  // namespace vigie::api
