// SPDX-License-Identifier: Apache-2.0
// /lists: a person's own lists of accounts.
#include "watch/lists.hpp"

#include <boost/json/array.hpp>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"

namespace vigie::api {
namespace {

constexpr std::size_t longest_name = 200;  // the store says how long it may really be

json::object to_json(const watch::AccountList& list) {
  return {{"id", list.id}, {"name", list.name}, {"accounts", list.accounts}};
}

Result<json::object> read_name_only(const http::Request& request) {
  auto body = read_object(request);
  if (!body) {
    return body.error();
  }
  if (const auto known = only_members(*body, {"name"}); !known) {
    return known.error();
  }
  return body;
}

}  // namespace

Async<Result<http::Response>> list_lists(Services& services, Call call) {
  const auto lists = co_await services.lists.all(call.person_id());
  if (!lists) {
    co_return lists.error();
  }
  json::array items;
  for (const auto& list : *lists) {
    items.push_back(to_json(list));
  }
  co_return page_answer(std::move(items), "");
}

Async<Result<http::Response>> create_list(Services& services, Call call) {
  const auto body = read_name_only(call.request);
  if (!body) {
    co_return body.error();
  }
  auto name = required_text(*body, "name");
  if (!name) {
    co_return name.error();
  }
  const auto list = co_await services.lists.create(call.person_id(), std::move(*name));
  if (!list) {
    co_return list.error();
  }
  co_return json_answer(201, to_json(*list));
}

Async<Result<http::Response>> rename_list(Services& services, Call call) {
  const auto body = read_name_only(call.request);
  if (!body) {
    co_return body.error();
  }
  auto name = optional_text(*body, "name", longest_name);
  if (!name) {
    co_return name.error();
  }
  const auto list =
      co_await services.lists.rename(call.person_id(), call.parameters[0], std::move(*name));
  if (!list) {
    co_return list.error();
  }
  co_return json_answer(200, to_json(*list));
}

Async<Result<http::Response>> remove_list(Services& services, Call call) {
  const auto done = co_await services.lists.remove(call.person_id(), call.parameters[0], call.by());
  if (!done) {
    co_return done.error();
  }
  co_return no_content();
}

Async<Result<http::Response>> put_in_list(Services& services, Call call) {
  const auto done =
      co_await services.lists.put(widest_sight_of(call), call.parameters[0], call.parameters[1]);
  if (!done) {
    co_return done.error();
  }
  co_return no_content();
}

Async<Result<http::Response>> take_from_list(Services& services, Call call) {
  const auto done =
      co_await services.lists.take(widest_sight_of(call), call.parameters[0], call.parameters[1]);
  if (!done) {
    co_return done.error();
  }
  co_return no_content();
}

}  // namespace vigie::api
