// SPDX-License-Identifier: Apache-2.0
#include "http/connection.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>

#include "base/text.hpp"
#include "http/policy.hpp"
#include "http/websocket.hpp"
#include "http/wire.hpp"

namespace vigie::http {
namespace {

constexpr std::size_t read_size = 16 * 1024;
constexpr std::int64_t slowest_body = 1024;  // bytes a second
constexpr std::size_t most_lingering = 1024 * 1024;
constexpr Span linger_patience = std::chrono::seconds{2};

// What is left of a path for the log: long segments may be tokens (a password reset's link).
std::string loggable(std::string_view path) {
  constexpr std::size_t longest_segment = 26;  // our ids
  std::string text;
  for (const auto segment : split(path.substr(0, 256), '/')) {
    text += segment.size() > longest_segment ? "[…]" : std::string{segment};
    text += '/';
  }
  text.pop_back();
  return text;
}

std::string describe(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is not an exception";
  }
}

bool has_no_body(int status) {
  return status == 204 || status == 304;
}

bool asks_to_close(const Headers& headers) {
  return equals_ignoring_case(headers.get("connection"), "close");
}

// What we say without asking the handler, in the form of its own problems (RFC 9457). why is ours:
// it holds nothing that JSON would have to escape.
Response problem(int status, std::string_view why, std::string_view request_id = "") {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/problem+json");
  response.headers.add("Cache-Control", "no-store");
  set_policy(response.headers);
  response.body = fmt::format(
      R"({{"type":"about:blank","title":"Refused","status":{},"detail":"{}","request_id":"{}"}})",
      status, why, request_id);
  return response;
}

// Hands the bytes of a streamed answer to the socket.
class LinkWriter final : public BodyWriter {
 public:
  LinkWriter(const ServerContext& context, Link& link) : context_{context}, link_{link} {}

  Async<Result<>> write(std::string_view bytes) override {
    if (context_.stopping) {
      co_return make_error(Errc::unavailable, "the server is stopping");
    }
    co_return co_await link_.write(bytes, context_.options.write_timeout);
  }

 private:
  const ServerContext& context_;
  Link& link_;
};

}  // namespace

ServerContext::ServerContext(ServerOptions settings, Handler answers, Random& randomness,
                             log::Log& lines, metrics::Registry& registry)
    : options{std::move(settings)},
      handler{std::move(answers)},
      random{randomness},
      log{lines},
      metrics{registry},
      latency{registry.histogram("vigie_http_request_seconds",
                                 "Time from a request's last byte to its answer's last byte.",
                                 {{"server", options.name}})},
      open_connections{registry.gauge("vigie_http_open_connections",
                                      "Connections open now, WebSockets included.",
                                      {{"server", options.name}})} {}

void ServerContext::count(int status) {
  const auto status_class = std::to_string(status / 100) + "xx";
  metrics
      .counter("vigie_http_requests_total", "Requests answered, by class of status.",
               {{"server", options.name}, {"class", status_class}})
      .add();
}

struct Connection::Wanted {
  Request request;
  Upgrade upgrade;
};

Connection::Connection(ServerContext& context, asio::ip::tcp::socket socket, std::string peer)
    : context_{context}, link_{std::move(socket)}, peer_{std::move(peer)} {
  context_.open_connections.add(1);
}

Connection::~Connection() {
  context_.open_connections.add(-1);
}

Async<> Connection::run() {
  bool goes_on = co_await is_secured();
  while (goes_on && !context_.stopping) {
    auto request = co_await read_request();
    if (!request) {
      break;
    }
    goes_on = co_await handle(std::move(*request), keeps_alive_);
    idle_ = true;
    first_ = false;
  }
  idle_ = false;
  if (last_words_) {
    co_await linger();
  }
}

// The handshake, where the server speaks TLS; false when it failed.
Async<bool> Connection::is_secured() {
  if (!context_.tls) {
    co_return true;
  }
  link_.expires_after(context_.options.header_timeout);
  const auto secured = co_await link_.secure_as_server(*context_.tls);
  if (!secured) {
    context_.log.debug(
        "a TLS handshake failed",
        {{"server", context_.options.name}, {"why", secured.error().what}, {"peer", peer_}});
  }
  co_return secured.has_value();
}

Async<> Connection::turn_away(int status) {
  idle_ = false;
  if (!co_await is_secured()) {
    co_return;
  }
  auto response = problem(status, status == 429 ? "too many connections" : "the server is full");
  response.headers.add("Retry-After", "5");
  co_await send_response(std::move(response), false, false);
  co_await linger();
}

