// SPDX-License-Identifier: Apache-2.0
// The server's side of a WebSocket: a reader, a writer and the handler's session, ended together.
// For the HTTP room only.
#pragma once
#include <memory>

#include "http/connection.hpp"
#include "http/server.hpp"

namespace vigie::http {

// True when request asks for a WebSocket in the one version there is.
bool is_websocket_request(const Request& request);

class WebSocketSession {
 public:
  // link, at rest, stays its owner's and outlives the session.
  WebSocketSession(ServerContext& context, Link& link);
  ~WebSocketSession();

  // Shakes hands, runs the session, and returns when all of it is over.
  Async<> run(const Request& request, Upgrade upgrade);

  // Says goodbye (1012: the service restarts).
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vigie::http
