// SPDX-License-Identifier: Apache-2.0
#include "http/websocket.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <exception>

#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "http/wire.hpp"

namespace vigie::http {
namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t most_queued = 64;
constexpr std::size_t most_queued_bytes = 256 * 1024;
constexpr std::size_t most_unread = 16;
// A small kernel buffer, so that a slow reader is noticed by our queue.
constexpr int send_buffer_size = 64 * 1024;
constexpr std::size_t longest_close_reason = 123;  // RFC 6455 §5.5

bool lists(std::string_view field, std::string_view token) {
  return beast::http::token_list{beast::string_view{field.data(), field.size()}}.exists(
      beast::string_view{token.data(), token.size()});
}

beast::http::request<beast::http::empty_body> to_beast(const Request& request) {
  beast::http::request<beast::http::empty_body> copy;
  copy.version(11);
  copy.method(beast::http::verb::get);
  copy.target(request.target);
  for (const auto& [name, value] : request.headers.fields()) {
    copy.insert(name, value);
  }
  return copy;
}

// A link's socket, plain or TLS, that, once shut, swallows the pongs Beast cannot be told not to
// write: some servers give none, and their clients have to be tried against that.
class PongValve {
 public:
  using executor_type = tcp::socket::executor_type;

  explicit PongValve(Link& link) : socket_{link.socket()}, tls_{link.tls()} {}

  bool is_shut = false;

  executor_type get_executor() { return socket_.get_executor(); }
  tcp::socket& socket() { return socket_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return tls_ == nullptr ? socket_.async_read_some(buffers, std::forward<Token>(token))
                           : tls_->async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_compose<Token, void(error_code, std::size_t)>(Write<Buffers>{*this, buffers},
                                                                     token, socket_);
  }

 private:
  template <class Buffers>
  struct Write {
    PongValve& valve;
    Buffers buffers;

    template <class Self>
    void operator()(Self& self) {
      // Beast writes a control frame as one buffer, and never begins in the middle of a frame
      // unless the last write was cut short.
      const auto size = asio::buffer_size(buffers);
      constexpr auto pong = 0x8A;
      const bool is_swallowed = valve.is_shut && !valve.was_cut_ && size != 0 &&
                                static_cast<unsigned char>(*asio::buffers_begin(buffers)) == pong;
      if (is_swallowed) {
        asio::post(valve.get_executor(), asio::append(std::move(self), error_code{}, size));
      } else if (valve.tls_ != nullptr) {
        valve.tls_->async_write_some(buffers, std::move(self));
      } else {
        valve.socket_.async_write_some(buffers, std::move(self));
      }
    }
    template <class Self>
    void operator()(Self& self, error_code failed, std::size_t written) {
      valve.was_cut_ = written < asio::buffer_size(buffers);
      self.complete(failed, written);
    }
  };

  tcp::socket& socket_;
  asio::ssl::stream<tcp::socket&>* tls_;
  bool was_cut_ = false;
};

// Both are found by Beast in this namespace: what ends the stream is the plain socket's.
template <class Handler>
void async_teardown(beast::role_type role, PongValve& valve, Handler&& handler) {
  websocket::async_teardown(role, valve.socket(), std::forward<Handler>(handler));
}
void beast_close_socket(PongValve& valve) {
  error_code ignored;
  valve.socket().close(ignored);
}

}  // namespace

bool is_websocket_request(const Request& request) {
  return request.method == "GET" && lists(request.headers.get("connection"), "upgrade") &&
         lists(request.headers.get("upgrade"), "websocket") &&
         request.headers.get("sec-websocket-version") == "13" &&
         request.headers.has("sec-websocket-key");
}

struct WebSocketSession::Impl final : public WebSocket {
  Impl(ServerContext& shared, Link& link)
      : context{shared},
        stream{PongValve{link}},
        inbox_changed{stream.get_executor()},
        inbox_drained{stream.get_executor()},
        outbox_changed{stream.get_executor()},
        ending{stream.get_executor()},
        written{stream.get_executor()},
        session_ended{stream.get_executor()} {}

