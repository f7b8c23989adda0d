// SPDX-License-Identifier: Apache-2.0
#include "app/listening.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "http/client.hpp"
#include "http/guard.hpp"
#include "http/websocket_client.hpp"
#include "platform/tiktok/webcast_socket.hpp"
#include "watch/open_rooms.hpp"
#include "watch/room_listener.hpp"

namespace vigie::app {
namespace {

platform::tiktok::WebcastOptions webcast_options(const config::Config& config) {
  platform::tiktok::WebcastOptions options;
  options.sign_url = config.text("TIKTOK_SIGN_URL");
  options.sign_key = config.text("TIKTOK_SIGN_KEY");
  options.signs_per_day = config.integer("TIKTOK_SIGN_PER_DAY");
  return options;
}

watch::ListenOptions listen_options(const config::Config& config) {
  watch::ListenOptions options;
  options.most = static_cast<std::size_t>(config.integer("TIKTOK_SOCKETS"));
  return options;
}

// The signer says where the socket is: it may only be where TikTok is, or where the operator said.
std::vector<std::string> own_origins(const config::Config& config) {
  return {config.text("TIKTOK_SIGN_URL"), config.text("TIKTOK_WEBCAST_URL"),
          config.text("TIKTOK_WEB_URL")};
}

}  // namespace

struct Listening::Parts {
  Parts(World& world, watch::Accounts& accounts)
      : guard{own_origins(world.config), {}},
        client{http::create_client(world.io.get_executor(), guard)},
        sockets{http::create_websocket_client(world.io.get_executor(), guard)},
        socket{platform::tiktok::create_webcast(
            world.io.get_executor(),
            platform::tiktok::WebcastTools{.client = *client,
                                           .sockets = *sockets,
                                           .guard = guard,
                                           .clock = world.clock,
                                           .log = world.log,
                                           .metrics = world.metrics},
            webcast_options(world.config))},
        rooms{*world.database},
        listener{world.io.get_executor(),
                 rooms,
                 accounts,
                 *socket,
                 *world.bus,
                 world.clock,
                 world.random,
                 world.log,
                 world.metrics,
                 listen_options(world.config)} {}

  http::AddressGuard guard;
  std::unique_ptr<http::Client> client;
  std::unique_ptr<http::WebSocketClient> sockets;
  std::unique_ptr<platform::LiveSocket> socket;
  watch::OpenRooms rooms;
  watch::RoomListener listener;
};

Listening::Listening(World& world, watch::Accounts& accounts)
    : parts_{world.config.is_set("TIKTOK_SIGN_URL") ? std::make_unique<Parts>(world, accounts)
                                                    : nullptr} {}
Listening::~Listening() = default;

void Listening::spawn(TaskGroup& tasks) {
  if (parts_) {
    tasks.spawn("live sockets", parts_->listener.run());
  }
}

api::PartStatus Listening::status(bool is_watching) const {
  api::PartStatus part{.name = "live_sockets", .state = "off", .words = ""};
  if (!parts_ || !is_watching) {
    return part;
  }
  const auto& trouble = parts_->listener.last_trouble();
  part.state = trouble.empty() ? "ok" : "degraded";
  part.words =
      fmt::format("{} open, {} signatures left today{}{}", parts_->listener.sockets_open(),
                  parts_->socket->budget_left(), trouble.empty() ? "" : ", last: ", trouble);
  return part;
}

}  // namespace vigie::app
