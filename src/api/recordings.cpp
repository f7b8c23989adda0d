// SPDX-License-Identifier: Apache-2.0
// The kept sound of a live, and the holds that keep it.
#include "recording/recordings.hpp"

#include <boost/json/array.hpp>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/ranges.hpp"
#include "api/reading.hpp"
#include "api/services.hpp"
#include "base/text.hpp"
#include "media/clip.hpp"

namespace vigie::api {
namespace {

http::Response part_of(const recording::Clip& clip, const http::Request& request) {
  http::Response response;
  const auto etag = "\"" + clip.tag + "\"";
  response.headers.add("ETag", etag);
  response.headers.add("Accept-Ranges", "bytes");
  response.headers.add("Cache-Control", "private, no-cache");
  if (request.headers.get("If-None-Match") == etag) {
    response.status = 304;
    return response;
  }
  response.headers.add("Content-Type", std::string{media::clip_type});
  const auto condition = request.headers.get("If-Range");
  const bool wants_part = condition.empty() || condition == etag;
  const auto size = clip.bytes->size();
  const auto wished = wants_part ? parse_range(request.headers.get("Range"), size) : WishedRange{};
  if (!wished.is_satisfiable) {
    response.status = 416;
    response.headers.add("Content-Range", fmt::format("bytes */{}", size));
    return response;
  }
  if (!wished.range) {
    response.body = *clip.bytes;
    return response;
  }
  const auto [first, last] = *wished.range;
  response.status = 206;
  response.headers.add("Content-Range", fmt::format("bytes {}-{}/{}", first, last, size));
  response.body = clip.bytes->substr(first, last - first + 1);
  return response;
}

json::object to_json(const recording::Hold& hold) {
  json::object out{{"id", hold.id},
                   {"live_id", hold.live_id},
                   {"reason", hold.reason},
                   {"placed_at", to_rfc3339(hold.placed_at)},
                   {"until", to_rfc3339(hold.until)},
                   {"placed_by", nullptr},
                   {"released_at", nullptr}};
  if (!hold.person_id.empty()) {
    out["placed_by"] = hold.person_id;
  }
  if (hold.released_at) {
    out["released_at"] = to_rfc3339(*hold.released_at);
  }
  return out;
}

}  // namespace

Async<Result<http::Response>> get_sound(Services& services, Call call) {
  const auto from = read_seconds(call.request, "from");
  if (!from) {
    co_return from.error();
  }
  const auto to = read_seconds(call.request, "to");
  if (!to) {
    co_return to.error();
  }
  const Span start = from->value_or(Span{0});
  const auto clip =
      co_await services.recordings.cut(call.parameters[0], widest_sight_of(call), start, *to);
  if (!clip) {
    co_return clip.error();
  }
  audit::Deed deed{audit::kind::live_heard, "live", call.parameters[0], {}};
  deed.detail["from_s"] = to_seconds(start);
  if (*to) {
    deed.detail["to_s"] = to_seconds(**to);
  }
  const auto noted = co_await services.trail.record_once(call.by(), std::move(deed));
  if (!noted) {
    co_return noted.error();
  }
  co_return part_of(*clip, call.request);
}

Async<Result<http::Response>> list_holds(Services& services, Call call) {
  const auto holds = co_await services.recordings.holds(call.parameters[0], widest_sight_of(call));
  if (!holds) {
    co_return holds.error();
  }
  json::array items;
  for (const auto& hold : *holds) {
    items.push_back(to_json(hold));
  }
  co_return page_answer(std::move(items), "");
}

Async<Result<http::Response>> place_hold(Services& services, Call call) {
  const auto body = read_object(call.request);
  if (!body) {
    co_return body.error();
  }
  if (const auto known = only_members(*body, {"reason", "until"}); !known) {
    co_return known.error();
  }
  const auto reason = required_text(*body, "reason");
  if (!reason) {
    co_return reason.error();
  }
  const auto until_text = required_text(*body, "until");
  if (!until_text) {
    co_return until_text.error();
  }
  const auto until = parse_rfc3339(*until_text);
  if (!until) {
    co_return make_error(Errc::invalid, "until: a moment such as 2026-12-31T12:00:00Z");
  }
  const auto hold = co_await services.recordings.place_hold(
      call.parameters[0], widest_sight_of(call), *reason, *until, call.by());
  if (!hold) {
    co_return hold.error();
  }
  co_return json_answer(201, to_json(*hold));
}

Async<Result<http::Response>> release_hold(Services& services, Call call) {
  const auto hold = co_await services.recordings.release_hold(call.parameters[0],
                                                              widest_sight_of(call), call.by());
  if (!hold) {
    co_return hold.error();
  }
  co_return json_answer(200, to_json(*hold));
}

}  // namespace vigie::api
