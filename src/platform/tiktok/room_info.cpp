// SPDX-License-Identifier: Apache-2.0
#include "platform/tiktok/room_info.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "platform/tiktok/ids.hpp"

namespace vigie::platform::tiktok {
namespace {

constexpr JsonLimits limits{.bytes = 1024 * 1024, .depth = 32};
constexpr std::int64_t on_air = 2;
constexpr std::int64_t paused = 3;
constexpr std::int64_t over = 4;

void describe_owner(const json::value& value, Observation& seen) {
  seen.stable_id = id_at(value, "data.owner.id_str");
  if (seen.stable_id.empty()) {
    seen.stable_id = id_at(value, "data.owner.id");
  }
  seen.username = to_lower_ascii(get_string(value, "data.owner.display_id").value_or(""));
  seen.display_name = clean_utf8(get_string(value, "data.owner.nickname").value_or(""), 200);
  const auto followers = get_integer(value, "data.owner.follow_info.follower_count");
  seen.followers = followers && *followers >= 0 ? followers : std::nullopt;
}

void describe_live(const json::value& value, std::string_view room, Observation& seen) {
  LiveFacts facts;
  facts.room = std::string{room};
  facts.title = clean_utf8(get_string(value, "data.title").value_or(""), 500);
  facts.started_at = plausible_start(get_integer(value, "data.start_time").value_or(0));
  const auto viewers = get_integer(value, "data.user_count");
  facts.viewers = viewers && *viewers >= 0 ? viewers : std::nullopt;
  facts.restricted = find(value, "data.stream_url") == nullptr;
  seen.live = std::move(facts);
}

}  // namespace

Observation decode_room_info(const Answer& answer, std::string_view asked_room) {
  if (auto refusal = refusal_in(answer)) {
    return std::move(*refusal);
  }
  if (auto html = html_in(answer)) {
    return std::move(*html);
  }
  const auto value = parse_json(answer.body, limits);
  const auto code = value ? get_integer(*value, "status_code") : std::nullopt;
  if (!code) {
    return failed("garbage");
  }
  if (*code != 0 || answer.status != 200) {
    // 4003110 is also what addresses TikTok does not like are told: no conclusion.
    return unknown(*code == 4003110 ? "restricted" : fmt::format("code_{}", *code), false);
  }
  if (id_at(*value, "data.id_str") != asked_room) {
    return unknown("other_room", false);
  }
  Observation seen;
  describe_owner(*value, seen);
  const auto status = get_integer(*value, "data.status");
  seen.reason = status == over ? "room_over" : fmt::format("status_{}", status.value_or(-1));
  if (status == on_air || status == paused) {
    seen.evidence = status == on_air ? Evidence::live : Evidence::paused;
    describe_live(*value, asked_room, seen);
  }
  return seen;
}

}  // namespace vigie::platform::tiktok
