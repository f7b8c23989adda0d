// SPDX-License-Identifier: Apache-2.0
#include "api/access.hpp"

#include <algorithm>
#include <array>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "domain/event.hpp"

namespace vigie::api {
namespace {

constexpr std::array<std::pair<std::string_view, Roles>, 10> event_roles{{
    {event_type::account_status, signed_in},
    {event_type::live_started, signed_in},
    {event_type::live_updated, signed_in},
    {event_type::live_ended, signed_in},
    {event_type::segment_final, signed_in},
    {event_type::segment_interim, signed_in},
    {event_type::assessment, signed_in},
    {event_type::alert_opened, signed_in},
    {event_type::alert_updated, signed_in},
    {event_type::notification, signed_in},
}};

bool is_parameter(std::string_view part) {
  return part.starts_with('{');
}

// Fills parameters when path has the shape of pattern. An implausible id matches too: the handler
// answers it like any other object that does not exist.
bool matches(std::string_view pattern, std::string_view path,
             std::vector<std::string>& parameters) {
  const auto wanted = split(pattern, '/');
  const auto given = split(path, '/');
  parameters.clear();
  if (wanted.size() != given.size()) {
    return false;
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (is_parameter(wanted[i])) {
      parameters.emplace_back(is_plausible_id(given[i]) ? given[i] : "-");
    } else if (wanted[i] != given[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

audit::By Call::by() const {
  using audit::Via;
  return {.person_id = person ? person->id : std::string{},
          .request_id = request.id,
          .via = !person                 ? Via::visitor
                 : session_token.empty() ? Via::token
                                         : Via::session};
}

bool Call::sees_all() const {
  return (role_bit(person->role) & overseers) != 0 && request.parameter("scope") == "all";
}

bool is_for_enrolment(const Route& route) {
  return (route.roles & anonymous) != 0 || route.path == "/api/v1/session" ||
         route.path == "/api/v1/me" || route.path == "/api/v1/me/totp";
}

Roles roles_for_event(std::string_view type) {
  const auto* const found =
      std::ranges::find(event_roles, type, &std::pair<std::string_view, Roles>::first);
  return found == event_roles.end() ? Roles{0} : found->second;
}

Match find_route(std::string_view method, std::string_view path) {
  Match match;
  const auto wanted = method == "HEAD" ? std::string_view{"GET"} : method;
  std::vector<std::string> parameters;
  // "/accounts/batch" is no account called batch.
  const bool is_literal =
      std::ranges::any_of(routes(), [path](const Route& route) { return route.path == path; });
  for (const auto& route : routes()) {
    if ((is_literal && route.path != path) || !matches(route.path, path, parameters)) {
      continue;
    }
    match.allowed_methods += match.allowed_methods.empty() ? "" : ", ";
    match.allowed_methods += route.method;
    if (route.method == wanted) {
      match.route = &route;
      match.parameters = std::move(parameters);
      return match;
    }
  }
  return match;
}

}  // namespace vigie::api
