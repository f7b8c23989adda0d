// SPDX-License-Identifier: Apache-2.0
// /me: what is one's own. What could lock somebody out, or let somebody else in, asks for the
// password again (A13).
#include <boost/json/array.hpp>

#include "api/answers.hpp"
#include "api/gate.hpp"
#include "api/handlers.hpp"
#include "api/hub.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"
#include "api/signed_in.hpp"
#include "notify/channels.hpp"
#include "people/desk.hpp"
#include "people/tokens.hpp"

namespace vigie::api {
namespace {

constexpr std::int64_t longest_token_days = 3650;
constexpr std::size_t longest_token_name = 80;

json::object to_json(const people::ListedSession& session) {
  return {{"id", session.id},
          {"created_at", to_rfc3339(session.created_at)},
          {"last_used_at", to_rfc3339(session.last_used_at)},
          {"agent", session.agent},
          {"address", session.address},
          {"current", session.is_current}};
}

json::object to_json(const people::ListedToken& token) {
  return {{"id", token.id},
          {"name", token.name},
          {"scope", people::to_string(token.scope)},
          {"created_at", to_rfc3339(token.created_at)},
          {"expires_at", or_null(token.expires_at)},
          {"last_used_at", or_null(token.last_used_at)}};
}

Async<Result<http::Response>> answer_profile(Services& services, std::string person_id) {
  const auto profile = co_await services.desk.profile(person_id);
  if (!profile) {
    co_return profile.error();
  }
  const auto preference = co_await services.channels.preferences.get(person_id);
  if (!preference) {
    co_return preference.error();
  }
  const auto& person = profile->person;
  co_return json_answer(
      200, json::object{{"id", person.id},
                        {"username", person.username},
                        {"email", text_or_null(person.email)},
                        {"pending_email", text_or_null(profile->pending_email)},
                        {"role", vigie::to_string(person.role)},
                        {"language", person.language},
                        {"time_zone", preference->time_zone.name()},
                        {"created_at", to_rfc3339(profile->created_at)},
                        {"totp", person.has_second_factor},
                        {"totp_required",
                         services.house.admins_need_second_factor && person.role == Role::admin}});
}

// Texts that must all be there, and nothing else.
Result<std::vector<std::string>> read_texts(const http::Request& request,
                                            std::initializer_list<std::string_view> names) {
  const auto body = read_object(request);
  if (!body) {
    return body.error();
  }
  if (const auto known = only_members(*body, names); !known) {
    return known.error();
  }
  std::vector<std::string> texts;
  for (const auto name : names) {
    auto text = required_text(*body, name);
    if (!text) {
      return text.error();
    }
    texts.push_back(std::move(*text));
  }
  return texts;
}

struct TokenWish {
  std::string name;
  people::Scope scope = people::Scope::read;
  std::optional<std::int64_t> days;
};

Result<TokenWish> read_token_wish(const http::Request& request) {
  const auto body = read_object(request);
  if (!body) {
    return body.error();
  }
  if (const auto known = only_members(*body, {"name", "scope", "expires_days"}); !known) {
    return known.error();
  }
  auto name = required_text(*body, "name");
  const auto scope = optional_text(*body, "scope", 20);
  if (!name || !scope) {
    return !name ? name.error() : scope.error();
  }
  if (name->empty() || name->size() > longest_token_name) {
    return make_error(Errc::invalid, "name: 1 to {} bytes", longest_token_name);
  }
  TokenWish wish;
  wish.name = std::move(*name);
  const auto parsed = people::parse_scope(scope->value_or("read"));
  if (!parsed) {
    return make_error(Errc::invalid, "scope: read or write");
  }
  wish.scope = *parsed;
  const auto* const days = body->if_contains("expires_days");
  if (days != nullptr && !days->is_null()) {
    wish.days = get_integer(json::value(*body), "expires_days");
    if (!wish.days || *wish.days < 1 || *wish.days > longest_token_days) {
      return make_error(Errc::invalid, "expires_days: a number of days, 1 to {}, or nothing",
                        longest_token_days);
    }
  }
  return wish;
}

}  // namespace

Async<Result<http::Response>> get_me(Services& services, Call call) {
  co_return co_await answer_profile(services, call.person_id());
}

Async<Result<http::Response>> edit_me(Services& services, Call call) {
  const auto body = read_object(call.request);
  if (!body) {
    co_return body.error();
  }
  const auto known = only_members(*body, {"language", "time_zone"});
  const auto language = optional_text(*body, "language", 20);
  const auto zone = optional_text(*body, "time_zone", 100);
  if (!known || !language || !zone) {
    co_return !known ? known.error() : !language ? language.error() : zone.error();
  }
  notify::PreferenceChange change;
  if (*zone) {
    auto parsed = notify::TimeZone::parse(**zone);
    if (!parsed) {
      co_return make_error(Errc::invalid,
                           "time_zone: a name like Africa/Casablanca or Europe/Paris");
    }
    change.time_zone = std::move(*parsed);
  }
  if (*language) {
    const auto set = co_await services.desk.set_language(call.person_id(), **language);
    if (!set) {
      co_return set.error();
    }
  }
  if (change.time_zone) {
    const auto set = co_await services.channels.preferences.change(call.person_id(),
                                                                   std::move(change), call.by());
    if (!set) {
      co_return set.error();
    }
  }
  co_return co_await answer_profile(services, call.person_id());
}

Async<Result<http::Response>> change_my_email(Services& services, Call call) {
  auto texts = read_texts(call.request, {"email", "password"});
  if (!texts) {
    co_return texts.error();
  }
  const auto done = co_await services.desk.change_email(std::move(texts->at(0)),
                                                        std::move(texts->at(1)), call.by());
  if (!done) {
    co_return done.error();
  }
  co_return co_await answer_profile(services, call.person_id());
}

Async<Result<http::Response>> change_my_password(Services& services, Call call) {
  auto texts = read_texts(call.request, {"current", "password"});
  if (!texts) {
    co_return texts.error();
  }
  auto visit = visit_of(services, call.request);
  const auto session = co_await services.desk.change_password(
      std::move(texts->at(0)), std::move(texts->at(1)), std::move(visit), call.by());
  if (!session) {
    co_return session.error();
  }
  services.hub.check_sessions_soon();
  co_return signed_in_answer(services, call.request, *session);
}

Async<Result<http::Response>> list_my_sessions(Services& services, Call call) {
  const auto sessions = co_await services.sessions.list(call.person_id(), call.session_token);
  if (!sessions) {
    co_return sessions.error();
  }
  json::array items;
  for (const auto& session : *sessions) {
    items.push_back(to_json(session));
  }
  co_return page_answer(std::move(items), "");
}

Async<Result<http::Response>> end_my_session(Services& services, Call call) {
  const auto ended =
      co_await services.sessions.end_one(call.person_id(), call.parameters.at(0), call.by());
  if (!ended) {
    co_return ended.error();
  }
  services.hub.check_sessions_soon();
  co_return no_content();
}

Async<Result<http::Response>> end_my_other_sessions(Services& services, Call call) {
  const auto ended =
      co_await services.sessions.end_others(call.person_id(), call.session_token, call.by());
  if (!ended) {
    co_return ended.error();
  }
  services.hub.check_sessions_soon();
  co_return no_content();
}

Async<Result<http::Response>> list_my_tokens(Services& services, Call call) {
  const auto tokens = co_await services.tokens.list(call.person_id());
  if (!tokens) {
    co_return tokens.error();
  }
  json::array items;
  for (const auto& token : *tokens) {
    items.push_back(to_json(token));
  }
  co_return page_answer(std::move(items), "");
}

Async<Result<http::Response>> create_my_token(Services& services, Call call) {
  auto wish = read_token_wish(call.request);
  if (!wish) {
    co_return wish.error();
  }
  std::optional<Time> expires_at;
  if (wish->days) {
    expires_at = services.clock.now() + std::chrono::days{*wish->days};
  }
  const auto made = co_await services.tokens.create(call.person_id(), wish->scope, wish->name,
                                                    expires_at, call.by());
  if (!made) {
    co_return made.error();
  }
  people::ListedToken listed;
  listed.id = made->id;
  listed.name = wish->name;
  listed.scope = wish->scope;
  listed.created_at = made->created_at;
  listed.expires_at = expires_at;
  auto answer = to_json(listed);
  answer["token"] = made->token;
  co_return json_answer(201, answer);
}

Async<Result<http::Response>> revoke_my_token(Services& services, Call call) {
  const auto revoked =
      co_await services.tokens.revoke(call.parameters.at(0), call.person_id(), call.by());
  if (!revoked) {
    co_return revoked.error();
  }
  services.hub.check_sessions_soon();
  co_return no_content();
}

Async<Result<http::Response>> offer_my_totp(Services& services, Call call) {
  auto texts = read_texts(call.request, {"password"});
  if (!texts) {
    co_return texts.error();
  }
  const auto offered =
      co_await services.desk.offer_second_factor(std::move(texts->at(0)), call.by());
  if (!offered) {
    co_return offered.error();
  }
  json::object answer{{"secret", offered->secret}, {"uri", offered->uri}};
  co_return json_answer(200, answer);
}

Async<Result<http::Response>> confirm_my_totp(Services& services, Call call) {
  auto texts = read_texts(call.request, {"code"});
  if (!texts) {
    co_return texts.error();
  }
  const auto codes =
      co_await services.desk.confirm_second_factor(std::move(texts->at(0)), call.by());
  if (!codes) {
    co_return codes.error();
  }
  json::array shown;
  for (const auto& code : *codes) {
    shown.push_back(json::value(code));
  }
  json::object answer;
  answer["recovery_codes"] = std::move(shown);
  co_return json_answer(200, answer);
}

Async<Result<http::Response>> remove_my_totp(Services& services, Call call) {
  auto texts = read_texts(call.request, {"password", "code"});
  if (!texts) {
    co_return texts.error();
  }
  const auto removed = co_await services.desk.remove_second_factor(
      std::move(texts->at(0)), std::move(texts->at(1)), call.by());
  if (!removed) {
    co_return removed.error();
  }
  co_return no_content();
}

}  // namespace vigie::api
