// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 messages out of bytes that come in any pieces: the strict head check, then Beast's
// parser. No socket here, so that fuzzing reaches all of it. For the HTTP room only.
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "http/head.hpp"
#include "http/message.hpp"

namespace vigie::http {

// One request. Make a new one for the next.
class RequestParser {
 public:
  explicit RequestParser(std::size_t max_body);
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;
  ~RequestParser();

  // Takes what it can use from the front of buffer, to the end of the request and no further. A
  // refusal is final: the connection is good for its answer and nothing else.
  std::optional<Refusal> feed(std::string& buffer);

  bool has_head() const;
  bool is_complete() const;
  // After the head: the client waits for "100 Continue" before it sends its body.
  bool wants_continue() const;
  // After the head: the client lets us keep the connection.
  bool keeps_alive() const;

  // Once complete. peer and id are the caller's to fill.
  Request take();

 private:
  struct Impl;
  std::optional<Refusal> feed_head(std::string& buffer);
  std::optional<Refusal> feed_body(std::string& buffer);
  std::unique_ptr<Impl> impl_;
};

// One answer, interim ones (1xx) included: make a new one for the next.
class ResponseParser {
 public:
  // max_body: Errc::corrupt beyond it. is_head: the answer to a HEAD request has no body.
  ResponseParser(std::optional<std::size_t> max_body, bool is_head);
  ResponseParser(ResponseParser&&) noexcept;
  ResponseParser& operator=(ResponseParser&&) noexcept;
  ~ResponseParser();

  Result<> feed(std::string& buffer);
  // The connection ended: the end of the body where nothing else says so, else Errc::unavailable.
  Result<> feed_end();

  bool has_head() const;
  bool is_complete() const;
  bool keeps_alive() const;
  Response& response();  // the body so far; may be taken out as it comes

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vigie::http
