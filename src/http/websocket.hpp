// SPDX-License-Identifier: Apache-2.0
// The server's side of a WebSocket: what is read, what is written and the handler's session, ended
// together. Made to be many and at rest: reading and writing are callbacks, which need no
// coroutine. For the HTTP room only.
#pragma once
#include <boost/asio/cancellation_signal.hpp>
#include <functional>
#include <memory>

#include "http/connection.hpp"
#include "http/server.hpp"

namespace vigie::http {

// True when request asks for a WebSocket in the one version there is.
bool is_websocket_request(const Request& request);

class WebSocketSession {
 public:
  // link, at rest, stays its owner's and outlives the session; stop ends the coroutine that runs
  // it.
  WebSocketSession(ServerContext& context, Link& link, asio::cancellation_signal& stop);
  ~WebSocketSession();

  // Answers the handshake; false when the other end is gone.
  Async<bool> shake_hands(const Request& request, Upgrade& upgrade);

  // Runs the session, and returns when all of it is over.
  Async<> run(std::function<Async<>(WebSocket&)> session);

  // Says goodbye (1012: the service restarts).
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vigie::http
