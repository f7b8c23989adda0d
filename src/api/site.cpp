// SPDX-License-Identifier: Apache-2.0
#include "api/site.hpp"

#include <algorithm>
#include <array>

#include "api/answers.hpp"
#include "api/csrf.hpp"
#include "api/exchange.hpp"
#include "api/gate.hpp"
#include "api/hub.hpp"
#include "api/proof.hpp"
#include "api/services.hpp"
#include "base/text.hpp"
#include "http/policy.hpp"
#include "people/sessions.hpp"
#include "people/tokens.hpp"

namespace vigie::api {
namespace {

constexpr std::string_view events_path = "/api/v1/events";
constexpr std::string_view session_path = "/api/v1/session";

bool is_health(std::string_view path) {
  return path == "/healthz" || path == "/readyz";
}

bool is_for_programs(std::string_view path) {
  return path.starts_with("/api/") || is_health(path);
}

bool changes_state(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

// What a page asks by itself, whether anybody looks or not, does not keep a session going.
people::Sessions::Purpose purpose_of(const http::Request& request) {
  const bool is_by_itself =
      request.path == events_path || (request.path == session_path && request.method == "GET");
  return is_by_itself ? people::Sessions::Purpose::look : people::Sessions::Purpose::use;
}

bool is_page(std::string_view path) {
  return !path.starts_with("/api/");
}

http::Response method_not_allowed(const std::string& allowed, std::string_view request_id) {
  auto response =
      problem(405, "Method not allowed", "this address does not know that method", request_id);
  response.headers.add("Allow", allowed);
  return response;
}

// To who came over plain HTTP where there is TLS: pages only, so that a program that sends its
// token in the clear learns of it at once (B3).
http::Response send_to_tls(const Gate& gate, const http::Request& request) {
  if (changes_state(request.method) || !is_page(request.path)) {
    return problem(403, "Not allowed", "this connection is not encrypted: use https", request.id);
  }
  http::Response response;
  response.status = 308;
  response.headers.add("Location", gate.secure_address(request));
  return response;
}

// The answer to who came by another name than ours, or in the clear where there is TLS.
std::optional<http::Response> refuse_way(const Gate& gate, const http::Request& request) {
  if (const auto host = gate.check_host(request); !host) {
    return problem(421, "Wrong host", host.error().what, request.id);
  }
  if (gate.came_unencrypted(request) && !is_health(request.path)) {
    return send_to_tls(gate, request);
  }
  return std::nullopt;
}

// What tells who asks: kept as long as a socket is open, the rest of its handshake is not.
http::Request credentials_of(const http::Request& request) {
  http::Request kept;
  kept.method = request.method;
  kept.path = request.path;
  kept.peer = request.peer;
  constexpr std::array<std::string_view, 5> telling{"Authorization", "Cookie", "Host",
                                                    "X-Forwarded-For", "X-Forwarded-Proto"};
  for (const auto& [name, value] : request.headers.fields()) {
    const auto is_same = [&](std::string_view other) { return equals_ignoring_case(name, other); };
    if (std::ranges::any_of(telling, is_same)) {
      kept.headers.add(name, value);
    }
  }
  return kept;
}

http::Response not_signed_in(std::string_view request_id) {
  return problem(401, "Not signed in", "sign in, or send a token: Authorization: Bearer …",
                 request_id);
}

// What is remembered of answers, at most: 8 MiB.
constexpr std::size_t most_kept = 128;
constexpr std::size_t longest_kept = std::size_t{64} * 1024;

}  // namespace

Site::Site(Services& services, Assets assets, Language language)
    : services_{services},
      assets_{std::move(assets)},
      language_{language},
      answers_{services.database, most_kept} {}

Async<http::Answer> Site::answer(http::Request request) {
  const bool over_tls = services_.gate.is_over_tls(request);
  const bool is_reading = request.method == "GET" || request.method == "HEAD";
  const std::string held{request.headers.get("If-None-Match")};
  if (request.path == events_path && request.method == "GET") {
    auto answer = co_await open_events(std::move(request));
    if (auto* response = std::get_if<http::Response>(&answer)) {
      add_security_headers(*response, over_tls);
    }
    co_return answer;
  }
  auto language = language_of(request, language_);
  auto response = co_await respond(std::move(request), language);
  translate_problem(response, language);
  if (is_reading) {
    add_etag(held, response);
  }
  add_security_headers(response, over_tls);
  co_return response;
}

// language: the browser's wish, and on return the person's, who may be known by then.
Async<http::Response> Site::respond(http::Request request, Language& language) {
  if (auto refused = refuse_way(services_.gate, request)) {
    co_return std::move(*refused);
  }
  const auto address = services_.gate.client_address(request);
  if (const auto asked = limits_.take_request(address, services_.clock.steady()); !asked) {
    co_return problem(asked.error(), request.id);
  }
  auto visitor = co_await recognise(request);
  if (!visitor) {
    services_.log.warn("recognising a visitor failed",
                       {{"request", request.id}, {"why", visitor.error().what}});
    co_return problem(visitor.error(), request.id);
  }
  language = language_for(request, visitor->person);
  auto match = find_route(request.method, request.path);
  if (match.route == nullptr && !match.allowed_methods.empty()) {
    co_return method_not_allowed(match.allowed_methods, request.id);
  }
  if (match.route == nullptr && is_for_programs(request.path)) {
    co_return problem(404, "Not found", "there is nothing at this address", request.id);
  }
  if (match.route == nullptr) {
    co_return page(request, *visitor);
  }
  co_return co_await call_route(std::move(request), std::move(match), std::move(*visitor));
}

Async<http::Response> Site::call_route(http::Request request, Match match, Visitor visitor) {
  const auto id = request.id;
  const auto roles = match.route->roles;
  if (visitor.has_bad_token || (!visitor.person && (roles & anonymous) == 0)) {
    co_return not_signed_in(id);
  }
  if (visitor.person && (roles & (role_bit(visitor.person->role) | anonymous)) == 0) {
    co_return problem(403, "Not allowed",
                      "your role does not allow this; an administrator can change it", id);
  }
  if (visitor.person && lacks_second_factor(*visitor.person) && !is_for_enrolment(*match.route)) {
    co_return problem(403, "Not allowed",
                      "administrators need a second factor here: set it up in your profile first",
                      id);
  }
  if (const auto write = check_write(request, visitor); !write) {
    co_return problem(write.error(), id);
  }
  if (auto refused = refuse_body(request)) {
    co_return std::move(*refused);
  }
  Call call;
  call.request = std::move(request);
  call.person = std::move(visitor.person);
  call.session_token = std::move(visitor.session_token);
  call.csrf_token = std::move(visitor.csrf_token);
  call.authenticated_at = visitor.authenticated_at;
  call.parameters = std::move(match.parameters);
  call.language = language_for(call.request, call.person);
  if (auto refused = refuse_proof(services_, call, match.route->proof)) {
    co_return std::move(*refused);
  }
  if (match.route->follows_rows) {
    co_return co_await answer_by_rows(*match.route, std::move(call));
  }
  co_return co_await run_handler(*match.route, std::move(call));
}

Async<http::Response> Site::run_handler(const Route& route, Call call) {
  const auto id = call.request.id;
  auto response = co_await route.handler(services_, std::move(call));
  if (!response) {
    const auto& error = response.error();
    if (status_of(error.code) >= 500) {
      services_.log.warn(
          "a request failed",
          {{"request", id}, {"route", std::string{route.path}}, {"why", error.what}});
    }
    co_return problem(error, id);
  }
  co_return std::move(*response);
}

// A role is a row too: under another one the answers are forgotten with everything else.
Async<http::Response> Site::answer_by_rows(const Route& route, Call call) {
  const auto version = answers_.look();
  auto key = call.person_id() + " " + call.request.target;
  if (const auto* known = answers_.find(key)) {
    co_return *known;
  }
  auto response = co_await run_handler(route, std::move(call));
  if (response.status == 200 && response.body.size() <= longest_kept) {
    add_etag("", response);
    answers_.keep(version, std::move(key), response);
  }
  co_return response;
}

bool Site::lacks_second_factor(const Person& person) const {
  return services_.house.admins_need_second_factor && person.role == Role::admin &&
         !person.has_second_factor;
}

Language Site::language_for(const http::Request& request,
                            const std::optional<Person>& person) const {
  if (person) {
    return person->language == "en" ? Language::english : Language::french;
  }
  return language_of(request, language_);
}

Result<> Site::check_write(const http::Request& request, const Visitor& visitor) const {
  if (!changes_state(request.method)) {
    return {};
  }
  if (const auto origin = services_.gate.check_origin(request); !origin) {
    return origin;
  }
  if (!visitor.may_write) {
    return make_error(Errc::denied, "this token may only read; create one with --scope write");
  }
  const bool by_cookie = !visitor.session_token.empty();
  // Our pages' forms act for whoever fills them in, not for the session; check_origin guards them.
  if (by_cookie && !is_page(request.path) &&
      !is_token(request.headers.get("X-CSRF-Token"), visitor.csrf_token)) {
    return make_error(
        Errc::denied,
        "the X-CSRF-Token header is missing or old: take it from GET /api/v1/session");
  }
  return {};
}

Async<Result<Site::Visitor>> Site::recognise(http::Request request) {
  constexpr std::string_view bearer = "Bearer ";
  const auto authorization = request.headers.get("Authorization");
  if (starts_with_ignoring_case(authorization, bearer)) {
    std::string token{trim(authorization.substr(bearer.size()))};
    co_return co_await recognise_token(std::move(token));
  }
  Visitor visitor;
  const auto cookie = request.cookie(services_.gate.cookie_name(request));
  if (!cookie || cookie->empty() || !services_.gate.may_carry_session(request)) {
    co_return visitor;
  }
  auto session = co_await services_.sessions.find(*cookie, purpose_of(request));
  if (session) {
    visitor.person = std::move(session->person);
    visitor.csrf_token = std::move(session->csrf_token);
    visitor.authenticated_at = session->authenticated_at;
    visitor.session_token = *cookie;
    co_return visitor;
  }
  if (session.error().code == Errc::not_found || session.error().code == Errc::denied) {
    co_return visitor;
  }
  co_return session.error();
}

Async<Result<Site::Visitor>> Site::recognise_token(std::string token) {
  Visitor visitor;
  auto found = co_await services_.tokens.find(std::move(token));
  if (found) {
    visitor.person = std::move(found->person);
    visitor.may_write = found->scope == people::Scope::write;
    co_return visitor;
  }
  if (found.error().code != Errc::not_found && found.error().code != Errc::denied) {
    co_return found.error();
  }
  visitor.has_bad_token = true;
  co_return visitor;
}

Async<http::Answer> Site::open_events(http::Request request) {
  if (auto refused = refuse_way(services_.gate, request)) {
    co_return std::move(*refused);
  }
  if (const auto origin = services_.gate.check_origin(request); !origin) {
    co_return problem(origin.error(), request.id);
  }
  const auto address = services_.gate.client_address(request);
  if (const auto asked = limits_.take_request(address, services_.clock.steady()); !asked) {
    co_return problem(asked.error(), request.id);
  }
  auto visitor = co_await recognise(request);
  if (!visitor || !visitor->person) {
    co_return not_signed_in(request.id);
  }
  if (lacks_second_factor(*visitor->person)) {
    co_return problem(403, "Not allowed",
                      "administrators need a second factor here: set it up in your profile first",
                      request.id);
  }
  Listener listener;
  listener.person = *visitor->person;
  listener.session_token = visitor->session_token;
  listener.all_accounts =
      (role_bit(listener.person.role) & overseers) != 0 && request.parameter("scope") == "all";
  if (const auto after = request.parameter("after")) {
    listener.after = to_integer(*after);
    if (!listener.after || *listener.after < 0) {
      co_return problem(422, "Invalid", "after: the number of an event is needed", request.id);
    }
  }
  // From here on nothing is missed: what happens during the handshake is replayed.
  listener.position = services_.hub.position();
  auto seat = limits_.take_seat(address, listener.person.id);
  if (!seat) {
    co_return problem(seat.error(), request.id);
  }
  listener.is_still_valid = [this, role = listener.person.role,
                             knock = std::make_shared<http::Request>(credentials_of(request))] {
    return is_still_valid(*knock, role);
  };
  http::Upgrade upgrade;
  http::set_policy(upgrade.headers);
  upgrade.session = [this, listener = std::move(listener),
                     seat = std::move(*seat)](http::WebSocket& socket) mutable {
    return services_.hub.serve(socket, std::move(listener));
  };
  co_return upgrade;
}

// A program's token goes on under another role, its socket does not: it was promised what the one
// before may see.
Async<bool> Site::is_still_valid(http::Request request, Role role) {
  const auto visitor = co_await recognise(std::move(request));
  // A database that does not answer is no reason to throw people out.
  co_return !visitor ||
      (visitor->person && visitor->person->role == role && !lacks_second_factor(*visitor->person));
}

http::Response Site::page(const http::Request& request, const Visitor& visitor) const {
  if (request.method != "GET" && request.method != "HEAD") {
    return method_not_allowed("GET", request.id);
  }
  const auto language = language_for(request, visitor.person);
  const bool is_file = request.path.find('.') != std::string::npos;
  if (is_file) {
    return assets_.find(request, request.path).value_or(html_answer(404, not_found_page(language)));
  }
  if (!visitor.person) {
    return redirect("/connexion?suite=" + http::percent_encode(safe_next_path(request.target)));
  }
  return assets_.find(request, "/index.html")
      .value_or(html_answer(503, missing_application_page(language)));
}

}  // namespace vigie::api
