// SPDX-License-Identifier: Apache-2.0
// Who did what, for administrators and auditors.
#include "audit/audit.hpp"

#include <boost/json/array.hpp>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/periods.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"

namespace vigie::api {
namespace {

json::object to_json(const audit::ListedLine& listed) {
  const auto& line = listed.line;
  auto detail = parse_json(line.detail);
  return {{"number", line.number},
          {"at", to_rfc3339(line.at)},
          {"kind", line.kind},
          {"via", line.via},
          {"person_id", text_or_null(line.person_id)},
          {"username", or_null(listed.username)},
          {"thing", line.thing},
          {"thing_id", line.thing_id},
          {"thing_username", or_null(listed.thing_username)},
          {"request_id", line.request_id},
          // A line that somebody spoiled is shown all the same: verify says what is wrong with it.
          {"detail", detail && detail->is_object() ? std::move(*detail) : json::object{}},
          {"sha256", line.sha256}};
}

}  // namespace

Async<Result<http::Response>> list_audit(Services& services, Call call) {
  const auto paging = read_paging(call.request);
  const auto zone = co_await zone_of(services, call.person_id());
  if (!paging || !zone) {
    co_return !paging ? paging.error() : zone.error();
  }
  const auto period = read_period(call.request, *zone);
  if (!period) {
    co_return period.error();
  }
  audit::Filter filter{.kind = call.request.parameter("kind").value_or(""),
                       .person_id = call.request.parameter("person").value_or(""),
                       .from = period->from,
                       .to = period->to};
  const auto page = co_await services.trail.list(std::move(filter), paging->limit, paging->cursor);
  if (!page) {
    co_return page.error();
  }
  json::array items;
  for (const auto& line : page->items) {
    items.push_back(to_json(line));
  }
  co_return page_answer(std::move(items), page->next_cursor);
}

}  // namespace vigie::api
