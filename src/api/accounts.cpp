// SPDX-License-Identifier: Apache-2.0
// /accounts: what a person follows.
#include "watch/accounts.hpp"

#include <boost/json/array.hpp>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"
#include "domain/json.hpp"
#include "watch/lives.hpp"

namespace vigie::api {
namespace {

constexpr std::size_t longest_note = 2000;

Result<std::vector<std::string>> read_tags(const json::value& value) {
  const auto* array = value.if_array();
  std::vector<std::string> tags;
  if (array != nullptr) {
    for (const auto& item : *array) {
      const auto* text = item.if_string();
      if (text == nullptr) {
        array = nullptr;
        break;
      }
      tags.emplace_back(text->data(), text->size());
    }
  }
  if (array == nullptr) {
    return make_error(Errc::invalid, "tags: a list of texts is needed");
  }
  return tags;
}

Result<watch::FollowEdit> read_edit(const http::Request& request) {
  const auto body = read_object(request);
  if (!body) {
    return body.error();
  }
  if (const auto known = only_members(*body, {"note", "tags", "priority", "language"}); !known) {
    return known.error();
  }
  watch::FollowEdit edit;
  const auto note = optional_text(*body, "note", longest_note);
  if (!note) {
    return note.error();
  }
  edit.note = *note;
  const auto language = optional_text(*body, "language", 8);
  if (!language) {
    return language.error();
  }
  edit.language = *language;
  if (const auto* tags = body->if_contains("tags")) {
    auto list = read_tags(*tags);
    if (!list) {
      return list.error();
    }
    edit.tags = std::move(*list);
  }
  if (const auto* priority = body->if_contains("priority")) {
    const auto* number = priority->if_int64();
    if (number == nullptr || *number < 0 || *number > 2) {
      return make_error(Errc::invalid, "priority: 0, 1 or 2");
    }
    edit.priority = static_cast<int>(*number);
  }
  return edit;
}

}  // namespace

Async<Result<http::Response>> list_accounts(Services& services, Call call) {
  const auto paging = read_paging(call.request);
  if (!paging) {
    co_return paging.error();
  }
  const auto page = co_await services.accounts.list(sight_of(call), paging->limit, paging->cursor);
  if (!page) {
    co_return page.error();
  }
  json::array items;
  for (const auto& account : page->items) {
    items.push_back(to_json(account));
  }
  co_return page_answer(std::move(items), page->next_cursor);
}

Async<Result<http::Response>> follow_account(Services& services, Call call) {
  const auto body = read_object(call.request);
  if (!body) {
    co_return body.error();
  }
  if (const auto known = only_members(*body, {"username", "platform"}); !known) {
    co_return known.error();
  }
  const auto platform = optional_text(*body, "platform", 20);
  if (!platform) {
    co_return platform.error();
  }
  const auto typed = required_text(*body, "username");
  if (!typed) {
    co_return typed.error();
  }
  const auto followed =
      co_await services.accounts.follow(call.person_id(), *typed, platform->value_or(""));
  if (!followed) {
    co_return followed.error();
  }
  auto answer = json_answer(201, to_json(*followed));
  answer.headers.add("Location", "/api/v1/accounts/" + followed->account.id);
  co_return answer;
}

Async<Result<http::Response>> get_account(Services& services, Call call) {
  const auto account = co_await services.accounts.get(call.parameters[0], widest_sight_of(call));
  if (!account) {
    co_return account.error();
  }
  co_return json_answer(200, to_json(*account));
}

Async<Result<http::Response>> edit_account(Services& services, Call call) {
  auto edit = read_edit(call.request);
  if (!edit) {
    co_return edit.error();
  }
  const auto account =
      co_await services.accounts.edit(call.person_id(), call.parameters[0], std::move(*edit));
  if (!account) {
    co_return account.error();
  }
  co_return json_answer(200, to_json(*account));
}

Async<Result<http::Response>> unfollow_account(Services& services, Call call) {
  const auto done = co_await services.accounts.unfollow(call.person_id(), call.parameters[0]);
  if (!done) {
    co_return done.error();
  }
  co_return no_content();
}

Async<Result<http::Response>> check_account(Services& services, Call call) {
  const auto asked =
      co_await services.accounts.check_now(call.parameters[0], widest_sight_of(call));
  if (!asked) {
    co_return asked.error();
  }
  http::Response accepted;
  accepted.status = 202;
  co_return accepted;
}

Async<Result<http::Response>> list_lives_of_account(Services& services, Call call) {
  const auto paging = read_paging(call.request);
  if (!paging) {
    co_return paging.error();
  }
  const auto sight = widest_sight_of(call);
  const auto account = co_await services.accounts.get(call.parameters[0], sight);
  if (!account) {
    co_return account.error();
  }
  watch::LiveFilter filter;
  filter.account_id = call.parameters[0];
  const auto page = co_await services.lives.list(sight, filter, paging->limit, paging->cursor);
  if (!page) {
    co_return page.error();
  }
  json::array items;
  for (const auto& live : page->items) {
    items.push_back(to_json(live));
  }
  co_return page_answer(std::move(items), page->next_cursor);
}

}  // namespace vigie::api
