// SPDX-License-Identifier: Apache-2.0
// /lives: what was and is on air, its words, its risk, its viewers.
#include "watch/lives.hpp"

#include <boost/json/array.hpp>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"
#include "api/transcript.hpp"
#include "base/text.hpp"
#include "domain/json.hpp"

namespace vigie::api {
namespace {

constexpr std::int64_t most_viewer_samples = 1000;

Result<watch::LiveFilter> read_filter(const http::Request& request) {
  watch::LiveFilter filter;
  const auto state = request.parameter("state");
  if (state && *state != "live" && *state != "ended") {
    return make_error(Errc::invalid, "state: live or ended");
  }
  if (state) {
    filter.is_open = *state == "live";
  }
  return filter;
}

http::Response transcript_answer(const Page<TranscriptItem>& page) {
  json::array items;
  for (const auto& item : page.items) {
    items.push_back(std::visit([](const auto& part) { return to_json(part); }, item));
  }
  return page_answer(std::move(items), page.next_cursor);
}

}  // namespace

Async<Result<http::Response>> list_lives(Services& services, Call call) {
  const auto paging = read_paging(call.request);
  if (!paging) {
    co_return paging.error();
  }
  const auto filter = read_filter(call.request);
  if (!filter) {
    co_return filter.error();
  }
  const auto page =
      co_await services.lives.list(sight_of(call), *filter, paging->limit, paging->cursor);
  if (!page) {
    co_return page.error();
  }
  json::array items;
  for (const auto& live : page->items) {
    items.push_back(to_json(live));
  }
  co_return page_answer(std::move(items), page->next_cursor);
}

Async<Result<http::Response>> get_live(Services& services, Call call) {
  const auto live = co_await services.lives.get(call.parameters[0], widest_sight_of(call));
  if (!live) {
    co_return live.error();
  }
  co_return json_answer(200, to_json(*live));
}

Async<Result<http::Response>> list_segments(Services& services, Call call) {
  const auto paging = read_paging(call.request);
  if (!paging) {
    co_return paging.error();
  }
  const auto live = co_await services.lives.get(call.parameters[0], widest_sight_of(call));
  if (!live) {
    co_return live.error();
  }
  if (call.request.parameter("order") == "newest") {
    const auto tail = co_await transcript_tail(services.database, live->id, paging->limit);
    if (!tail) {
      co_return tail.error();
    }
    co_return transcript_answer(*tail);
  }
  const auto from = read_seconds(call.request, "from");
  const auto to = read_seconds(call.request, "to");
  if (!from || !to) {
    co_return !from ? from.error() : to.error();
  }
  const Stretch stretch{.from = from->value_or(Span{0}), .to = to->value_or(Span::max())};
  const auto page =
      co_await transcript_page(services.database, live->id, paging->limit, paging->cursor, stretch);
  if (!page) {
    co_return page.error();
  }
  co_return transcript_answer(*page);
}

Async<Result<http::Response>> list_viewers(Services& services, Call call) {
  const auto samples = co_await services.lives.viewers(call.parameters[0], widest_sight_of(call),
                                                       most_viewer_samples);
  if (!samples) {
    co_return samples.error();
  }
  json::array items;
  for (const auto& sample : *samples) {
    items.push_back({{"at", to_rfc3339(sample.at)}, {"viewers", sample.viewers}});
  }
  co_return page_answer(std::move(items), "");
}

Async<Result<http::Response>> set_capture(Services& services, Call call) {
  const auto body = read_object(call.request);
  if (!body) {
    co_return body.error();
  }
  const auto* running = body->if_contains("running");
  if (running == nullptr || !running->is_bool()) {
    co_return make_error(Errc::invalid, "running: true or false is needed");
  }
  const auto live = co_await services.lives.set_capture_wanted(
      call.parameters[0], widest_sight_of(call), running->as_bool(), call.by());
  if (!live) {
    co_return live.error();
  }
  co_return json_answer(200, to_json(*live));
}

}  // namespace vigie::api
