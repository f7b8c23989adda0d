// SPDX-License-Identifier: Apache-2.0
// Pages for browsers, with the state that tools read out of them.
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "sim/room_json.hpp"

namespace vigie::sim {
namespace {

namespace json = boost::json;

// statusCode of a profile (§1.5).
constexpr int profile_banned = 10'202;
constexpr int profile_absent = 10'221;
constexpr int profile_private = 10'222;
constexpr int profile_user_status = 4;  // a profile does not say who is on air

bool is_gone(const Account& account) {
  return account.plan.access == Access::absent || account.plan.access == Access::banned;
}

// JSON that cannot end the script element it stands in.
std::string for_script(const json::value& value) {
  std::string out;
  for (const char c : json::serialize(value)) {
    out += c == '<' ? std::string{"\\u003c"} : std::string{c};
  }
  return out;
}

http::Response page_with_state(std::string_view id, const json::value& state,
                               std::string_view head = {}) {
  return html_response(
      fmt::format("<!DOCTYPE html><html><head><title>vigie-sim</title>{}</head><body>"
                  "<script id=\"{}\" type=\"application/json\">{}</script>"
                  "</body></html>",
                  head, id, for_script(state)));
}

}  // namespace

http::Response html_response(std::string body, int status) {
  http::Response response;
  response.status = status;
  response.headers.set("Content-Type", "text/html; charset=utf-8");
  response.body = std::move(body);
  return response;
}

http::Response embed_page(const Account* account, std::string_view username) {
  if (account != nullptr && account->plan.access == Access::private_account) {
    return html_response("<!DOCTYPE html><title>Bad request</title>", 400);
  }
  json::object user{{"code", 404}};
  if (account != nullptr && !is_gone(*account)) {
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
  std::string head;
  if (has_public_name(account)) {
    if (const auto live = account->last_live(context.world.now())) {
      head =
          fmt::format("<meta property=\"al:android:url\" content=\"snssdk1233://live?room_id={}\">",
                      live->room);
    }
    state["LiveRoom"] = {{"liveRoomStatus", 0}, {"liveRoomUserInfo", live_data(context, *account)}};
    state["CurrentRoom"] = {{"roomInfo", nullptr}};
  }
  return page_with_state("SIGI_STATE", std::move(state), head);
}

http::Response profile_page(const PageContext& context, const Account* account) {
  const bool is_banned = account != nullptr && account->plan.access == Access::banned;
  json::object detail{{"statusCode", is_banned ? profile_banned : profile_absent}};
  if (account != nullptr && account->plan.access == Access::private_account) {
    detail["statusCode"] = profile_private;
  } else if (account != nullptr && !is_gone(*account)) {
    const auto now = context.world.now();
    const auto live = account->last_live(now);
    const bool is_live = live && context.world.status(*live, now) != Status::over;
    auto user = user_of(context, *account, is_live ? live.get() : nullptr, profile_user_status);
    user["privateAccount"] = false;
    auto stats = stats_of(*account);
    stats["heartCount"] = 345;
    stats["videoCount"] = 6;
    const json::object texts{{"followerCount", std::to_string(account->plan.followers)},
                             {"followingCount", "12"},
                             {"heartCount", "345"},
                             {"videoCount", "6"}};
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
