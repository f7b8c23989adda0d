// SPDX-License-Identifier: Apache-2.0
// Outgoing WebSockets, with TLS, limits and a deadline, through the address guard. No ping is ever
// sent (there are servers that never answer one); who listens watches for silence.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "async/async.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "http/guard.hpp"
#include "http/message.hpp"

namespace vigie::http {

struct WebSocketRequest {
  std::string url;                            // ws, wss, http or https
  Headers headers;                            // besides the handshake's own
  std::string subprotocol;                    // offered, not insisted on; empty: none
  std::chrono::milliseconds timeout{10'000};  // from the name's resolution to the 101
  std::size_t max_message = 1024 * 1024;      // of what comes
};

struct WebSocketMessage {
  enum class Kind : std::uint8_t { text, binary } kind = Kind::text;
  std::string bytes;
};

class ClientWebSocket {
 public:
  virtual ~ClientWebSocket() = default;

  // The next whole message, however long it takes; one caller at a time. Errc::unavailable once
  // the other end has said goodbye or is gone; Errc::corrupt for more than max_message and for
  // what is no WebSocket. After an error nothing more comes.
  virtual Async<Result<WebSocketMessage>> receive() = 0;

  // Any number of callers beside receive(); messages leave in their order. Returns once this one
  // has left, or at once when another caller is sending, who takes it along. Errc::unavailable when
  // the connection is broken, or when 64 messages wait already.
  virtual Async<Result<>> send(WebSocketMessage message) = 0;

  // Says goodbye and waits for the answer for at most `patience`. Without it the connection ends
  // with the object.
  virtual Async<> close(Span patience) = 0;
};

struct WebSocketAnswer {
  Response response;                        // 101, or the refusal, with its headers
  std::unique_ptr<ClientWebSocket> socket;  // none when refused
};

class WebSocketClient {
 public:
  virtual ~WebSocketClient() = default;

  // A refusal is an answer, redirects included (none is followed). Errors are those of
  // Client::send.
  virtual Async<Result<WebSocketAnswer>> open(WebSocketRequest request) = 0;
};

std::unique_ptr<WebSocketClient> create_websocket_client(const asio::any_io_executor& executor,
                                                         const AddressGuard& guard);

}  // namespace vigie::http
