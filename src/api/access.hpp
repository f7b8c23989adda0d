// SPDX-License-Identifier: Apache-2.0
// Who may do what: one table of role × route, one of role × event type. What is not listed is
// denied (requirement A10).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/language.hpp"
#include "async/async.hpp"
#include "audit/audit.hpp"
#include "base/result.hpp"
#include "domain/person.hpp"
#include "http/message.hpp"

namespace vigie::api {

// A set of roles, and "nobody signed in" as one more.
using Roles = std::uint8_t;
inline constexpr Roles anonymous = 1U << 7U;
constexpr Roles role_bit(Role role) {
  return static_cast<Roles>(1U << static_cast<unsigned>(role));
}
inline constexpr Roles signed_in = role_bit(Role::user) | role_bit(Role::moderator) |
                                   role_bit(Role::admin) | role_bit(Role::auditor);
inline constexpr Roles deciders = role_bit(Role::moderator) | role_bit(Role::admin);
inline constexpr Roles overseers =
    deciders | role_bit(Role::auditor);  // see every followed account
inline constexpr Roles everyone = anonymous | signed_in;

struct Services;  // api/services.hpp

// A request whose sender is known and may ask it.
struct Call {
  http::Request request;
  std::optional<Person> person;          // nobody only on routes open to the anonymous
  std::string session_token;             // of the cookie; empty for API tokens
  std::string csrf_token;                // of the session, unmasked; empty for API tokens
  Time authenticated_at{};               // of the session: when they last proved who they are
  Language language = Language::french;  // in which this person reads
  std::vector<std::string> parameters;   // what stood for {…} in the path, in order

  const std::string& person_id() const { return person->id; }
  audit::By by() const;  // for the audit
  // ?scope=all, for the roles that oversee; ignored for the others.
  bool sees_all() const;
};

// What a call must bring beside its role: nothing; a browser's session, not a token; a session
// whose person proved who they are a moment ago (api/proof.hpp).
enum class Proof : std::uint8_t { any, session, fresh };

using Handler = Async<Result<http::Response>> (*)(Services&, Call);

struct Route {
  std::string_view method;
  std::string_view path;  // "/api/v1/accounts/{id}"
  Roles roles;
  Handler handler;
  Proof proof = Proof::any;
  // The answer is a function of the rows, the person and the address, not of the time: it may be
  // given again until something changes.
  bool follows_rows = false;
};

// What an administrator may reach before they have the second factor that they need.
bool is_for_enrolment(const Route& route);

// The whole API, in the order of the contract.
const std::vector<Route>& routes();

// The roles that may receive events of a type over the socket; none for a type that is not listed.
Roles roles_for_event(std::string_view type);

struct Match {
  const Route* route = nullptr;  // nothing: no route has this path with this method
  std::vector<std::string> parameters;
  std::string allowed_methods;  // of routes with this path, "GET, POST"; empty: unknown path
};
Match find_route(std::string_view method, std::string_view path);

}  // namespace vigie::api
