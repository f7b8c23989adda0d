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
  co_return page_of(*page);
}

Async<Result<http::Response>> list_alerts(Services& services, Call call) {
  const auto paging = read_paging(call.request);
  if (!paging) {
    co_return paging.error();
  }
  std::optional<AlertState> state;
  if (const auto asked = call.request.parameter("state")) {
    const auto parsed = parse_alert_state(*asked);
    if (!parsed) {
      co_return make_error(Errc::invalid, "state: open, claimed or decided");
    }
    state = *parsed;
  }
  const auto page =
      co_await services.alerts.list(sight_of(call), state, paging->limit, paging->cursor);
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
  body["next_cursor"] =
      page->next_cursor.empty() ? json::value(nullptr) : json::value(page->next_cursor);
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