void Connection::stop() {
  if (web_socket_ != nullptr) {
    web_socket_->stop();
  } else if (idle_) {
    link_.interrupt();
  }
}

Async<bool> Connection::read_more() {
  const auto used = buffer_.size();
  buffer_.resize(used + read_size);
  const auto count = co_await link_.read_some(asio::buffer(buffer_.data() + used, read_size));
  buffer_.resize(used + (count ? *count : 0));
  if (!count && count.error().code == Errc::timeout && !idle_) {
    const Refusal late{408, "the request did not come in time"};
    co_await refuse(late);
  }
  co_return count && *count > 0;
}

Async<std::optional<Request>> Connection::read_request() {
  RequestParser parser{context_.options.max_body};
  link_.expires_after(first_ ? context_.options.header_timeout : context_.options.idle_timeout);
  while (!parser.is_complete()) {
    if (!buffer_.empty() && idle_) {
      idle_ = false;
      link_.expires_after(context_.options.header_timeout);
    }
    auto refusal = parser.feed(buffer_);
    if (refusal) {
      co_await refuse(std::move(*refusal));
      co_return std::nullopt;
    }
    if (parser.is_complete()) {
      break;
    }
    const bool came = parser.has_head() ? co_await read_body(parser) : co_await read_more();
    if (!came) {
      co_return std::nullopt;
    }
  }
  idle_ = false;
  keeps_alive_ = parser.keeps_alive();
  auto request = parser.take();
  request.peer = peer_;
  request.id = context_.random.hex(8);
  co_return request;
}

// Reads what is left of the body, at the least pace; false when the connection is over.
Async<bool> Connection::read_body(RequestParser& parser) {
  if (parser.wants_continue() && buffer_.empty()) {
    const auto written =
        co_await link_.write("HTTP/1.1 100 Continue\r\n\r\n", context_.options.write_timeout);
    if (!written) {
      co_return false;
    }
  }
  const auto started = context_.clock.steady();
  std::int64_t received = 0;
  while (!parser.is_complete()) {
    const auto earned = std::chrono::microseconds{received * 1'000'000 / slowest_body};
    const auto spent = context_.clock.steady() - started;
    link_.expires_after(context_.options.body_grace + earned - spent);
    const auto before = buffer_.size();
    if (!co_await read_more()) {
      co_return false;
    }
    received += static_cast<std::int64_t>(buffer_.size() - before);
    auto refusal = parser.feed(buffer_);
    if (refusal) {
      co_await refuse(std::move(*refusal));
      co_return false;
    }
  }
  co_return true;
}

Async<> Connection::refuse(Refusal refusal) {
  context_.log.debug("a request was refused", {{"server", context_.options.name},
                                               {"status", std::int64_t{refusal.status}},
                                               {"why", refusal.why},
                                               {"peer", peer_}});
  context_.count(refusal.status);
  auto response = problem(refusal.status, refusal.why, context_.random.hex(8));
  co_await send_response(std::move(response), false, false);
}

Async<bool> Connection::handle(Request request, bool keeps_alive) {
  if (request.method == "TRACE" || request.method == "CONNECT") {
    auto refused = problem(405, "this method is not served", request.id);
    refused.headers.add("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    note(request, refused.status, Span{0});
    co_return co_await send_response(std::move(refused), false, false);
  }
  Request head;  // what is still needed when the handler has taken the request
  head.method = request.method;
  head.path = request.path;
  head.target = request.target;
  head.headers = request.headers;
  head.id = request.id;
  const auto started = context_.clock.steady();
  auto answer = co_await ask_handler(std::move(request));
  co_return co_await send_answer(std::move(answer), head, keeps_alive && !failed_, started);
}

Async<Answer> Connection::ask_handler(Request request) {
  const auto id = request.id;
  std::exception_ptr failure;
  try {
    co_return co_await context_.handler(std::move(request));
  } catch (...) {
    failure = std::current_exception();
  }
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) {
    std::rethrow_exception(failure);
  }
  failed_ = true;
  context_.log.error(
      "a handler failed",
      {{"server", context_.options.name}, {"request_id", id}, {"why", describe(failure)}});
  co_return Answer{problem(500, "internal error", id)};
}