  Async<Result<std::string>> receive() override;
  bool send(std::string message) override;
  void close(std::uint16_t code, std::string_view reason) override;

  Async<> run(const Request& request, Upgrade upgrade);
  void set_up(const Upgrade& upgrade);
  Async<bool> shake_hands(const Request& request, Upgrade& upgrade);
  Async<> live(TaskGroup& tasks, Upgrade upgrade);
  Async<> read_all();
  Async<> write_all();
  Async<> run_session(std::function<Async<>(WebSocket&)> session);
  void lose();
  void hang_up();

  ServerContext& context;
  websocket::stream<PongValve, false> stream;
  std::deque<std::string> inbox;
  std::deque<std::string> outbox;
  std::size_t outbox_bytes = 0;
  bool gone = false;     // nothing more comes or goes
  bool closing = false;  // nothing more is queued
  websocket::close_reason goodbye;
  Signal inbox_changed;
  Signal inbox_drained;
  Signal outbox_changed;
  Signal ending;
  Signal written;
  Signal session_ended;
};

Async<Result<std::string>> WebSocketSession::Impl::receive() {
  while (inbox.empty() && !gone && !context.stopping) {
    co_await inbox_changed.wait();
  }
  if (inbox.empty() || context.stopping) {
    co_return make_error(Errc::unavailable, "the WebSocket is closed");
  }
  auto message = std::move(inbox.front());
  inbox.pop_front();
  inbox_drained.ring();
  co_return message;
}

bool WebSocketSession::Impl::send(std::string message) {
  if (gone || closing || outbox.size() >= most_queued ||
      outbox_bytes + message.size() > most_queued_bytes) {
    return false;
  }
  outbox_bytes += message.size();
  outbox.push_back(std::move(message));
  outbox_changed.ring();
  return true;
}

void WebSocketSession::Impl::close(std::uint16_t code, std::string_view reason) {
  if (closing || gone) {
    return;
  }
  closing = true;
  goodbye.code = code;
  const auto words = cut_utf8(reason, longest_close_reason);
  goodbye.reason = beast::string_view{words.data(), words.size()};
  outbox_changed.ring();
  ending.ring();
}

