// SPDX-License-Identifier: Apache-2.0
// TikTok's event socket, behind a signing service of the operator's choice (protocol §5).
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "async/clock.hpp"
#include "http/client.hpp"
#include "http/guard.hpp"
#include "http/websocket_client.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "platform/live_socket.hpp"

namespace vigie::platform::tiktok {

struct WebcastOptions {
  std::string sign_url;
  std::string sign_key;  // sent as X-Api-Key; empty: none
  std::int64_t signs_per_day = 100;
  std::size_t max_frame = 1024 * 1024;        // as it comes
  std::size_t max_payload = 4 * 1024 * 1024;  // unpacked
  Span silence{std::chrono::seconds{60}};     // without one event, before it is given up
};

// What is passed by reference must outlive the socket.
struct WebcastTools {
  http::Client& client;
  http::WebSocketClient& sockets;
  const http::AddressGuard& guard;
  Clock& clock;
  log::Log& log;
  metrics::Registry& metrics;
};

std::unique_ptr<LiveSocket> create_webcast(const asio::any_io_executor& executor,
                                           WebcastTools tools, WebcastOptions options);

}  // namespace vigie::platform::tiktok
