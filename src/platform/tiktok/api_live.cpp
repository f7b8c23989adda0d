// SPDX-License-Identifier: Apache-2.0
#include "platform/tiktok/api_live.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "platform/refusals.hpp"
#include "platform/tiktok/ids.hpp"
#include "platform/tiktok/streams.hpp"

namespace vigie::platform::tiktok {
namespace {

constexpr JsonLimits limits{.bytes = 1024 * 1024, .depth = 32};
constexpr std::size_t max_title = 500;
constexpr std::size_t max_name = 200;

// statusCode values (protocol §1.1).
constexpr std::int64_t user_not_found = 19881007;
constexpr std::int64_t params_error = 19881005;
constexpr std::int64_t restricted = 4003110;

// liveRoom.status values.
constexpr std::int64_t on_air = 2;
constexpr std::int64_t paused = 3;
constexpr std::int64_t over = 4;

std::optional<std::int64_t> count_at(const json::value& value, std::string_view path) {
  const auto number = get_integer(value, path);
  return number && *number >= 0 ? number : std::nullopt;
}

bool has_streams(const json::value& value) {
  const auto* streams = find(value, "data.liveRoom.streamData");
  return streams != nullptr && streams->is_object() && !streams->as_object().empty();
}

void describe_account(const json::value& value, Observation& seen) {
  seen.stable_id = id_at(value, "data.user.id");
  seen.display_name = clean_utf8(get_string(value, "data.user.nickname").value_or(""), max_name);
  seen.followers = count_at(value, "data.stats.followerCount");
}

Observation with_live(Observation seen, const json::value& value, Evidence evidence,
                      bool is_restricted) {
  LiveFacts facts;
  facts.room = id_at(value, "data.user.roomId");
  if (facts.room.empty()) {
    seen.evidence = Evidence::unknown;
    seen.reason = "no_room";
    return seen;
  }
  facts.title = clean_utf8(get_string(value, "data.liveRoom.title").value_or(""), max_title);
  facts.started_at = plausible_start(get_integer(value, "data.liveRoom.startTime").value_or(0));
  facts.viewers = count_at(value, "data.liveRoom.liveRoomStats.userCount");
  facts.restricted = is_restricted;
  seen.evidence = evidence;
  seen.live = std::move(facts);
  return seen;
}

Observation decode_known_account(const json::value& value, std::string_view asked) {
  const auto name = get_string(value, "data.user.uniqueId");
  if (!name || to_lower_ascii(*name) != asked) {
    return unknown(name ? "name_mismatch" : "no_data", false);
  }
  Observation seen;
  describe_account(value, seen);
  const auto of_user = get_integer(value, "data.user.status");
  const auto of_room = get_integer(value, "data.liveRoom.status");
  if (of_user && of_room && *of_user != *of_room) {
    seen.reason = "contradiction";
    return seen;
  }
  const auto status = of_room ? of_room : of_user;
  seen.reason = status ? fmt::format("status_{}", *status) : "no_status";
  if (status == on_air) {
    // Without streams the platform shows this live to signed-in people only.
    const bool is_restricted = !has_streams(value);
    if (is_restricted) {
      seen.reason = "login_required";
    }
    return with_live(std::move(seen), value, Evidence::live, is_restricted);
  }
  if (status == paused) {
    return with_live(std::move(seen), value, Evidence::paused, false);
  }
  if (status == over) {
    seen.evidence = Evidence::not_live;
  }
  return seen;
}

Observation decode_restricted(const json::value& value, std::string_view asked) {
  const auto name = get_string(value, "data.user.uniqueId");
  const auto status = get_integer(value, "data.user.status");
  if (name && to_lower_ascii(*name) == asked && status == on_air) {
    Observation seen;
    describe_account(value, seen);
    seen.reason = "age_restricted";
    return with_live(std::move(seen), value, Evidence::live, true);
  }
  // Also given to addresses TikTok does not like: no conclusion on the live (TLC#312).
  return unknown("restricted", false);
}

// The JSON of an answer that is no refusal, or the observation that explains why there is none.
Result<json::value> readable(const Answer& answer, Observation& seen) {
  auto refusal = refusal_in(answer);
  if (!refusal) {
    refusal = html_in(answer);
  }
  if (refusal) {
    seen = std::move(*refusal);
    return make_error(Errc::rate_limited, "refused: {}", seen.reason);
  }
  auto value = parse_json(answer.body, limits);
  if (!value || !value->is_object()) {
    seen = failed("garbage");
    return make_error(Errc::corrupt, "not a JSON object");
  }
  return value;
}

Observation decode_value(const json::value& value, std::string_view asked, int http_status) {
  const auto code = get_integer(value, "statusCode");
  if (!code) {
    return http_status == 200 ? failed("garbage")
                              : unknown(fmt::format("http_{}", http_status), false);
  }
  if (*code == 0) {
    return http_status == 200 ? decode_known_account(value, asked)
                              : unknown(fmt::format("http_{}", http_status), false);
  }
  if (*code == user_not_found) {
    Observation seen;
    seen.evidence = Evidence::not_found;
    seen.reason = "user_not_found";
    return seen;
  }
  if (*code == params_error) {
    return unknown("params_error", false);
  }
  if (*code == restricted) {
    return decode_restricted(value, asked);
  }
  return unknown(fmt::format("code_{}", *code), false);
}

}  // namespace

Observation decode_api_live(const Answer& answer, std::string_view asked) {
  Observation seen;
  const auto value = readable(answer, seen);
  return value ? decode_value(*value, asked, answer.status) : seen;
}

Result<StreamAddress> stream_in_api_live(const Answer& answer, std::string_view asked,
                                         std::string_view room) {
  Observation seen;
  const auto value = readable(answer, seen);
  if (!value && seen.treatment == Treatment::failed) {
    return make_error(Errc::timeout, "no whole answer: {}", seen.reason);
  }
  if (!value) {
    return Error{Errc::rate_limited, "the address was refused: " + seen.reason, seen.retry_after};
  }
  seen = decode_value(*value, asked, answer.status);
  switch (seen.evidence) {
    case Evidence::live:
      break;
    case Evidence::not_live:
      return make_error(Errc::not_found, "not on air any more");
    case Evidence::paused:
      return make_error(Errc::unavailable, "{}", paused_by_host);
    case Evidence::not_found:
    case Evidence::exists:
    case Evidence::absent:
    case Evidence::unknown:
      return make_error(Errc::unavailable, "on air or not: {}", seen.reason);
  }
  if (seen.live->room != room) {
    return make_error(Errc::not_found, "another live has begun");
  }
  if (seen.live->restricted) {
    return make_error(Errc::denied, "{}", seen.reason);
  }
  return choose_stream(*find(*value, "data.liveRoom.streamData"));
}

}  // namespace vigie::platform::tiktok
