// SPDX-License-Identifier: Apache-2.0
// /session: signing in and out; /users.
#include "people/sessions.hpp"

#include <boost/json/array.hpp>

#include "api/answers.hpp"
#include "api/gate.hpp"
#include "api/handlers.hpp"
#include "api/hub.hpp"
#include "api/pages.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"
#include "domain/json.hpp"
#include "people/people.hpp"

namespace vigie::api {
namespace {

json::object session_object(const Person& person, const std::string& csrf_token) {
  json::object session;
  session["user"] = to_json(person);
  session["csrf_token"] = csrf_token;
  return session;
}

constexpr std::string_view needs_tls =
    "over plain HTTP Vigie signs people in only on its own machine: put it behind HTTPS "
    "(docs/guides/deploy.md)";

std::string form_field(const http::Request& request, std::string_view name) {
  for (const auto& [key, value] : http::parse_query(request.body)) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

std::string words_for(const Error& error, Language language) {
  const bool french = language == Language::french;
  if (error.code == Errc::rate_limited) {
    return french ? fmt::format("Trop d’essais. Réessayez dans {} s.", error.retry_after.count())
                  : fmt::format("Too many tries. Try again in {} s.", error.retry_after.count());
  }
  if (error.code == Errc::denied) {
    return french ? "Nom ou mot de passe incorrect." : "Wrong name or password.";
  }
  return french ? "Vigie ne répond pas pour l’instant. Réessayez."
                : "Vigie does not answer for now. Try again.";
}

int page_status_of(const Error& error) {
  return error.code == Errc::denied ? 401 : status_of(error.code);
}

Async<Result<people::NewSession>> try_sign_in(Services& services, http::Request request,
                                              std::string username, std::string password) {
  people::Visit visit;
  visit.ip = services.gate.client_address(request);
  visit.agent = std::string{request.headers.get("User-Agent")};
  co_return co_await services.people.sign_in(std::move(username), std::move(password),
                                             std::move(visit));
}

}  // namespace

Async<Result<http::Response>> sign_in(Services& services, Call call) {
  if (!services.gate.may_carry_session(call.request)) {
    co_return make_error(Errc::denied, "{}", needs_tls);
  }
  const auto body = read_object(call.request);
  if (!body) {
    co_return body.error();
  }
  auto username = required_text(*body, "username");
  if (!username) {
    co_return username.error();
  }
  auto password = required_text(*body, "password");
  if (!password) {
    co_return password.error();
  }
  const auto session =
      co_await try_sign_in(services, call.request, std::move(*username), std::move(*password));
  if (!session) {
    if (session.error().code == Errc::denied) {
      co_return problem(401, "Not signed in", session.error().what, call.request.id);
    }
    co_return session.error();
  }
  auto answer = json_answer(200, session_object(session->person, session->csrf_token));
  answer.headers.add("Set-Cookie", services.gate.set_cookie(call.request, session->token));
  co_return answer;
}

Async<Result<http::Response>> who_am_i(Services&, Call call) {
  co_return json_answer(200, session_object(*call.person, call.csrf_token));
}

Async<Result<http::Response>> sign_out(Services& services, Call call) {
  if (!call.session_token.empty()) {
    const auto ended = co_await services.sessions.end(call.session_token);
    if (!ended) {
      co_return ended.error();
    }
    services.hub.close_session(call.session_token);
  }
  auto answer = no_content();
  answer.headers.add("Set-Cookie", services.gate.clear_cookie(call.request));
  co_return answer;
}

Async<Result<http::Response>> list_people(Services& services, Call) {
  const auto people = co_await services.people.list();
  if (!people) {
    co_return people.error();
  }
  json::array items;
  for (const auto& person : *people) {
    items.push_back(to_json(person));
  }
  co_return page_answer(std::move(items), "");
}

Async<Result<http::Response>> show_sign_in(Services&, Call call) {
  const auto next = call.request.parameter("suite").value_or("/");
  if (call.person) {
    co_return redirect(safe_next_path(next));
  }
  co_return html_answer(200,
                        sign_in_page(language_of(call.request, Language::french), "", "", next));
}

Async<Result<http::Response>> submit_sign_in(Services& services, Call call) {
  const auto language = language_of(call.request, Language::french);
  const auto username = form_field(call.request, "username");
  const auto next = form_field(call.request, "suite");
  if (!services.gate.may_carry_session(call.request)) {
    co_return html_answer(403, sign_in_page(language, username, needs_tls, next));
  }
  const auto session =
      co_await try_sign_in(services, call.request, username, form_field(call.request, "password"));
  if (!session) {
    const auto& error = session.error();
    co_return html_answer(page_status_of(error),
                          sign_in_page(language, username, words_for(error, language), next));
  }
  auto answer = redirect(safe_next_path(next));
  answer.headers.add("Set-Cookie", services.gate.set_cookie(call.request, session->token));
  co_return answer;
}

Async<Result<http::Response>> show_page_style(Services&, Call) {
  http::Response response;
  response.headers.add("Content-Type", "text/css; charset=utf-8");
  response.headers.add("Cache-Control", "public, max-age=3600");
  response.body = std::string{page_style()};
  co_return response;
}

}  // namespace vigie::api
