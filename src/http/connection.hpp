// SPDX-License-Identifier: Apache-2.0
// One connection of the server, from its first byte to its last. For the HTTP room only.
#pragma once
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <optional>
#include <string>

#include "async/clock.hpp"
#include "http/link.hpp"
#include "http/parser.hpp"
#include "http/server.hpp"

namespace vigie::http {

class WebSocketSession;

// What the connections of one server share.
struct ServerContext {
  ServerContext(ServerOptions settings, Handler answers, Random& randomness, log::Log& lines,
                metrics::Registry& registry);
  void count(int status);

  const ServerOptions options;
  std::unique_ptr<asio::ssl::context> tls;  // nothing: plain
  const Handler handler;
  Random& random;
  log::Log& log;
  metrics::Registry& metrics;
  metrics::Histogram& latency;
  metrics::Gauge& open_connections;
  SystemClock clock;  // deadlines of sockets pass in real time, also in tests
  bool stopping = false;
};

class Connection {
 public:
  Connection(ServerContext& context, asio::ip::tcp::socket socket, std::string peer);
  ~Connection();

  // Serves until either side has enough, or a WebSocket was asked for.
  Async<> run();

  // Then runs that WebSocket, if there is one, to its end; stop ends the coroutine that we run on.
  Async<> run_web_socket(asio::cancellation_signal& stop);

  // Answers nothing but status, for who is not let in.
  Async<> turn_away(int status);

  // The server is stopping: ends at once when idle, after the answer in progress otherwise.
  void stop();

 private:
  Async<bool> is_secured();
  Async<std::optional<Request>> read_request();
  Async<bool> read_body(RequestParser& parser);
  Async<bool> read_more();
  Async<> refuse(Refusal refusal);
  // These return whether the connection may serve another request.
  Async<bool> handle(Request request, bool keeps_alive);
  Async<bool> send_answer(Answer answer, const Request& head, bool keeps_alive, Span started);
  Async<bool> send_response(Response response, bool is_head, bool keeps_alive);
  Async<bool> send_stream(Streamed streamed, bool is_head);
  Async<bool> accept(Upgrade upgrade, const Request& request);
  Async<Answer> ask_handler(Request request);
  Async<> linger();
  void note(const Request& request, int status, Span took);

  ServerContext& context_;
  Link link_;
  std::string peer_;
  std::string buffer_;  // received and not yet used
  bool idle_ = true;    // between requests
  bool first_ = true;
  bool keeps_alive_ = false;
  bool last_words_ = false;  // sent, and the other end may still be sending
  bool failed_ = false;      // the last answer was ours, for a handler that threw
  struct Wanted;
  std::unique_ptr<Wanted> wanted_;  // a WebSocket, from its request to its handshake
  WebSocketSession* web_socket_ = nullptr;
};

}  // namespace vigie::http
