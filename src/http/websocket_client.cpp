// SPDX-License-Identifier: Apache-2.0
#include "http/websocket_client.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <utility>

#include "async/clock.hpp"
#include "base/text.hpp"
#include "http/connector.hpp"
#include "http/wire.hpp"

namespace vigie::http {
namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<tcp::socket&>;

constexpr std::size_t most_queued = 64;

// TCP or TLS as Beast reads and writes it. It waits for nothing at the end: Beast's own ending
// waits, however long, for the other side to close.
template <class Stream>
class Below {
 public:
  using executor_type = typename Stream::executor_type;

  explicit Below(Stream& stream) : stream_{stream} {}
  executor_type get_executor() { return stream_.get_executor(); }
  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return stream_.async_read_some(buffers, std::forward<Handler>(handler));
  }
  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return stream_.async_write_some(buffers, std::forward<Handler>(handler));
  }

 private:
  Stream& stream_;
};

// Found by Beast by its argument, as the next one. The link closes the connection when it goes.
template <class Stream, class Handler>
void async_teardown(beast::role_type, Below<Stream>& below, Handler&& handler) {
  asio::post(below.get_executor(),
             beast::bind_front_handler(std::forward<Handler>(handler), error_code{}));
}

template <class Stream>
void beast_close_socket(Below<Stream>&) {}

// One handshake with its remaining time.
struct Attempt {
  Url url;
  WebSocketRequest request;
  Span deadline{0};
};

std::string host_field(const Url& url) {
  const auto origin = url.origin();
  return origin.substr(origin.find("://") + 3);
}

bool belongs_to_handshake(std::string_view name) {
  return equals_ignoring_case(name, "host") || equals_ignoring_case(name, "connection") ||
         equals_ignoring_case(name, "upgrade") || equals_ignoring_case(name, "content-length") ||
         equals_ignoring_case(name, "transfer-encoding") ||
         starts_with_ignoring_case(name, "sec-websocket-");
}

void decorate(websocket::request_type& head, const WebSocketRequest& request) {
  head.set(beast::http::field::user_agent, "Vigie");
  if (!request.subprotocol.empty()) {
    head.set(beast::http::field::sec_websocket_protocol, request.subprotocol);
  }
  for (const auto& [name, value] : request.headers.fields()) {
    if (!belongs_to_handshake(name)) {
      head.set(name, value);
    }
  }
}

Response to_response(const websocket::response_type& answer) {
  Response response;
  response.status = static_cast<int>(answer.result_int());
  for (const auto& field : answer) {
    response.headers.add(std::string{field.name_string()}, std::string{field.value()});
  }
  response.body = answer.body();
  return response;
}

// True when the other end speaks, but not what it should.
bool is_garbage(const error_code& code) {
  const bool is_bad_head = code.category() == make_error_code(beast::http::error{}).category() &&
                           code != beast::http::error::end_of_stream &&
                           code != beast::http::error::partial_message;
  return is_bad_head || code == websocket::error::message_too_big ||
         code == websocket::condition::protocol_violation ||
         code == websocket::condition::handshake_failed;
}

// Over TCP or over TLS; the link owns both, and the time.
template <class Stream>
class Socket final : public ClientWebSocket {
 public:
  Socket(Link link, Stream& below) : link_{std::move(link)}, stream_{below} {}

  Async<Result<Response>> shake_hands(const Attempt& attempt, Span patience);
  Async<Result<WebSocketMessage>> receive() override;
  Async<Result<>> send(WebSocketMessage message) override;
  Async<> close(Span patience) override;

 private:
  Error error_of(const error_code& code) const {
    return is_garbage(code) ? make_error(Errc::corrupt, "{}", code.message())
                            : link_.error_of(code);
  }

  Link link_;
  websocket::stream<Below<Stream>, false> stream_;
  std::deque<WebSocketMessage> outbox_;
  bool is_writing_ = false;
  bool is_broken_ = false;
};

template <class Stream>
Async<Result<Response>> Socket<Stream>::shake_hands(const Attempt& attempt, Span patience) {
  const auto& request = attempt.request;
  stream_.set_option(websocket::stream_base::decorator{
      [&request](websocket::request_type& head) { decorate(head, request); }});
  stream_.read_message_max(request.max_message);
  stream_.auto_fragment(false);
  link_.expires_after(patience);
  websocket::response_type answer;
  const auto host = host_field(attempt.url);
  error_code failed;
  co_await stream_.async_handshake(answer, host, attempt.url.target,
                                   asio::redirect_error(asio::use_awaitable, failed));
  stream_.set_option(websocket::stream_base::decorator{[](websocket::request_type&) {}});
  if (failed && failed != websocket::error::upgrade_declined) {
    co_return error_of(failed);
  }
  link_.rest();
  co_return to_response(answer);
}