// Handshake, life, and an end in which no coroutine is left whatever the reason.
Async<> WebSocketSession::Impl::run(const Request& request, Upgrade upgrade) {
  if (!co_await shake_hands(request, upgrade)) {
    co_return;
  }
  auto& log = context.log;
  TaskGroup tasks{stream.get_executor(),
                  [&log](const std::string& name, const std::exception_ptr& why) {
                    try {
                      std::rethrow_exception(why);
                    } catch (const std::exception& error) {
                      log.error("a WebSocket session failed",
                                {{"task", name}, {"why", std::string{error.what()}}});
                    }
                  }};
  std::exception_ptr stopped;
  try {
    co_await live(tasks, std::move(upgrade));
  } catch (...) {
    stopped = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  hang_up();
  tasks.cancel();
  co_await tasks.join();
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  if (stopped) {
    std::rethrow_exception(stopped);
  }
}

void WebSocketSession::Impl::set_up(const Upgrade& upgrade) {
  websocket::stream_base::timeout timeouts{};
  timeouts.handshake_timeout = context.options.close_timeout;
  timeouts.idle_timeout = upgrade.has_pings ? std::chrono::nanoseconds{context.options.ping_timeout}
                                            : websocket::stream_base::none();
  timeouts.keep_alive_pings = upgrade.has_pings;
  stream.set_option(timeouts);
  stream.read_message_max(upgrade.longest_message);
  stream.auto_fragment(false);
  stream.binary(upgrade.is_binary);
  auto& valve = stream.next_layer();
  valve.is_shut = !upgrade.has_pings;
  error_code ignored;
  valve.socket().set_option(asio::socket_base::send_buffer_size{send_buffer_size}, ignored);
}

Async<bool> WebSocketSession::Impl::shake_hands(const Request& request, Upgrade& upgrade) {
  set_up(upgrade);
  auto fields = std::move(upgrade.headers);
  fields.set("Server", "Vigie");
  const auto& subprotocol = upgrade.subprotocol;
  if (!subprotocol.empty() && lists(request.headers.get("sec-websocket-protocol"), subprotocol)) {
    fields.set("Sec-WebSocket-Protocol", subprotocol);
  }
  stream.set_option(websocket::stream_base::decorator{
      [fields = std::move(fields)](websocket::response_type& response) {
        for (const auto& [name, value] : fields.fields()) {
          if (is_sendable_field(name, value)) {
            response.set(name, value);
          }
        }
      }});
  error_code failed;
  const auto copy = to_beast(request);
  co_await stream.async_accept(copy, asio::redirect_error(asio::use_awaitable, failed));
  co_return !failed;
}

Async<> WebSocketSession::Impl::live(TaskGroup& tasks, Upgrade upgrade) {
  tasks.spawn("WebSocket reader", read_all());
  tasks.spawn("WebSocket writer", write_all());
  tasks.spawn("WebSocket session", run_session(std::move(upgrade.session)));
  co_await ending.wait();
  co_await written.wait_for(context.clock, context.options.close_timeout);
  hang_up();
  lose();
  // The session has been told by receive(); a session that listens to nothing is cancelled.
  co_await session_ended.wait_for(context.clock, context.options.close_timeout);
}

Async<> WebSocketSession::Impl::read_all() {
  beast::flat_buffer buffer;
  error_code failed;
  while (!failed) {
    while (inbox.size() >= most_unread) {
      co_await inbox_drained.wait();
    }
    buffer.clear();
    co_await stream.async_read(buffer, asio::redirect_error(asio::use_awaitable, failed));
    if (!failed && stream.got_binary() != stream.binary()) {
      close(websocket::close_code::unknown_data, stream.binary() ? "binary only" : "text only");
    } else if (!failed) {
      inbox.push_back(beast::buffers_to_string(buffer.data()));
      inbox_changed.ring();
    }
  }
  lose();
}

Async<> WebSocketSession::Impl::write_all() {
  error_code failed;
  while (!failed && !gone) {
    if (outbox.empty() && closing) {
      co_await stream.async_close(goodbye, asio::redirect_error(asio::use_awaitable, failed));
      break;
    }
    if (outbox.empty()) {
      co_await outbox_changed.wait();
      continue;
    }
    const auto& message = outbox.front();
    co_await stream.async_write(asio::buffer(message),
                                asio::redirect_error(asio::use_awaitable, failed));
    outbox_bytes -= message.size();
    outbox.pop_front();
  }
  written.ring();
  lose();
}

Async<> WebSocketSession::Impl::run_session(std::function<Async<>(WebSocket&)> session) {
  std::exception_ptr failure;
  try {
    co_await session(*this);
  } catch (...) {
    failure = std::current_exception();
  }
  close(failure ? 1011 : 1000, "");
  session_ended.ring();
  if (failure) {
    std::rethrow_exception(failure);
  }
}

// The other end is gone, for everybody here.
void WebSocketSession::Impl::lose() {
  gone = true;
  inbox_changed.ring();
  outbox_changed.ring();
  ending.ring();
}

void WebSocketSession::Impl::hang_up() {
  error_code ignored;
  stream.next_layer().socket().close(ignored);
}

WebSocketSession::WebSocketSession(ServerContext& context, Link& link)
    : impl_{std::make_unique<Impl>(context, link)} {}
WebSocketSession::~WebSocketSession() = default;

Async<> WebSocketSession::run(const Request& request, Upgrade upgrade) {
  return impl_->run(request, std::move(upgrade));
}

void WebSocketSession::stop() {
  impl_->close(websocket::close_code::service_restart, "the server restarts");
  impl_->inbox_changed.ring();
}

}  // namespace vigie::http
