// SPDX-License-Identifier: Apache-2.0
// /session: signing in and out, with a second factor where there is one.
#include "people/sessions.hpp"

#include <boost/json/serialize.hpp>

#include "api/answers.hpp"
#include "api/csrf.hpp"
#include "api/gate.hpp"
#include "api/handlers.hpp"
#include "api/hub.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"
#include "api/signed_in.hpp"
#include "domain/json.hpp"
#include "people/desk.hpp"
#include "people/people.hpp"

namespace vigie::api {
namespace {

http::Response code_is_needed(const std::string& challenge, std::string_view request_id) {
  auto answer = problem(401, "Not signed in", "a code is needed", request_id);
  auto body = parse_json(answer.body).value();
  body.as_object()["second_factor"] = true;
  body.as_object()["challenge"] = challenge;
  answer.body = json::serialize(body);
  return answer;
}

}  // namespace

people::Visit visit_of(const Services& services, const http::Request& request) {
  people::Visit visit;
  visit.ip = services.gate.client_address(request);
  visit.agent = std::string{request.headers.get("User-Agent")};
  visit.request_id = request.id;
  return visit;
}

json::object session_object(const Services& services, const Person& person,
                            const std::string& csrf_token) {
  json::object session;
  session["user"] = to_json(person);
  session["csrf_token"] = masked_token(csrf_token, services.random);
  session["totp_required"] = services.house.admins_need_second_factor &&
                             person.role == Role::admin && !person.has_second_factor;
  return session;
}

http::Response signed_in_answer(const Services& services, const http::Request& request,
                                const people::NewSession& session) {
  auto answer = json_answer(200, session_object(services, session.person, session.csrf_token));
  answer.headers.add("Set-Cookie", services.gate.set_cookie(request, session.token));
  return answer;
}

Async<Result<http::Response>> sign_in(Services& services, Call call) {
  if (!services.gate.may_carry_session(call.request)) {
    co_return make_error(Errc::denied, "{}", needs_tls);
  }
  const auto body = read_object(call.request);
  if (!body) {
    co_return body.error();
  }
  if (const auto known = only_members(*body, {"username", "password"}); !known) {
    co_return known.error();
  }
  auto username = required_text(*body, "username");
  if (!username) {
    co_return username.error();
  }
  auto password = required_text(*body, "password");
  if (!password) {
    co_return password.error();
  }
  auto visit = visit_of(services, call.request);
  const auto session = co_await services.people.sign_in(std::move(*username), std::move(*password),
                                                        std::move(visit));
  if (!session) {
    if (session.error().code == Errc::denied) {
      co_return problem(401, "Not signed in", session.error().what, call.request.id);
    }
    co_return session.error();
  }
  co_return session->challenge.empty() ? signed_in_answer(services, call.request, *session)
                                       : code_is_needed(session->challenge, call.request.id);
}

Async<Result<http::Response>> sign_in_with_code(Services& services, Call call) {
  if (!services.gate.may_carry_session(call.request)) {
    co_return make_error(Errc::denied, "{}", needs_tls);
  }
  const auto body = read_object(call.request);
  if (!body) {
    co_return body.error();
  }
  if (const auto known = only_members(*body, {"challenge", "code"}); !known) {
    co_return known.error();
  }
  auto challenge = required_text(*body, "challenge");
  auto code = required_text(*body, "code");
  if (!challenge || !code) {
    co_return !challenge ? challenge.error() : code.error();
  }
  auto visit = visit_of(services, call.request);
  const auto session = co_await services.desk.enter_with_code(std::move(*challenge),
                                                              std::move(*code), std::move(visit));
  if (session) {
    co_return signed_in_answer(services, call.request, *session);
  }
  const auto& error = session.error();
  if (error.code == Errc::denied || error.code == Errc::not_found) {
    co_return problem(401, "Not signed in", error.what, call.request.id);
  }
  co_return error;
}

Async<Result<http::Response>> who_am_i(Services& services, Call call) {
  co_return json_answer(200, session_object(services, *call.person, call.csrf_token));
}

// Whoever had the old cookie beside its owner has nothing of the proof: the session goes on under a
// new one. Its CSRF token stays, so that other windows of the same browser go on too.
Async<Result<http::Response>> prove_again(Services& services, Call call) {
  const auto body = read_object(call.request);
  if (!body) {
    co_return body.error();
  }
  const auto known = only_members(*body, {"password", "code"});
  auto password = required_text(*body, "password");
  const auto code = optional_text(*body, "code", 100);
  if (!known || !password || !code) {
    co_return !known ? known.error() : !password ? password.error() : code.error();
  }
  const auto token = co_await services.desk.prove_again(call.session_token, std::move(*password),
                                                        code->value_or(""), call.by());
  if (!token) {
    co_return token.error();
  }
  services.hub.check_sessions_soon();
  auto answer = json_answer(200, session_object(services, *call.person, call.csrf_token));
  answer.headers.add("Set-Cookie", services.gate.set_cookie(call.request, *token));
  co_return answer;
}

Async<Result<http::Response>> sign_out(Services& services, Call call) {
  if (!call.session_token.empty()) {
    const auto ended = co_await services.sessions.end(call.session_token, call.by());
    if (!ended) {
      co_return ended.error();
    }
    services.hub.close_session(call.session_token);
  }
  auto answer = no_content();
  answer.headers.add("Set-Cookie", services.gate.clear_cookie(call.request));
  co_return answer;
}

}  // namespace vigie::api
