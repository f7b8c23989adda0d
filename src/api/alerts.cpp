// SPDX-License-Identifier: Apache-2.0
// /alerts, /notifications and the assessments behind them.
#include "alert/alerts.hpp"

#include <boost/json/array.hpp>

#include "analyse/assessments.hpp"
#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"
#include "domain/json.hpp"

namespace vigie::api {
namespace {

template <class T>
http::Response page_of(const Page<T>& page) {
  json::array items;
  for (const auto& item : page.items) {
    items.push_back(to_json(item));
  }
  return page_answer(std::move(items), page.next_cursor);
}

Result<alert::AlertOrder> parse_order(std::string_view text) {
  if (text == "newest") {
    return alert::AlertOrder::newest;
  }
  if (text == "score") {
    return alert::AlertOrder::most_probable;
  }
  return make_error(Errc::invalid, "no such order");
}

// Reads a word of the query into where; absent it stays. Errc::invalid names what is possible.
template <class T, class Parsed>
Result<> read_word(const http::Request& request, std::string_view name,
                   Result<Parsed> (*parse)(std::string_view), T& where, std::string_view possible) {
  const auto text = request.parameter(name);
  if (!text) {
    return {};
  }
  const auto value = parse(*text);
  if (!value) {
    return make_error(Errc::invalid, "{}: {}", name, possible);
  }
  where = *value;
  return {};
}

Result<alert::AlertFilter> read_alert_filter(const Call& call) {
  const auto& request = call.request;
  alert::AlertFilter filter;
  for (const auto& read :
       {read_word(request, "state", parse_alert_state, filter.state, "open, claimed or decided"),
        read_word(request, "kind", parse_alert_kind, filter.kind,
                  "haine, incertain, injection or viralite"),
        read_word(request, "verdict", parse_decision_verdict, filter.verdict,
                  "confirmed, platform_rule, lawful, false_alarm, out_of_scope or second_opinion"),
        read_word(request, "sort", parse_order, filter.order, "newest or score")}) {
    if (!read) {
      return read.error();
    }
  }
  filter.live_id = request.parameter("live_id").value_or("");
  filter.account_id = request.parameter("account_id").value_or("");
  if (request.parameter("mine") == "true") {
    filter.held_by = call.person_id();
  }
  return filter;
}

json::object to_json(const analyse::SetAside& window) {
  return {{"start_s", to_seconds(window.start)},
          {"end_s", to_seconds(window.end)},
          {"attempts", window.attempts},
          {"reason", window.reason},
          {"at", to_rfc3339(window.at)}};
}

}  // namespace

Async<Result<http::Response>> list_assessments(Services& services, Call call) {
  const auto paging = read_paging(call.request);
  if (!paging) {
    co_return paging.error();
  }
  const auto page = co_await services.assessments.list(call.parameters[0], widest_sight_of(call),
                                                       paging->limit, paging->cursor);
  if (!page) {
    co_return page.error();
  }
  // What nobody judged stands beside what was: silence is not an answer.
  const auto aside =
      co_await services.assessments.list_set_aside(call.parameters[0], widest_sight_of(call));
  if (!aside) {
    co_return aside.error();
  }
  json::array items;
  for (const auto& assessment : page->items) {
    items.push_back(to_json(assessment));
  }
  json::array set_aside;
  for (const auto& window : *aside) {
    set_aside.push_back(to_json(window));
  }
  co_return json_answer(200, json::object{{"items", std::move(items)},
                                          {"next_cursor", text_or_null(page->next_cursor)},
                                          {"set_aside", std::move(set_aside)}});
}

Async<Result<http::Response>> list_alerts(Services& services, Call call) {
  const auto paging = read_paging(call.request);
  if (!paging) {
    co_return paging.error();
  }
  auto filter = read_alert_filter(call);
  if (!filter) {
    co_return filter.error();
  }
  const auto page = co_await services.alerts.list(sight_of(call), std::move(*filter), paging->limit,
                                                  paging->cursor);
  if (!page) {
    co_return page.error();
  }
  co_return page_of(*page);
}

Async<Result<http::Response>> get_alert(Services& services, Call call) {
  const auto alert = co_await services.alerts.get(call.parameters[0], widest_sight_of(call));
  if (!alert) {
    co_return alert.error();
  }
  co_return json_answer(200, to_json(*alert));
}

Async<Result<http::Response>> list_notifications(Services& services, Call call) {
  const auto paging = read_paging(call.request);
  if (!paging) {
    co_return paging.error();
  }
  const auto page =
      co_await services.notifications.list(call.person_id(), paging->limit, paging->cursor);
  if (!page) {
    co_return page.error();
  }
  const auto unread = co_await services.notifications.unread(call.person_id());
  if (!unread) {
    co_return unread.error();
  }
  json::array items;
  for (const auto& item : page->items) {
    items.push_back(to_json(item));
  }
  json::object body;
  body["items"] = std::move(items);
  body["next_cursor"] = text_or_null(page->next_cursor);
  body["unread"] = *unread;
  co_return json_answer(200, body);
}

Async<Result<http::Response>> read_notification(Services& services, Call call) {
  const auto read = co_await services.notifications.mark_read(call.person_id(), call.parameters[0]);
  if (!read) {
    co_return read.error();
  }
  co_return json_answer(200, to_json(*read));
}

Async<Result<http::Response>> read_all_notifications(Services& services, Call call) {
  const auto read = co_await services.notifications.mark_all_read(call.person_id());
  if (!read) {
    co_return read.error();
  }
  co_return json_answer(200, json::object{{"read", *read}});
}

}  // namespace vigie::api
