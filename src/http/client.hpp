// SPDX-License-Identifier: Apache-2.0
// Outgoing HTTP/1.1, with TLS, limits and deadlines, through the address guard.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "async/async.hpp"
#include "base/result.hpp"
#include "http/guard.hpp"
#include "http/message.hpp"

namespace vigie::http {

struct ClientRequest {
  std::string method = "GET";
  std::string url;
  Headers headers;
  std::string body;
  std::chrono::milliseconds timeout{10'000};  // for the whole answer; for a stream: each silence
  std::size_t max_body = 2 * 1024 * 1024;     // Errc::corrupt beyond it, without reading on
  int max_redirects = 3;
  bool may_repeat = true;  // once more on a new connection when a kept one breaks before any answer
};

// An answer whose body is read as it comes.
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;
  virtual const Response& head() const = 0;  // its body is empty
  // The next bytes, at least one; empty at the end. Errc::timeout after a silence of the request's
  // timeout, Errc::unavailable when the connection breaks.
  virtual Async<Result<std::string>> read() = 0;
};

class Client {
 public:
  virtual ~Client() = default;

  // The whole answer whatever its status (a 404 is an answer). gzip and deflate bodies are inflated
  // (the limit counts inflated bytes). Errc::denied when the guard refuses an address, also of a
  // redirect; Errc::timeout; Errc::unavailable when no connection can be made or it breaks;
  // Errc::corrupt for an answer that is not HTTP or too large. Connections are kept alive and
  // reused per origin.
  virtual Async<Result<Response>> send(ClientRequest request) = 0;

  // The head of the answer, then its body bit by bit; the connection ends with the stream object.
  virtual Async<Result<std::unique_ptr<ResponseStream>>> open(ClientRequest request) = 0;
};

std::unique_ptr<Client> create_client(const asio::any_io_executor& executor,
                                      const AddressGuard& guard);

}  // namespace vigie::http
