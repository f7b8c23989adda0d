// SPDX-License-Identifier: Apache-2.0
// /users and /password-resets: signing up, a forgotten password, and what administrators do.
#include "people/people.hpp"

#include <boost/json/array.hpp>

#include "api/answers.hpp"
#include "api/gate.hpp"
#include "api/handlers.hpp"
#include "api/hub.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"
#include "api/signed_in.hpp"
#include "people/desk.hpp"

namespace vigie::api {
namespace {

std::string_view state_of(const Person& person) {
  return person.disabled ? "disabled" : person.pending ? "pending" : "active";
}

json::object to_json(const people::ListedPerson& listed) {
  const auto& person = listed.person;
  return {{"id", person.id},
          {"username", person.username},
          {"email", text_or_null(person.email)},
          {"role", vigie::to_string(person.role)},
          {"state", state_of(person)},
          {"created_at", to_rfc3339(listed.created_at)},
          {"last_seen_at", or_null(listed.last_seen_at)},
          {"totp", person.has_second_factor}};
}

Result<people::PersonEdit> read_change(const json::object& body) {
  const auto role = optional_text(body, "role", 20);
  const auto state = optional_text(body, "state", 20);
  if (!role || !state) {
    return !role ? role.error() : state.error();
  }
  people::PersonEdit change;
  if (*role) {
    const auto parsed = parse_role(**role);
    if (!parsed) {
      return make_error(Errc::invalid, "role: user, moderator, admin or auditor");
    }
    change.role = *parsed;
  }
  if (*state) {
    if (**state != "active" && **state != "disabled") {
      return make_error(Errc::invalid, "state: active or disabled");
    }
    change.is_active = **state == "active";
  }
  return change;
}

}  // namespace

Async<Result<http::Response>> list_people(Services& services, Call call) {
  const auto paging = read_paging(call.request);
  if (!paging) {
    co_return paging.error();
  }
  auto state = call.request.parameter("state").value_or("");
  const auto page = co_await services.people.list(std::move(state), paging->limit, paging->cursor);
  if (!page) {
    co_return page.error();
  }
  json::array items;
  for (const auto& listed : page->items) {
    items.push_back(to_json(listed));
  }
  co_return page_answer(std::move(items), page->next_cursor);
}

Async<Result<http::Response>> sign_up(Services& services, Call call) {
  const auto body = read_object(call.request);
  if (!body) {
    co_return body.error();
  }
  const auto known = only_members(*body, {"username", "email", "password"});
  auto username = required_text(*body, "username");
  const auto email = optional_text(*body, "email", 1000);
  auto password = required_text(*body, "password");
  if (!known || !username || !email || !password) {
    co_return !known ? known.error()
    : !username      ? username.error()
    : !email         ? email.error()
                     : password.error();
  }
  people::NewPerson wanted;
  wanted.username = std::move(*username);
  wanted.email = email->value_or("");
  wanted.password = std::move(*password);
  wanted.language = call.language == Language::english ? "en" : "fr";
  auto visit = visit_of(services, call.request);
  const auto answer = co_await services.desk.sign_up(std::move(wanted), std::move(visit));
  if (!answer) {
    co_return answer.error();
  }
  json::object said;
  said["status"] = people::to_string(*answer);
  co_return json_answer(202, said);
}

Async<Result<http::Response>> edit_person(Services& services, Call call) {
  const auto body = read_object(call.request);
  if (!body) {
    co_return body.error();
  }
  const auto known = only_members(*body, {"role", "state"});
  const auto change = read_change(*body);
  if (!known || !change) {
    co_return !known ? known.error() : change.error();
  }
  const std::string id = call.parameters.at(0);
  const auto changed = co_await services.people.edit(id, *change, call.by());
  if (!changed) {
    co_return changed.error();
  }
  services.hub.check_sessions_soon();
  services.log.info("a person was changed",
                    {{"person", id}, {"by", call.person_id()}, {"request", call.request.id}});
  const auto listed = co_await services.people.find_listed(id);
  if (!listed) {
    co_return listed.error();
  }
  co_return json_answer(200, to_json(*listed));
}

Async<Result<http::Response>> sign_out_everywhere(Services& services, Call call) {
  const std::string id = call.parameters.at(0);
  const auto found = co_await services.people.find(id);
  if (!found) {
    co_return found.error();
  }
  const auto ended = co_await services.sessions.end_all(id, call.by());
  if (!ended) {
    co_return ended.error();
  }
  services.hub.check_sessions_soon();
  services.log.info("a person was signed out everywhere",
                    {{"person", id}, {"by", call.person_id()}});
  co_return no_content();
}

Async<Result<http::Response>> request_reset(Services& services, Call call) {
  const auto body = read_object(call.request);
  if (!body) {
    co_return body.error();
  }
  const auto known = only_members(*body, {"email"});
  auto email = required_text(*body, "email");
  if (!known || !email) {
    co_return !known ? known.error() : email.error();
  }
  auto ip = services.gate.client_address(call.request);
  const auto done = co_await services.desk.request_reset(std::move(*email), std::move(ip));
  if (!done) {
    co_return done.error();
  }
  json::object said;
  said["status"] = "check_mail";
  co_return json_answer(202, said);
}

Async<Result<http::Response>> reset_password(Services& services, Call call) {
  const auto body = read_object(call.request);
  if (!body) {
    co_return body.error();
  }
  const auto known = only_members(*body, {"password"});
  auto password = required_text(*body, "password");
  if (!known || !password) {
    co_return !known ? known.error() : password.error();
  }
  const auto done =
      co_await services.desk.reset(call.parameters.at(0), std::move(*password), call.by());
  if (!done) {
    if (done.error().code == Errc::not_found) {
      co_return problem(404, "Not found",
                        "this link was used, or its time is over: ask for a new one",
                        call.request.id);
    }
    co_return done.error();
  }
  services.hub.check_sessions_soon();
  co_return no_content();
}

}  // namespace vigie::api
