// SPDX-License-Identifier: Apache-2.0
#include "sim/pages.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "sim/room_json.hpp"

namespace vigie::sim {
namespace {

namespace json = boost::json;

// statusCode and status_code (§1.1, §1.3, §1.5).
constexpr int user_not_found = 19'881'007;
constexpr int params_error = 19'881'005;
constexpr int restricted = 4'003'110;
constexpr int bad_room = 10'011;

std::int64_t unix_millis(Time time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
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

}  // namespace

http::Response json_response(const json::value& value, int status) {
  http::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json; charset=utf-8");
  response.body = json::serialize(value);
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

http::Response room_params_error(const PageContext& context) {
  constexpr std::string_view words = "Request params error";
  return webcast(context, bad_room, {{"message", words}, {"prompts", words}});
}

http::Response room_info_page(const PageContext& context, const std::optional<World::Room>& room) {
  if (!room || room->account->plan.access == Access::absent ||
      room->account->plan.access == Access::banned) {
    return room_params_error(context);
  }
  const auto access = room->account->plan.access;
  if (access == Access::age_restricted || access == Access::private_account ||
      access == Access::restricted) {
    return webcast(context, restricted, {{"prompts", ""}});
  }
  return webcast(context, 0, room_facts(context, *room->account, *room->live));
}

http::Response room_info_by_user_page(const PageContext& context, const Account* account) {
  auto live = has_public_name(account) ? account->last_live(context.world.now()) : nullptr;
  if (!live) {
    return room_params_error(context);
  }
  return room_info_page(context, World::Room{.account = account, .live = std::move(live)});
}

http::Response live_detail_page(const PageContext& context,
                                const std::optional<World::Room>& room) {
  if (!room) {
    return json_response({{"status_code", bad_room}, {"status_msg", "Request params error"}}, 400);
  }
  return json_response({{"status_code", 0},
                        {"statusCode", 0},
                        {"LiveRoomInfo", room_detail(context, *room->account, *room->live)},
                        {"extra", {{"now", unix_millis(context.world.wall())}}}});
}

}  // namespace vigie::sim
