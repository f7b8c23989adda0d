// SPDX-License-Identifier: Apache-2.0
#include "sim/room_json.hpp"

#include <boost/json/array.hpp>

#include "base/text.hpp"
#include "sim/stream_json.hpp"

namespace vigie::sim {
namespace {

namespace json = boost::json;

std::int64_t unix_seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

// What the pages say of a status: a number set by hand, or two that contradict each other.
struct Shown {
  int user;
  int room;
};
Shown shown_of(const Account& account, Status status) {
  const int room = account.shown_status.value_or(static_cast<int>(status));
  const bool lies = account.plan.access == Access::contradiction && status != Status::over;
  return {.user = account.shown_user_status.value_or(lies ? 4 : room), .room = room};
}

json::object live_room_of(const PageContext& context, const Account& account, const Live& live,
                          Status status) {
  const auto now = context.world.now();
  const bool is_over = status == Status::over;
  json::object people{{"userCount", is_over ? 0 : live.viewers_at(now)},
                      {"enterCount", live.entered_at(now)}};
  json::object out{{"status", shown_of(account, status).room},
                   {"title", live.plan.title},
                   {"startTime", unix_seconds(context.world.wall(live.plan.start))},
                   {"coverUrl", ""},
                   {"squareCoverImg", ""},
                   {"streamId", live.room},
                   {"paidEvent", {{"event_id", 0}, {"paid_type", 0}}},
                   {"liveSubOnly", 0},
                   {"liveRoomMode", 0},
                   {"hashTagId", 0},
                   {"gameTagId", 0},
                   {"multiStreamScene", 0},
                   {"multiStreamSource", 1},
                   {"liveRoomStats", std::move(people)}};
  const bool needs_sign_in =
      account.plan.access == Access::login_required || account.plan.access == Access::restricted;
  if (!is_over && !needs_sign_in) {
    out["streamData"] = {{"pull_data", pull_data(context, account, live, Codec::h264)},
                         {"push_data", json::object{}}};
    out["hevcStreamData"] = {{"pull_data", pull_data(context, account, live, Codec::h265)},
                             {"push_data", json::object{}}};
  }
  return out;
}

json::object room_owner(const PageContext& context, const Account& account, const Live& live) {
  const auto picture = context.base + "/avatar/" + account.plan.username + ".webp";
  const json::object avatar{{"uri", "100x100/sim"},
                            {"url_list", json::array{json::value(picture)}}};
  const json::object room{{"room_ids", {to_integer(live.room).value_or(0)}},
                          {"room_ids_str", json::array{json::value(live.room)}}};
  return {{"id", to_integer(account.id).value_or(0)},
          {"id_str", account.id},
          {"display_id", account.plan.username},
          {"nickname", account.plan.nickname},
          {"bio_description", account.plan.bio},
          {"verified", false},
          {"secret", 0},
          {"sec_uid", "MS4wLjABAAAA" + account.id},
          {"avatar_thumb", avatar},
          {"avatar_medium", avatar},
          {"avatar_large", avatar},
          {"follow_info",
           {{"follow_status", 0},
            {"follower_count", account.plan.followers},
            {"following_count", 12},
            {"push_status", 0}}},
          {"own_room", room}};
}

}  // namespace

bool has_public_name(const Account* account) {
  if (account == nullptr) {
    return false;
  }
  const auto access = account->plan.access;
  return access != Access::absent && access != Access::banned &&
         access != Access::private_account && access != Access::ghost;
}

json::object user_of(const PageContext& context, const Account& account, const Live* live,
                     int status) {
  const auto avatar = context.base + "/avatar/" + account.plan.username + ".webp";
  return {{"id", account.id},
          {"uniqueId", account.plan.username},
          {"nickname", account.plan.nickname},
          {"secUid", "MS4wLjABAAAA" + account.id},
          {"roomId", live == nullptr ? "" : live->room},
          {"status", status},
          {"verified", false},
          {"secret", account.plan.access == Access::private_account},
          {"signature", account.plan.bio},
          {"followStatus", 0},
          {"avatarLarger", avatar},
          {"avatarMedium", avatar},
          {"avatarThumb", avatar}};
}

json::object stats_of(const Account& account) {
  return {{"followerCount", account.plan.followers}, {"followingCount", 12}};
}

json::object live_data(const PageContext& context, const Account& account) {
  const auto now = context.world.now();
  const auto live = account.last_live(now);
  const auto status = live ? context.world.status(*live, now) : Status::over;
  json::object data{{"user", user_of(context, account, live.get(), shown_of(account, status).user)},
                    {"stats", stats_of(account)}};
  if (account.plan.access == Access::age_restricted) {
    return data;
  }
  if (live) {
    data["liveRoom"] = live_room_of(context, account, *live, status);
  } else {
    const json::object nobody{{"userCount", 0}, {"enterCount", 0}};
    data["liveRoom"] = {{"status", shown_of(account, status).room},
                        {"title", ""},
                        {"startTime", 0},
                        {"liveRoomStats", nobody}};
  }
  return data;
}

json::object room_facts(const PageContext& context, const Account& account, const Live& live) {
  const auto now = context.world.now();
  const auto status = context.world.status(live, now);
  const auto start = unix_seconds(context.world.wall(live.plan.start));
  json::object out{{"id", to_integer(live.room).value_or(0)},
                   {"id_str", live.room},
                   {"status", shown_of(account, status).room},
                   {"title", live.plan.title},
                   {"user_count", status == Status::over ? 0 : live.viewers_at(now)},
                   {"like_count", 8},
                   {"create_time", start - 3},
                   {"start_time", start},
                   {"finish_time", start - 3},  // the real one is no sign of the end either
                   {"finish_reason", 0},
                   {"last_ping_time", unix_seconds(context.world.wall())},
                   {"live_id", 12},
                   {"is_gated_room", false},
                   {"live_sub_only", 0},
                   {"live_type_audio", false},
                   {"owner_user_id", to_integer(account.id).value_or(0)},
                   {"owner_user_id_str", ""},
                   {"stream_id", to_integer(live.room).value_or(0)},
                   {"stream_id_str", live.room},
                   {"stream_status", status == Status::on_air ? 1 : 0},
                   {"live_room_mode", 0},
                   {"introduction", ""},
                   {"share_url", context.base + "/share/live/" + live.room + "/"}};
  out["stats"] = {{"id", to_integer(live.room).value_or(0)},
                  {"id_str", live.room},
                  {"total_user", live.entered_at(now)},
                  {"like_count", 0},
                  {"enter_count", 0},
                  {"comment_count", 0},
                  {"follow_count", 0},
                  {"share_count", 0}};
  out["age_restricted"] = {{"restricted", false}, {"AgeInterval", 0}, {"source", 0}};
  out["hashtag"] = {{"id", 5}, {"title", "Gaming"}};
  out["link_mic"] = {{"audience_id_list", json::array{}},
                     {"battle_scores", json::array{}},
                     {"linked_user_list", json::array{}},
                     {"multi_live_enum", 1},
                     {"rival_anchor_id", 0},
                     {"show_user_list", json::array{}}};
  out["paid_event"] = {{"event_id", 0}, {"paid_type", 0}};
  out["cover"] = {{"url_list", json::array{}}};
  out["game_tag"] = json::array{};
  out["owner"] = room_owner(context, account, live);
  if (status != Status::over && account.plan.access != Access::login_required) {
    out["stream_url"] = stream_url(context, account, live);
  }
  return out;
}

json::object room_detail(const PageContext& context, const Account& account, const Live& live) {
  const auto now = context.world.now();
  const auto status = context.world.status(live, now);
  auto owner = user_of(context, account, &live, shown_of(account, status).user);
  json::object people{{"userCount", status == Status::over ? 0 : live.viewers_at(now)},
                      {"enterCount", live.entered_at(now)}};
  return {{"id", live.room},
          {"status", shown_of(account, status).room},
          {"title", live.plan.title},
          {"startTime", unix_seconds(context.world.wall(live.plan.start))},
          {"coverUrl", ""},
          {"liveUrl", status == Status::over ? "" : context.playlist(live, "origin")},
          {"ownerInfo", std::move(owner)},
          {"liveRoomStats", std::move(people)}};
}

}  // namespace vigie::sim