template <class Stream>
Async<Result<WebSocketMessage>> Socket<Stream>::receive() {
  beast::flat_buffer buffer;
  error_code failed;
  co_await stream_.async_read(buffer, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) {
    is_broken_ = true;
    co_return error_of(failed);
  }
  WebSocketMessage message;
  message.kind = stream_.got_text() ? WebSocketMessage::Kind::text : WebSocketMessage::Kind::binary;
  message.bytes = beast::buffers_to_string(buffer.data());
  co_return message;
}

template <class Stream>
Async<Result<>> Socket<Stream>::send(WebSocketMessage message) {
  if (is_broken_ || outbox_.size() >= most_queued) {
    co_return make_error(Errc::unavailable, "the WebSocket takes no more messages");
  }
  outbox_.push_back(std::move(message));
  if (is_writing_) {
    co_return Result<>{};
  }
  is_writing_ = true;
  while (!outbox_.empty()) {
    const auto& next = outbox_.front();
    stream_.text(next.kind == WebSocketMessage::Kind::text);
    error_code failed;
    co_await stream_.async_write(asio::buffer(next.bytes),
                                 asio::redirect_error(asio::use_awaitable, failed));
    if (failed) {
      is_broken_ = true;
      co_return error_of(failed);
    }
    outbox_.pop_front();
  }
  is_writing_ = false;
  co_return Result<>{};
}

template <class Stream>
Async<> Socket<Stream>::close(Span patience) {
  is_broken_ = true;
  link_.expires_after(patience);
  error_code ignored;
  co_await stream_.async_close(websocket::close_code::normal,
                               asio::redirect_error(asio::use_awaitable, ignored));
}

class Client final : public WebSocketClient {
 public:
  Client(asio::any_io_executor executor, const AddressGuard& guard)
      : guard_{guard}, connector_{std::move(executor), guard} {}

  Async<Result<WebSocketAnswer>> open(WebSocketRequest request) override {
    auto attempt = prepare(std::move(request));
    if (!attempt) {
      co_return attempt.error();
    }
    auto link = co_await connector_.connect(attempt->url, attempt->deadline);
    if (!link) {
      co_return link.error().during("opening a WebSocket");
    }
    if (auto* tls = link->tls()) {
      co_return co_await begin<TlsStream>(std::move(*link), *tls, *attempt);
    }
    auto& plain = link->socket();
    co_return co_await begin<tcp::socket>(std::move(*link), plain, *attempt);
  }

 private:
  Result<Attempt> prepare(WebSocketRequest request) const;

  template <class Stream>
  Async<Result<WebSocketAnswer>> begin(Link link, Stream& below, const Attempt& attempt) {
    auto socket = std::make_unique<Socket<Stream>>(std::move(link), below);
    const auto patience = std::max(attempt.deadline - clock_.steady(), Span{0});
    auto response = co_await socket->shake_hands(attempt, patience);
    if (!response) {
      co_return response.error().during("shaking hands with " + attempt.url.host);
    }
    WebSocketAnswer answer;
    answer.response = std::move(*response);
    if (answer.response.status == 101) {
      answer.socket = std::move(socket);
    }
    co_return answer;
  }

  const AddressGuard& guard_;
  Connector connector_;
  SystemClock clock_;
};

Result<Attempt> Client::prepare(WebSocketRequest request) const {
  auto address = request.url;
  if (starts_with_ignoring_case(address, "ws://") || starts_with_ignoring_case(address, "wss://")) {
    address.replace(0, 2, "http");
  }
  auto url = parse_url(address);
  if (!url) {
    return url.error();
  }
  for (const auto& [name, value] : request.headers.fields()) {
    if (!is_sendable_field(name, value)) {
      return make_error(Errc::invalid, "the header field {} cannot be sent", name);
    }
  }
  if (!is_sendable_field("Sec-WebSocket-Protocol", request.subprotocol)) {
    return make_error(Errc::invalid, "the subprotocol cannot be sent");
  }
  if (auto allowed = guard_.check_url(*url); !allowed) {
    return allowed.error();
  }
  const auto deadline = clock_.steady() + request.timeout;
  return Attempt{std::move(*url), std::move(request), deadline};
}

}  // namespace

std::unique_ptr<WebSocketClient> create_websocket_client(const asio::any_io_executor& executor,
                                                         const AddressGuard& guard) {
  return std::make_unique<Client>(executor, guard);
}

}  // namespace vigie::http
