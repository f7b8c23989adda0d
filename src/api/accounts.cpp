// SPDX-License-Identifier: Apache-2.0
// /accounts: what a person follows.
#include "watch/accounts.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "domain/json.hpp"
#include "watch/lives.hpp"

namespace vigie::api {
namespace {

constexpr std::size_t longest_note = 2000;

// Absent: nothing.
Result<std::optional<std::vector<std::string>>> optional_texts(const json::object& object,
                                                               std::string_view name) {
  const auto* value = object.if_contains(json::string_view{name.data(), name.size()});
  if (value == nullptr) {
    return std::optional<std::vector<std::string>>{};
  }
  const auto* array = value->if_array();
  const auto is_text = [](const json::value& item) { return item.is_string(); };
  if (array == nullptr || !std::ranges::all_of(*array, is_text)) {
    return make_error(Errc::invalid, "{}: a list of texts is needed", name);
  }
  std::vector<std::string> texts;
  for (const auto& item : *array) {
    const auto& text = item.get_string();
    texts.emplace_back(text.data(), text.size());
  }
  return std::optional{std::move(texts)};
}

Result<std::optional<int>> optional_priority(const json::object& object) {
  const auto* value = object.if_contains("priority");
  if (value == nullptr) {
    return std::optional<int>{};
  }
  const auto* number = value->if_int64();
  if (number == nullptr || *number < 0 || *number > 2) {
    return make_error(Errc::invalid, "priority: 0, 1 or 2");
  }
  return std::optional{static_cast<int>(*number)};
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
  auto tags = optional_texts(*body, "tags");
  const auto priority = optional_priority(*body);
  if (!tags || !priority) {
    return tags ? priority.error() : tags.error();
  }
  edit.tags = std::move(*tags);
  edit.priority = *priority;
  return edit;
}

constexpr std::size_t longest_words = 200;

Result<std::string> read_words(const http::Request& request, std::string_view name) {
  const auto text = request.parameter(name).value_or("");
  if (text.size() > longest_words) {
    return make_error(Errc::invalid, "{}: at most {} bytes", name, longest_words);
  }
  return clean_utf8(text, longest_words);
}

Result<watch::AccountOrder> read_order(const http::Request& request) {
  using watch::AccountOrder;
  static const std::map<std::string, AccountOrder, std::less<>> orders{
      {"", AccountOrder::recent},
      {"recent", AccountOrder::recent},
      {"name", AccountOrder::name},
      {"status", AccountOrder::status},
      {"last_live", AccountOrder::last_live},
      {"priority", AccountOrder::priority}};
  const auto found = orders.find(request.parameter("sort").value_or(""));
  if (found == orders.end()) {
    return make_error(Errc::invalid, "sort: recent, name, status, last_live or priority");
  }
  return found->second;
}

// ?list=&q=&tag=&status=&sort=; the page has them in its own address too.
Result<watch::AccountFilter> read_filter(const http::Request& request) {
  watch::AccountFilter filter;
  filter.list = request.parameter("list").value_or("");
  if (!filter.list.empty() && !is_plausible_id(filter.list)) {
    filter.list = "-";  // like any list that does not exist
  }
  const auto words = read_words(request, "q");
  const auto tag = read_words(request, "tag");
  const auto order = read_order(request);
  if (!words || !tag) {
    return words ? tag.error() : words.error();
  }
  if (!order) {
    return order.error();
  }
  const auto bare = trim(*words);
  filter.words = bare.starts_with('@') ? bare.substr(1) : bare;
  filter.tag = trim(*tag);
  filter.order = *order;
  if (const auto status = request.parameter("status"); status && !status->empty()) {
    const auto parsed = parse_account_status(*status);
    if (!parsed) {
      return make_error(Errc::invalid, "status: live, active, offline or unknown");
    }
    filter.status = *parsed;
  }
  return filter;
}

// "text" as a person pastes it, or "usernames" one by one.
Result<std::vector<watch::TypedAccount>> read_entries(const json::object& body) {
  const auto usernames = optional_texts(body, "usernames");
  if (!usernames) {
    return usernames.error();
  }
  if (body.contains("text") == usernames->has_value()) {
    return make_error(Errc::invalid, "text: send either text or usernames");
  }
  if (!*usernames) {
    const auto text = required_text(body, "text");
    return text ? watch::parse_typed_accounts(*text)
                : Result<std::vector<watch::TypedAccount>>{text.error()};
  }
  if ((*usernames)->size() > watch::most_typed_accounts) {
    return make_error(Errc::invalid, "usernames: at most {}", watch::most_typed_accounts);
  }
  std::vector<watch::TypedAccount> entries;
  for (const auto& username : **usernames) {
    entries.push_back({static_cast<std::int64_t>(entries.size()) + 1, username});
  }
  return entries;
}

Result<watch::BatchOptions> read_options(const json::object& body) {
  watch::BatchOptions options;
  const auto list = optional_text(body, "list", 64);
  auto tags = optional_texts(body, "tags");
  const auto priority = optional_priority(body);
  if (!list) {
    return list.error();
  }
  if (!tags || !priority) {
    return tags ? priority.error() : tags.error();
  }
  options.list = list->value_or("");
  options.edit.tags = std::move(*tags);
  options.edit.priority = *priority;
  return options;
}

json::object to_json(const watch::BatchLine& line) {
  const auto word = to_string(line.result);
  json::object object{{"line", line.entry.line},
                      {"typed", line.entry.typed},
                      {"result", json::string_view{word.data(), word.size()}},
                      {"detail", line.detail}};
  object["account"] = line.account ? json::value(vigie::to_json(*line.account)) : nullptr;
  return object;
}

}  // namespace

Async<Result<http::Response>> list_accounts(Services& services, Call call) {
  const auto paging = read_paging(call.request);
  if (!paging) {
    co_return paging.error();
  }
  const auto filter = read_filter(call.request);
  if (!filter) {
    co_return filter.error();
  }
  const auto page =
      co_await services.accounts.list(sight_of(call), paging->limit, paging->cursor, *filter);
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

Async<Result<http::Response>> follow_accounts(Services& services, Call call) {
  const auto body = read_object(call.request);
  if (!body) {
    co_return body.error();
  }
  if (const auto known = only_members(*body, {"text", "usernames", "list", "tags", "priority"});
      !known) {
    co_return known.error();
  }
  auto entries = read_entries(*body);
  if (!entries) {
    co_return entries.error();
  }
  auto options = read_options(*body);
  if (!options) {
    co_return options.error();
  }
  const auto lines = co_await services.accounts.follow_many(call.person_id(), std::move(*entries),
                                                            std::move(*options));
  if (!lines) {
    co_return lines.error();
  }
  json::array items;
  for (const auto& line : *lines) {
    items.push_back(to_json(line));
  }
  co_return page_answer(std::move(items), "");
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
  const auto done =
      co_await services.accounts.unfollow(call.person_id(), call.parameters[0], call.by());
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
