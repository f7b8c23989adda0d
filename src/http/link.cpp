// SPDX-License-Identifier: Apache-2.0
#include "http/link.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <memory>

namespace vigie::http {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t piece = 64 * 1024;

}  // namespace

struct Link::State {
  explicit State(tcp::socket plain) : socket{std::move(plain)}, timer{socket.get_executor()} {}

  tcp::socket socket;
  std::unique_ptr<asio::ssl::stream<tcp::socket&>> tls;
  asio::steady_timer timer;
  std::uint64_t deadline = 0;  // which one the timer waits for
  bool expired = false;
  bool interrupted = false;
};

Link::Link(tcp::socket socket) : state_{std::make_shared<State>(std::move(socket))} {}
Link::Link(Link&&) noexcept = default;

Link::~Link() {
  if (state_) {
    state_->timer.cancel();
    error_code ignored;
    state_->socket.close(ignored);
  }
}

void Link::expires_after(Span patience) {
  state_->expired = false;
  state_->timer.expires_after(patience);
  const std::weak_ptr<State> weak = state_;
  state_->timer.async_wait([weak, mine = ++state_->deadline](const error_code& stopped) {
    const auto state = weak.lock();
    if (!stopped && state && state->deadline == mine) {
      state->expired = true;
      error_code ignored;
      state->socket.cancel(ignored);
    }
  });
}

void Link::rest() {
  state_->timer.cancel();
  ++state_->deadline;
  state_->expired = false;
}

void Link::interrupt() {
  state_->interrupted = true;
  error_code ignored;
  state_->socket.cancel(ignored);
}

Error Link::error_of(const error_code& code) const {
  if (state_->expired) {
    return make_error(Errc::timeout, "no progress in time");
  }
  if (state_->interrupted) {
    return make_error(Errc::unavailable, "the connection is being closed");
  }
  if (code == asio::error::operation_aborted) {
    throw boost::system::system_error{code};  // the coroutine is cancelled
  }
  return make_error(Errc::unavailable, "{}", code.message());
}

Async<Result<>> Link::connect(tcp::endpoint endpoint) {
  error_code code;
  state_->socket.close(code);
  co_await state_->socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, code));
  if (code) {
    co_return error_of(code);
  }
  state_->socket.set_option(tcp::no_delay{true}, code);
  co_return Result<>{};
}

Async<Result<>> Link::secure(asio::ssl::context& context, std::string host) {
  state_->tls = std::make_unique<asio::ssl::stream<tcp::socket&>>(state_->socket, context);
  auto& tls = *state_->tls;
  error_code code;
  asio::ip::make_address(host, code);
  const bool is_name = code.failed();
  if (is_name && SSL_set_tlsext_host_name(tls.native_handle(), host.c_str()) != 1) {
    co_return make_error(Errc::invalid, "the host name {} cannot be asked for by TLS", host);
  }
  tls.set_verify_mode(asio::ssl::verify_peer, code);
  tls.set_verify_callback(asio::ssl::host_name_verification{host}, code);
  co_await tls.async_handshake(asio::ssl::stream_base::client,
                               asio::redirect_error(asio::use_awaitable, code));
  if (!code) {
    co_return Result<>{};
  }
  const auto verdict = SSL_get_verify_result(tls.native_handle());
  if (verdict != X509_V_OK) {
    co_return make_error(Errc::unavailable, "the certificate of {} is not valid: {}", host,
                         X509_verify_cert_error_string(verdict));
  }
  co_return error_of(code).during("the TLS handshake with " + host);
}

Async<Result<>> Link::secure_as_server(asio::ssl::context& context) {
  state_->tls = std::make_unique<asio::ssl::stream<tcp::socket&>>(state_->socket, context);
  error_code code;
  co_await state_->tls->async_handshake(asio::ssl::stream_base::server,
                                        asio::redirect_error(asio::use_awaitable, code));
  if (code) {
    co_return error_of(code).during("the TLS handshake");
  }
  co_return Result<>{};
}

Async<Result<std::size_t>> Link::read_some(asio::mutable_buffer buffer) {
  error_code code;
  if (state_->expired || state_->interrupted) {
    co_return error_of(code);
  }
  std::size_t count = 0;
  if (state_->tls) {
    count = co_await state_->tls->async_read_some(buffer,
                                                  asio::redirect_error(asio::use_awaitable, code));
  } else {
    count = co_await state_->socket.async_read_some(
        buffer, asio::redirect_error(asio::use_awaitable, code));
  }
  if (code == asio::error::eof) {
    co_return std::size_t{0};
  }
  if (code) {
    co_return error_of(code);
  }
  co_return count;
}

Async<Result<>> Link::write(std::string_view bytes, Span patience) {
  std::size_t since_deadline = piece;
  while (!bytes.empty()) {
    if (since_deadline >= piece) {
      expires_after(patience);
      since_deadline = 0;
    }
    error_code code;
    if (state_->interrupted) {
      co_return error_of(code);
    }
    const auto buffer = asio::buffer(bytes.substr(0, piece));
    std::size_t count = 0;
    if (state_->tls) {
      count = co_await state_->tls->async_write_some(
          buffer, asio::redirect_error(asio::use_awaitable, code));
    } else {
      count = co_await state_->socket.async_write_some(
          buffer, asio::redirect_error(asio::use_awaitable, code));
    }
    if (code) {
      co_return error_of(code);
    }
    bytes.remove_prefix(count);
    since_deadline += count;
  }
  co_return Result<>{};
}

void Link::finish() {
  error_code ignored;
  state_->socket.shutdown(tcp::socket::shutdown_send, ignored);
}

void Link::reset() {
  error_code ignored;
  state_->socket.set_option(asio::socket_base::linger{true, 0}, ignored);
  state_->socket.close(ignored);
}

bool Link::is_quiet() {
  error_code code;
  state_->socket.non_blocking(true, code);
  char byte = 0;
  state_->socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, code);
  return code == asio::error::would_block;
}

tcp::socket& Link::socket() {
  return state_->socket;
}

asio::ssl::stream<tcp::socket&>* Link::tls() {
  return state_->tls.get();
}

}  // namespace vigie::http
