// SPDX-License-Identifier: Apache-2.0
// The HTTP/1.1 and WebSocket server. It knows connections, limits and time; what a request means is
// the handler's. Limits (requirement B10, B11): request line and headers 16 KiB, 100 fields, body
// max_body; headers within 10 s, idle keep-alive 60 s; everything over is answered 400/408/413/431
// and closed. Ambiguous framing (two lengths, length and chunked, obsolete folding) is refused.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "async/async.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

namespace vigie::http {

// One open WebSocket. For the coroutine it was given to.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  // The next message, text unless the Upgrade says binary (a longer one than it allows closes the
  // socket with 1009, the other kind with 1003). Errc::unavailable once the other end is gone or
  // the server is stopping.
  virtual Async<Result<std::string>> receive() = 0;

  // Queues a message of the Upgrade's kind without waiting; any coroutine of the I/O thread. False
  // when the queue is full (64 messages or 256 KiB: a slow reader): the caller closes with 1013 and
  // the browser comes back.
  virtual bool send(std::string message) = 0;

  // Says goodbye with code (RFC 6455 §7.4) and closes once what was queued is sent, or after 5 s.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
};

// A body sent bit by bit, for endless answers (the simulator's streams). Returns Errc::unavailable
// when the other end is gone.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  virtual Async<Result<>> write(std::string_view bytes) = 0;
};

// The handler's answer: a whole response; a streamed one (no length, the connection closes at the
// end); an upgrade to WebSocket; or nothing at all: the connection is reset.
struct Streamed {
  Response head;
  std::function<Async<>(BodyWriter&)> body;
};
struct Upgrade {
  std::function<Async<>(WebSocket&)> session;
  std::string subprotocol;             // spoken when the other end offers it; empty: none
  Headers headers{};                   // further fields of the handshake's answer
  bool is_binary = false;              // the messages of both sides are bytes, else text
  std::size_t longest_message = 4096;  // received, in bytes
  bool has_pings = true;               // false: no protocol ping is sent, and none is answered
};
struct Reset {};
using Answer = std::variant<Response, Streamed, Upgrade, Reset>;
using Handler = std::function<Async<Answer>(Request)>;

// A certificate chain and its key, both as PEM text.
struct TlsIdentity {
  std::string certificate;
  std::string key;
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  std::size_t max_body = 64 * 1024;
  std::size_t max_connections = 1000;
  std::size_t max_connections_per_peer = 100;
  bool spares_private_peers = false;              // a proxy in front is one peer for everybody
  std::string name = "http";                      // for metrics and logs
  std::optional<TlsIdentity> tls = std::nullopt;  // nothing: plain HTTP

  std::chrono::milliseconds header_timeout{10'000};  // for a whole head, from its first byte
  std::chrono::milliseconds idle_timeout{60'000};    // between two requests
  std::chrono::milliseconds body_grace{10'000};      // after it a body comes at 1 KiB/s at least
  std::chrono::milliseconds write_timeout{30'000};   // for each 64 KiB of an answer
  std::chrono::milliseconds stop_grace{10'000};      // for the answers in progress at the end
  std::chrono::milliseconds ping_timeout{60'000};    // of a silent WebSocket; pinged at half of it
  std::chrono::milliseconds close_timeout{5'000};    // for a WebSocket's handshake and goodbye
};

class Server {
 public:
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;

  // Accepts until cancelled, then closes every connection (WebSockets with 1012) and returns when
  // the last one is gone. Runs on the executor it was made with.
  virtual Async<> run() = 0;
};

// Binds at once: Errc::conflict when the port is taken ("address already in use: another Vigie?"),
// Errc::invalid when the address is not one, or the certificate and its key are no pair.
Result<std::unique_ptr<Server>> create_server(const asio::any_io_executor& executor,
                                              ServerOptions options, Handler handler,
                                              Random& random, log::Log& log,
                                              metrics::Registry& metrics);

}  // namespace vigie::http
