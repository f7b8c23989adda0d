// SPDX-License-Identifier: Apache-2.0
#include "http/websocket.hpp"

#include <array>
#include <boost/asio/append.hpp>
#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <exception>
#include <list>

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
  Impl(ServerContext& shared, Link& link, asio::cancellation_signal& stopping)
      : context{shared},
        stop{stopping},
        stream{PongValve{link}},
        patience{stream.get_executor()},
        inbox_changed{stream.get_executor()},
        settled{stream.get_executor()} {}

  Async<Result<std::string>> receive() override;
  bool send(std::string message) override;
  void close(std::uint16_t code, std::string_view reason) override;

  Async<bool> shake_hands(const Request& request, Upgrade& upgrade);
  void set_up(const Upgrade& upgrade);
  Async<> run(std::function<Async<>(WebSocket&)> session);
  Async<> run_session(std::function<Async<>(WebSocket&)> session);
  void read_next();
  void take_in(std::size_t size);
  void write_next();
  void lose();
  void hang_up();
  void lose_patience(void (Impl::*then)());
  void cut_session();
  template <class Then>
  auto pending(Then then);

  ServerContext& context;
  asio::cancellation_signal& stop;  // of the coroutine that runs us
  websocket::stream<PongValve, false> stream;
  asio::steady_timer patience;
  std::array<char, 128> part{};  // of the message being read
  std::string incoming;
  std::list<std::string> inbox;  // empty, a list holds no memory, as a deque would
  std::list<std::string> outbox;
  std::size_t outbox_bytes = 0;
  int callbacks = 0;  // that will still come
  bool reading = false;
  bool writing = false;
  bool gone = false;     // nothing more comes or goes
  bool closing = false;  // nothing more is queued
  bool session_over = false;
  websocket::close_reason goodbye;
  Signal inbox_changed;
  Signal settled;  // no callback is left
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
  read_next();
  co_return message;
}

bool WebSocketSession::Impl::send(std::string message) {
  if (gone || closing || outbox.size() >= most_queued ||
      outbox_bytes + message.size() > most_queued_bytes) {
    return false;
  }
  outbox_bytes += message.size();
  outbox.push_back(std::move(message));
  write_next();
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
  lose_patience(&Impl::hang_up);
  write_next();
}

// then, counted as a callback that will still come.
template <class Then>
auto WebSocketSession::Impl::pending(Then then) {
  ++callbacks;
  return [this, then](error_code failed, std::size_t size = 0) {
    --callbacks;
    then(failed, size);
    if (callbacks == 0) {
      settled.ring();
    }
  };
}

// An end in which no callback is left whatever the reason.
Async<> WebSocketSession::Impl::run(std::function<Async<>(WebSocket&)> session) {
  read_next();
  std::exception_ptr stopped;
  try {
    co_await run_session(std::move(session));
    while (callbacks != 0) {
      co_await settled.wait();
    }
  } catch (...) {
    stopped = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  session_over = true;
  hang_up();
  while (callbacks != 0) {
    co_await settled.wait();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  if (stopped) {
    std::rethrow_exception(stopped);
  }
}

// A session that fails is a bug, told in the log; the other end hears 1011.
Async<> WebSocketSession::Impl::run_session(std::function<Async<>(WebSocket&)> session) {
  std::exception_ptr failure;
  try {
    co_await session(*this);
  } catch (...) {
    failure = std::current_exception();
  }
  session_over = true;
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none && failure) {
    std::rethrow_exception(failure);
  }
  if (failure) {
    context.log.error("a WebSocket session failed", {{"why", words_of(failure)}});
  }
  close(failure ? 1011 : 1000, "");
  if (gone && !writing) {
    hang_up();
  } else {
    lose_patience(&Impl::hang_up);
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
  // It holds the fields of the answer, which is given.
  stream.set_option(websocket::stream_base::decorator{[](websocket::response_type&) {}});
  co_return !failed;
}

void WebSocketSession::Impl::read_next() {
  if (reading || gone || inbox.size() >= most_unread) {
    return;
  }
  reading = true;
  auto taken = [this](error_code failed, std::size_t size) {
    reading = false;
    if (failed) {
      lose();
      return;
    }
    take_in(size);
    read_next();
  };
  stream.async_read_some(asio::buffer(part), pending(std::move(taken)));
}

void WebSocketSession::Impl::take_in(std::size_t size) {
  incoming.append(part.data(), size);
  if (!stream.is_message_done()) {
    return;
  }
  auto message = std::exchange(incoming, {});
  if (stream.got_binary() != stream.binary()) {
    close(websocket::close_code::unknown_data, stream.binary() ? "binary only" : "text only");
    return;
  }
  inbox.push_back(std::move(message));
  inbox_changed.ring();
}

void WebSocketSession::Impl::write_next() {
  if (writing || gone) {
    return;
  }
  if (!outbox.empty()) {
    writing = true;
    auto written = [this](error_code failed, std::size_t) {
      writing = false;
      outbox_bytes -= outbox.front().size();
      outbox.pop_front();
      if (failed || gone) {
        lose();
      } else {
        write_next();
      }
    };
    stream.async_write(asio::buffer(outbox.front()), pending(std::move(written)));
  } else if (closing) {
    writing = true;
    auto said = [this](error_code, std::size_t) {
      writing = false;
      lose();
    };
    stream.async_close(goodbye, pending(std::move(said)));
  }
}

// The other end is gone, for everybody here. The session is told by receive(); one that listens to
// nothing is cut when patience ends.
void WebSocketSession::Impl::lose() {
  if (!gone) {
    gone = true;
    inbox_changed.ring();
    if (!session_over) {
      lose_patience(&Impl::cut_session);
    }
  }
  if (!writing) {
    hang_up();
  }
}

void WebSocketSession::Impl::lose_patience(void (Impl::*then)()) {
  patience.expires_after(context.options.close_timeout);
  patience.async_wait(pending([this, then](error_code failed, std::size_t) {
    if (!failed) {
      (this->*then)();
    }
  }));
}

void WebSocketSession::Impl::cut_session() {
  if (!session_over) {
    stop.emit(asio::cancellation_type::terminal);
  }
}

void WebSocketSession::Impl::hang_up() {
  error_code ignored;
  stream.next_layer().socket().close(ignored);
  if (session_over) {
    patience.cancel();
  }
}

WebSocketSession::WebSocketSession(ServerContext& context, Link& link,
                                   asio::cancellation_signal& stop)
    : impl_{std::make_unique<Impl>(context, link, stop)} {}
WebSocketSession::~WebSocketSession() = default;

Async<bool> WebSocketSession::shake_hands(const Request& request, Upgrade& upgrade) {
  return impl_->shake_hands(request, upgrade);
}

Async<> WebSocketSession::run(std::function<Async<>(WebSocket&)> session) {
  return impl_->run(std::move(session));
}

void WebSocketSession::stop() {
  impl_->close(websocket::close_code::service_restart, "the server restarts");
  impl_->inbox_changed.ring();
}

}  // namespace vigie::http