Async<bool> Connection::send_answer(Answer answer, const Request& head, bool keeps_alive,
                                    Span started) {
  const bool is_head = head.method == "HEAD";
  if (auto* response = std::get_if<Response>(&answer)) {
    const auto status = response->status;
    const bool goes_on = co_await send_response(std::move(*response), is_head, keeps_alive);
    note(head, status, context_.clock.steady() - started);
    co_return goes_on;
  }
  if (auto* streamed = std::get_if<Streamed>(&answer)) {
    note(head, streamed->head.status, Span{0});
    co_return co_await send_stream(std::move(*streamed), is_head);
  }
  if (auto* wanted = std::get_if<Upgrade>(&answer)) {
    co_return co_await accept(std::move(*wanted), head);
  }
  link_.reset();
  co_return false;
}

Async<bool> Connection::send_response(Response response, bool is_head, bool keeps_alive) {
  HeadOptions options;
  options.framing = has_no_body(response.status) ? BodyFraming::none : BodyFraming::length;
  options.close = !keeps_alive || context_.stopping || asks_to_close(response.headers);
  options.now = context_.clock.now();
  auto bytes = write_response_head(response, options);
  if (!is_head && options.framing == BodyFraming::length) {
    bytes += response.body;
  }
  const auto written = co_await link_.write(bytes, context_.options.write_timeout);
  if (!written) {
    co_return false;
  }
  last_words_ = options.close;
  co_return !options.close;
}

Async<bool> Connection::send_stream(Streamed streamed, bool is_head) {
  HeadOptions options;
  options.framing = BodyFraming::until_close;
  options.close = true;
  options.now = context_.clock.now();
  const auto bytes = write_response_head(streamed.head, options);
  const auto written = co_await link_.write(bytes, context_.options.write_timeout);
  if (written && !is_head) {
    LinkWriter writer{context_, link_};
    co_await streamed.body(writer);
  }
  last_words_ = written.has_value();
  co_return false;
}

Async<bool> Connection::accept(Upgrade upgrade, const Request& request) {
  if (!is_websocket_request(request)) {
    auto refused = problem(426, "this address speaks WebSocket, version 13", request.id);
    refused.headers.add("Upgrade", "websocket");
    refused.headers.add("Sec-WebSocket-Version", "13");
    note(request, refused.status, Span{0});
    co_return co_await send_response(std::move(refused), request.method == "HEAD", false);
  }
  if (!buffer_.empty()) {
    // A client waits for the handshake's answer before its first frame (RFC 6455 §4.1).
    const Refusal early{400, "bytes came after the upgrade request"};
    co_await refuse(early);
    co_return false;
  }
  note(request, 101, Span{0});
  wanted_ = std::make_unique<Wanted>(request, std::move(upgrade));
  co_return false;
}

Async<> Connection::run_web_socket(asio::cancellation_signal& stop) {
  if (!wanted_) {
    co_return;
  }
  std::string{}.swap(buffer_);  // 16 KiB that a socket at rest does not need
  link_.rest();
  WebSocketSession session{context_, link_, stop};
  struct Known {
    WebSocketSession*& place;
    ~Known() { place = nullptr; }
  };
  web_socket_ = &session;
  const Known known{web_socket_};
  if (context_.stopping) {
    session.stop();
  }
  const bool is_open = co_await session.shake_hands(wanted_->request, wanted_->upgrade);
  auto talk = std::move(wanted_->upgrade.session);
  wanted_.reset();
  if (is_open) {
    co_await session.run(std::move(talk));
  }
}

// Closing while the other end still sends would reset the connection and lose our last words: say
// that we are done, then read on for a while.
Async<> Connection::linger() {
  link_.finish();
  link_.expires_after(linger_patience);
  std::size_t thrown_away = 0;
  std::string sink(read_size, '\0');
  while (thrown_away < most_lingering) {
    const auto count = co_await link_.read_some(asio::buffer(sink));
    if (!count || *count == 0) {
      co_return;
    }
    thrown_away += *count;
  }
}

void Connection::note(const Request& request, int status, Span took) {
  context_.count(status);
  context_.latency.observe(to_seconds(took));
  context_.log.debug("request", {{"server", context_.options.name},
                                 {"request_id", request.id},
                                 {"method", request.method},
                                 {"path", loggable(request.path)},
                                 {"status", std::int64_t{status}},
                                 {"seconds", to_seconds(took)},
                                 {"peer", peer_}});
}

}  // namespace vigie::http
