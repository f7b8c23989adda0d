// SPDX-License-Identifier: Apache-2.0
// One TCP connection, plain or TLS, on which every wait has an end. For the HTTP room only.
#pragma once
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "async/async.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::http {

class Link {
 public:
  explicit Link(asio::ip::tcp::socket socket);
  Link(Link&&) noexcept;
  ~Link();

  // The waits from now on end after `patience` altogether, with Errc::timeout.
  void expires_after(Span patience);

  // No deadline until the next one is set.
  void rest();

  // Ends the wait in progress and all later ones with Errc::unavailable.
  void interrupt();

  Async<Result<>> connect(asio::ip::tcp::endpoint endpoint);

  // TLS as a client: the certificate must be valid for host.
  Async<Result<>> secure(asio::ssl::context& context, std::string host);

  // At least one byte; 0 at the other end's end.
  Async<Result<std::size_t>> read_some(asio::mutable_buffer buffer);

  // All of bytes; each 64 KiB within `patience`.
  Async<Result<>> write(std::string_view bytes, Span patience);

  // Says that nothing more will be sent.
  void finish();
  // Closes with a reset instead of a goodbye.
  void reset();
  // False once the other end has closed, or sent what nobody asked for.
  bool is_quiet();
  // Takes the plain socket out; the link is empty afterwards.
  asio::ip::tcp::socket release();

 private:
  struct State;
  Error error_of(const boost::system::error_code& code) const;
  // Shared with the deadline's timer, which may fire after the link is gone.
  std::shared_ptr<State> state_;
};

}  // namespace vigie::http
