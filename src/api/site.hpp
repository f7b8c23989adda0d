// SPDX-License-Identifier: Apache-2.0
// From a request to its answer: who sends it, may they, which route; and the headers on every
// answer.
#pragma once
#include <optional>
#include <string>

#include "api/access.hpp"
#include "api/assets.hpp"
#include "api/limits.hpp"
#include "api/pages.hpp"
#include "async/async.hpp"
#include "db/memo.hpp"
#include "http/server.hpp"

namespace vigie::api {

struct Services;

class Site {
 public:
  Site(Services& services, Assets assets, Language language);

  // For http::create_server. Never fails: errors become answers.
  Async<http::Answer> answer(http::Request request);

 private:
  struct Visitor {
    std::optional<Person> person;
    std::string session_token;
    std::string csrf_token;
    Time authenticated_at{};     // of the session
    bool may_write = true;       // false for a token of scope read
    bool has_bad_token = false;  // a bearer token was sent, and it is worth nothing
  };

  Async<Result<Visitor>> recognise(http::Request request);
  Async<Result<Visitor>> recognise_token(std::string token);
  Async<http::Response> respond(http::Request request, Language& language);
  bool lacks_second_factor(const Person& person) const;
  Language language_for(const http::Request& request, const std::optional<Person>& person) const;
  Async<http::Response> call_route(http::Request request, Match match, Visitor visitor);
  Async<http::Response> run_handler(const Route& route, Call call);
  Async<http::Response> answer_by_rows(const Route& route, Call call);
  Result<> check_write(const http::Request& request, const Visitor& visitor) const;
  Async<http::Answer> open_events(http::Request request);
  Async<bool> is_still_valid(http::Request request, Role role);
  http::Response page(const http::Request& request, const Visitor& visitor) const;

  Services& services_;
  Assets assets_;
  Language language_;
  Limits limits_;
  db::Memo<http::Response> answers_;  // of routes that follow the rows
};

}  // namespace vigie::api
