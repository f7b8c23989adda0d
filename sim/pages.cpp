// SPDX-License-Identifier: Apache-2.0
#include "sim/pages.hpp"

#include <array>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "http/html.hpp"

namespace vigie::sim {
namespace {

namespace json = boost::json;

// statusCode and status_code (§1.1, §1.3, §1.5).
constexpr int user_not_found = 19'881'007;
constexpr int params_error = 19'881'005;
constexpr int restricted = 4'003'110;
constexpr int bad_room = 10'011;
constexpr int profile_absent = 10'221;
constexpr int profile_private = 10'222;

struct Quality {
  std::string_view key;
  std::string_view name;
  int level;
  std::int64_t bits_per_second;
  std::string_view codec;
};
constexpr std::array<Quality, 4> qualities{{{"origin", "Original", 10, 4'000'000, "h265"},
                                            {"hd", "720p", 3, 1'500'000, "h265"},
                                            {"sd", "540p", 2, 1'000'000, "h265"},
                                            {"ld", "360p", 1, 500'000, "h265"}}};

std::int64_t unix_seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}
std::int64_t unix_millis(Time time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

bool has_public_name(const Account* account) {
  return account != nullptr && account->plan.access != Access::absent &&
         account->plan.access != Access::private_account && account->plan.access != Access::ghost;
}

std::int64_t entered(const Live& live, Span now) {
  return live.viewers_at(now) * 3 + 1;
}

json::object stream_of(const PageContext& context, const Live& live, std::string_view key,
                       const json::object& parameters) {
  const json::object main{{"flv", context.address(live, key)},
                          {"hls", ""},
                          {"cmaf", ""},
                          {"dash", ""},
                          {"lls", ""},
                          {"tsl", ""},
                          {"tile", ""},
                          {"rtc", ""},
                          {"sdk_params", json::serialize(parameters)}};
  return {{"main", main}};
}

// JSON as text inside JSON, as TikTok sends it.
std::string stream_data(const PageContext& context, const Live& live) {
  json::object data;
  for (const auto& quality : qualities) {
    const json::object parameters{
        {"VCodec", quality.codec}, {"vbitrate", quality.bits_per_second}, {"gop", 4}};
    data[quality.key] = stream_of(context, live, quality.key, parameters);
  }
  const json::object sound{{"VCodec", "h264"}, {"vbitrate", 0}, {"resolution", ""}, {"gop", 4}};
  data["ao"] = stream_of(context, live, "ao", sound);
  const json::object common{{"session_id", "sim-" + live.room}};
  return json::serialize(json::object{{"common", common}, {"data", std::move(data)}});
}

json::object pull_data(const PageContext& context, const Live& live) {
  json::array offered;
  for (const auto& quality : qualities) {
    offered.push_back({{"name", quality.name}, {"sdk_key", quality.key}, {"level", quality.level}});
  }
  json::object standard{{"name", "540p"}, {"sdk_key", "sd"}, {"level", 2}};
  json::object options{{"qualities", std::move(offered)}, {"default_quality", std::move(standard)}};
  return {{"options", std::move(options)}, {"stream_data", stream_data(context, live)}};
}

json::object user_of(const PageContext& context, const Account& account, const Live* live,
                     Status status) {
  const auto avatar = context.base + "/avatar/" + account.plan.username + ".webp";
  return {{"id", account.id},
          {"uniqueId", account.plan.username},
          {"nickname", account.plan.nickname},
          {"secUid", "MS4wLjABAAAA" + account.id},
          {"roomId", live == nullptr ? "" : live->room},
          {"status", static_cast<int>(status)},
          {"verified", false},
          {"secret", account.plan.access == Access::private_account},
          {"signature", account.plan.bio},
          {"followStatus", 0},
          {"avatarLarger", avatar},
          {"avatarMedium", avatar},
          {"avatarThumb", avatar}};
}

json::object live_room_of(const PageContext& context, const Live& live, Status status) {
  const auto now = context.world.now();
  const bool is_over = status == Status::over;
  json::object people{{"userCount", is_over ? 0 : live.viewers_at(now)},
                      {"enterCount", entered(live, now)}};
  json::object out{{"status", static_cast<int>(status)},
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
  if (!is_over) {
    out["streamData"] = {{"pull_data", pull_data(context, live)}, {"push_data", json::object{}}};
    out["hevcStreamData"] = {{"pull_data", json::object{}}};
  }
  return out;
}

json::object stats_of(const Account& account) {
  return {{"followerCount", account.plan.followers}, {"followingCount", 12}};
}

// The three objects that api-live and the live page share.
json::object live_data(const PageContext& context, const Account& account) {
  const auto now = context.world.now();
  const auto live = account.last_live(now);
  const auto status = live ? context.world.status(*live, now) : Status::over;
  json::object data{{"user", user_of(context, account, live.get(), status)},
                    {"stats", stats_of(account)}};
  if (account.plan.access == Access::age_restricted) {
    return data;
  }
  if (live) {
    data["liveRoom"] = live_room_of(context, *live, status);
  } else {
    data["liveRoom"] = {{"status", 4}, {"title", ""}, {"startTime", 0}};
  }
  return data;
}

http::Response coded(const PageContext& context, int code, std::string_view message,
                     json::value data) {
  return json_response({{"statusCode", code},
                        {"message", message},
                        {"data", std::move(data)},
                        {"extra", {{"id", context.log_id}}}});
}

http::Response webcast(const PageContext& context, int code, json::value data) {
  const json::object extra{{"now", unix_millis(context.world.wall())}, {"region", "FR"}};
  return json_response({{"data", std::move(data)}, {"extra", extra}, {"status_code", code}});
}

json::object room_owner(const Account& account, const Live& live) {
  const json::object avatar{{"url_list", json::array{}}};
  return {{"id_str", account.id},
          {"display_id", account.plan.username},
          {"nickname", account.plan.nickname},
          {"bio_description", account.plan.bio},
          {"verified", false},
          {"secret", 0},
          {"sec_uid", "MS4wLjABAAAA" + account.id},
          {"avatar_thumb", avatar},
          {"avatar_medium", avatar},
          {"avatar_large", avatar},
          {"follow_info", {{"follower_count", account.plan.followers}, {"following_count", 12}}},
          {"own_room", {{"room_ids_str", json::array{live.room}}}}};
}

json::object stream_url(const PageContext& context, const Live& live) {
  json::object out{{"flv_pull_url",
                    {{"HD1", context.address(live, "hd")},
                     {"SD2", context.address(live, "sd")},
                     {"SD1", context.address(live, "ld")}}},
                   {"hls_pull_url", ""},
                   {"rtmp_pull_url", context.address(live, "origin")},
                   {"candidate_resolution", {"SD1", "SD2", "HD1"}},
                   {"default_resolution", "SD2"}};
  out["live_core_sdk_data"] = {{"pull_data", pull_data(context, live)}};
  return out;
}

json::object room_facts(const PageContext& context, const Account& account, const Live& live) {
  const auto now = context.world.now();
  const auto status = context.world.status(live, now);
  const auto start = unix_seconds(context.world.wall(live.plan.start));
  json::object out{{"id", to_integer(live.room).value_or(0)},
                   {"id_str", live.room},
                   {"status", static_cast<int>(status)},
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
                   {"owner_user_id_str", ""},
                   {"share_url", context.base + "/share/live/" + live.room + "/"}};
  out["stats"] = {{"total_user", entered(live, now)}, {"like_count", 0}, {"enter_count", 0}};
  out["age_restricted"] = {{"restricted", false}, {"AgeInterval", 0}};
  out["paid_event"] = {{"event_id", 0}, {"paid_type", 0}};
  out["cover"] = {{"url_list", json::array{}}};
  out["game_tag"] = json::array{};
  out["owner"] = room_owner(account, live);
  if (status != Status::over) {
    out["stream_url"] = stream_url(context, live);
  }
  return out;
}

// JSON that cannot end the script element it stands in.
std::string for_script(const json::value& value) {
  std::string out;
  for (const char c : json::serialize(value)) {
    out += c == '<' ? std::string{"\\u003c"} : std::string{c};
  }
  return out;
}

http::Response page_with_state(std::string_view id, const json::value& state, int status = 200) {
  return html_response(
      fmt::format("<!DOCTYPE html><html><head><title>vigie-sim</title></head><body>"
                  "<script id=\"{}\" type=\"application/json\">{}</script>"
                  "</body></html>",
                  id, for_script(state)),
      status);
}

}  // namespace

http::Response json_response(const json::value& value, int status) {
  http::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json; charset=utf-8");
  response.body = json::serialize(value);
  return response;
}

http::Response html_response(std::string body, int status) {
  http::Response response;
  response.status = status;
  response.headers.set("Content-Type", "text/html; charset=utf-8");
  response.body = std::move(body);
  return response;
}

http::Response api_live_page(const PageContext& context, const Account* account) {
  if (!has_public_name(account)) {
    return coded(context, user_not_found, "user_not_found", nullptr);
  }
  const bool is_restricted = account->plan.access == Access::age_restricted;
  return coded(context, is_restricted ? restricted : 0, "", live_data(context, *account));
}

http::Response api_live_params_error(const PageContext& context) {
  return coded(context, params_error, "params_error", nullptr);
}

http::Response check_alive_page(const PageContext& context, const std::vector<std::string>& rooms,
                                bool is_poisoned) {
  json::array data;
  for (const auto& room : rooms) {
    const auto found = context.world.find_room(room);
    const bool is_alive =
        found && context.world.status(*found->live, context.world.now()) != Status::over;
    data.push_back({{"alive", is_alive || is_poisoned},
                    {"room_id", to_integer(room).value_or(0)},
                    {"room_id_str", room}});
  }
  return webcast(context, 0, std::move(data));
}

http::Response room_info_page(const PageContext& context, const std::optional<World::Room>& room) {
  if (!room || room->account->plan.access == Access::absent) {
    constexpr std::string_view words = "Request params error";
    return webcast(context, bad_room, {{"message", words}, {"prompts", words}});
  }
  const auto access = room->account->plan.access;
  if (access == Access::age_restricted || access == Access::private_account) {
    return webcast(context, restricted, {{"prompts", ""}});
  }
  return webcast(context, 0, room_facts(context, *room->account, *room->live));
}

http::Response embed_page(const Account* account, std::string_view username) {
  if (account != nullptr && account->plan.access == Access::private_account) {
    return html_response("<!DOCTYPE html><title>Bad request</title>", 400);
  }
  json::object user{{"code", 404}};
  if (account != nullptr && account->plan.access != Access::absent) {
    user = {{"id", account->id},
            {"uniqueId", account->plan.username},
            {"nickname", account->plan.nickname},
            {"signature", account->plan.bio},
            {"avatarThumbUrl", ""},
            {"verified", false},
            {"followerCount", account->plan.followers},
            {"followingCount", 12},
            {"heartCount", 345},
            {"videoCount", 6},
            {"privateAccount", false}};
  }
  json::object data;
  data[fmt::format("/embed/@{}", username)] = {{"userInfo", std::move(user)}};
  return page_with_state("__FRONTITY_CONNECT_STATE__", {{"source", {{"data", std::move(data)}}}});
}

http::Response oembed_page(const PageContext& context, const Account* account) {
  if (!has_public_name(account)) {
    return json_response({{"code", 400}, {"message", "Something went wrong"}}, 400);
  }
  const auto name = account->plan.username;
  return json_response({{"version", "1.0"},
                        {"type", "rich"},
                        {"title", account->plan.nickname + "'s Creator Profile"},
                        {"author_name", account->plan.nickname},
                        {"author_url", context.base + "/@" + name},
                        {"provider_name", "TikTok"},
                        {"provider_url", context.base},
                        {"embed_type", "user"}});
}

http::Response live_page(const PageContext& context, const Account* account) {
  json::object state;
  if (has_public_name(account)) {
    state["LiveRoom"] = {{"liveRoomStatus", 0}, {"liveRoomUserInfo", live_data(context, *account)}};
    state["CurrentRoom"] = {{"roomInfo", nullptr}};
  }
  return page_with_state("SIGI_STATE", std::move(state));
}

http::Response profile_page(const PageContext& context, const Account* account) {
  json::object detail{{"statusCode", profile_absent}};
  if (account != nullptr && account->plan.access == Access::private_account) {
    detail["statusCode"] = profile_private;
  } else if (account != nullptr && account->plan.access != Access::absent) {
    const auto now = context.world.now();
    const auto live = account->last_live(now);
    const bool is_live = live && context.world.status(*live, now) != Status::over;
    auto user = user_of(context, *account, is_live ? live.get() : nullptr, Status::over);
    user["privateAccount"] = false;
    auto stats = stats_of(*account);
    stats["heartCount"] = 345;
    stats["videoCount"] = 6;
    const json::object texts{{"followerCount", std::to_string(account->plan.followers)}};
    detail["statusCode"] = 0;
    detail["userInfo"] = {
        {"user", std::move(user)}, {"stats", std::move(stats)}, {"statsV2", texts}};
  }
  json::object scope;
  scope["webapp.user-detail"] = std::move(detail);
  return page_with_state("__UNIVERSAL_DATA_FOR_REHYDRATION__",
                         {{"__DEFAULT_SCOPE__", std::move(scope)}});
}

}  // namespace vigie::sim
