// SPDX-License-Identifier: Apache-2.0
// Everything of HTTP that reads bytes of strangers: requests, answers, queries, cookies, packed
// bodies. Properties: the pieces in which bytes come change nothing; an accepted request is
// unambiguous; no header value makes a second header.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "http/inflate.hpp"
#include "http/parser.hpp"
#include "http/wire.hpp"

namespace {

using namespace vigie;
using namespace vigie::http;

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

struct Reading {
  std::vector<Request> requests;
  bool refused = false;
};

void check_unambiguous(const Request& request) {
  const auto count = [&](std::string_view name) {
    return std::count_if(
        request.headers.fields().begin(), request.headers.fields().end(),
        [&](const auto& field) { return equals_ignoring_case(field.first, name); });
  };
  require(count("content-length") + count("transfer-encoding") <= 1);
  require(count("host") <= 1);
  require(request.path.starts_with('/') && is_valid_utf8(request.path));
  require(request.headers.fields().size() <= most_fields);
  require(request.body.size() <= 4096);
  if (request.headers.has("content-length")) {
    require(to_integer(request.headers.get("content-length")) ==
            static_cast<std::int64_t>(request.body.size()));
  }
  for (const auto& [name, value] : request.headers.fields()) {
    require(is_sendable_field(name, value));
  }
  (void)request.cookie("vigie");
}

// Reads bytes as a connection does, in pieces of the given size.
Reading read_requests(const std::string& bytes, std::size_t piece) {
  Reading reading;
  RequestParser parser{4096};
  std::string buffer;
  for (std::size_t at = 0; at < bytes.size() && !reading.refused; at += piece) {
    buffer += bytes.substr(at, piece);
    bool goes_on = true;
    while (goes_on && !reading.refused) {
      reading.refused = parser.feed(buffer).has_value();
      goes_on = !reading.refused && parser.is_complete();
      if (goes_on) {
        reading.requests.push_back(parser.take());
        check_unambiguous(reading.requests.back());
        parser = RequestParser{4096};
        goes_on = !buffer.empty();
      }
    }
  }
  return reading;
}

void check_requests(const std::string& bytes, std::size_t piece) {
  const auto whole = read_requests(bytes, bytes.size() + 1);
  const auto split = read_requests(bytes, piece);
  require(whole.refused == split.refused);
  require(whole.requests.size() == split.requests.size());
  for (std::size_t i = 0; i < whole.requests.size(); ++i) {
    require(whole.requests[i].target == split.requests[i].target);
    require(whole.requests[i].body == split.requests[i].body);
    require(whole.requests[i].headers.fields() == split.requests[i].headers.fields());
  }
}

struct AnswerRead {
  Response response;
  bool failed = false;
  bool complete = false;
};

AnswerRead read_answer(const std::string& bytes, std::size_t piece, bool is_head) {
  AnswerRead read;
  ResponseParser parser{8192, is_head};
  std::string buffer;
  for (std::size_t at = 0; at < bytes.size() && !read.failed && !parser.is_complete();
       at += piece) {
    buffer += bytes.substr(at, piece);
    read.failed = !parser.feed(buffer);
  }
  if (!read.failed && !parser.is_complete()) {
    read.failed = !parser.feed_end();
  }
  read.complete = parser.is_complete();
  read.response = parser.response();
  require(read.response.body.size() <= 8192);
  return read;
}

void check_answers(const std::string& bytes, std::size_t piece, bool is_head) {
  const auto whole = read_answer(bytes, bytes.size() + 1, is_head);
  const auto split = read_answer(bytes, piece, is_head);
  require(whole.failed == split.failed && whole.complete == split.complete);
  if (whole.complete) {
    require(whole.response.status == split.response.status);
    require(whole.response.body == split.response.body);
  }
}

void check_text(const std::string& bytes) {
  (void)parse_query(bytes);
  require(percent_decode(percent_encode(bytes)) == bytes);
  (void)percent_decode(bytes);
  Response response;
  response.headers.add("X-A", bytes);
  response.headers.add(bytes, "b");
  const auto head = write_response_head(response, {});
  const auto lines = std::count(head.begin(), head.end(), '\n');
  require(lines == 5 || (lines == 6 && is_token(bytes)));
  require(head.find("\r\n\r\n") == head.size() - 4);
  for (const auto* coding : {"gzip", "deflate"}) {
    const auto plain = inflate_body(bytes, coding, 65536);
    require(!plain || plain->size() <= 65536);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::size_t piece = 1 + (data[0] & 0x3FU);
  const std::string bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  check_requests(bytes, piece);
  check_answers(bytes, piece, (data[0] & 0x80U) != 0);
  check_text(bytes);
  return 0;
}
