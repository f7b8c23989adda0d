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

namespace boost::asio::ssl {
template <typename Stream>
class stream;
}

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

  // TLS as a server.
  Async<Result<>> secure_as_server(asio::ssl::context& context);

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

  // What lies below, for who reads and writes there without us; it stays the link's, and so does
  // the deadline. tls(): nothing when the connection is plain.
  asio::ip::tcp::socket& socket();
  asio::ssl::stream<asio::ip::tcp::socket&>* tls();
  // What a failure down there was: too late, interrupted, or the other end's. Throws when it is the
  // caller's own cancellation.
  Error error_of(const boost::system::error_code& code) const;

 private:
  struct State;
  // Shared with the deadline's timer, which may fire after the link is gone.
  std::shared_ptr<State> state_;
};

}  // namespace vigie::http
