// SPDX-License-Identifier: Apache-2.0
// TikTok's answers about accounts and lives, in the shapes of the protocol notes (§1, §2). Pure.
#pragma once
#include <boost/json/value.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "sim/faults.hpp"
#include "sim/world.hpp"

namespace vigie::sim {

// What the pages need to know besides the account.
struct PageContext {
  const World& world;
  std::string log_id;  // of this answer
  std::string base;    // "http://host:port" of the simulator, as the client wrote it
  // The addresses of a live's stream in a quality: FLV, and HLS.
  std::function<std::string(const Live& live, std::string_view quality)> address;
  std::function<std::string(const Live& live, std::string_view quality)> playlist;
};

http::Response json_response(const boost::json::value& value, int status = 200);
http::Response html_response(std::string body, int status = 200);

// GET /api-live/user/room/ (§1.1)
http::Response api_live_page(const PageContext& context, const Account* account);
http::Response api_live_params_error(const PageContext& context);
// GET /webcast/room/check_alive/ (§1.2); is_poisoned: everything is alive.
http::Response check_alive_page(const PageContext& context, const std::vector<std::string>& rooms,
                                bool is_poisoned);
// GET /webcast/room/info/, POST /webcast/room/enter/ and GET /webcast/room/info_by_user/ (§1.3)
http::Response room_info_page(const PageContext& context, const std::optional<World::Room>& room);
http::Response room_info_by_user_page(const PageContext& context, const Account* account);
http::Response room_params_error(const PageContext& context);
// GET /api/live/detail/ (§1.6)
http::Response live_detail_page(const PageContext& context, const std::optional<World::Room>& room);
// GET /embed/@name and /oembed (§1.6)
http::Response embed_page(const Account* account, std::string_view username);
http::Response oembed_page(const PageContext& context, const Account* account);
// GET /@name/live (§1.4) and /@name (§1.5)
http::Response live_page(const PageContext& context, const Account* account);
http::Response profile_page(const PageContext& context, const Account* account);

}  // namespace vigie::sim
