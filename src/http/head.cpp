// SPDX-License-Identifier: Apache-2.0
#include "http/head.hpp"

#include "base/text.hpp"

namespace vigie::http {
namespace {

bool is_control(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return (byte < 0x20 && letter != '\t') || byte == 0x7F;
}

Refusal malformed(std::string_view why) {
  return Refusal{400, std::string{why}};
}

std::optional<Refusal> check_request_line(std::string_view line) {
  if (line.size() > longest_request_line) {
    return malformed("the request line is too long");
  }
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return malformed("the request line has not three parts");
  }
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (!is_token(line.substr(0, first)) || first > 32) {
    return malformed("the method is not a word");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return malformed("the version of HTTP is not 1.0 or 1.1");
  }
  for (const char letter : target) {
    if (static_cast<unsigned char>(letter) <= 0x20 || static_cast<unsigned char>(letter) >= 0x7F) {
      return malformed("the request target has letters that no URL has");
    }
  }
  return std::nullopt;
}

// What the fields say about where the message ends and whom it is for.
struct Framing {
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
};

std::optional<Refusal> check_field(std::string_view line, Framing& framing) {
  if (line.front() == ' ' || line.front() == '\t') {
    return malformed("a header field is folded over several lines");
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return malformed("a header field has no proper name");
  }
  const auto name = line.substr(0, colon);
  const auto value = trim(line.substr(colon + 1));
  if (equals_ignoring_case(name, "host")) {
    ++framing.hosts;
    if (value.find_first_of(" \t,/@\\\"<>?#") != std::string_view::npos) {
      return malformed("the Host field is not a host");
    }
  }
  if (equals_ignoring_case(name, "content-length")) {
    ++framing.lengths;
    if (value.empty() || value.size() > 18 ||
        value.find_first_not_of("0123456789") != std::string_view::npos) {
      return malformed("the Content-Length field is not a number");
    }
  }
  if (equals_ignoring_case(name, "transfer-encoding")) {
    ++framing.codings;
    if (!equals_ignoring_case(value, "chunked")) {
      return malformed("the only Transfer-Encoding understood is chunked");
    }
  }
  return std::nullopt;
}

std::optional<Refusal> check_framing(const Framing& framing, bool is_1_0) {
  if (framing.lengths > 1 || framing.codings > 1 || (framing.lengths > 0 && framing.codings > 0)) {
    return malformed("the request says twice how long its body is");
  }
  if (framing.codings > 0 && is_1_0) {
    return malformed("HTTP/1.0 knows no Transfer-Encoding");
  }
  if (framing.hosts > 1 || (framing.hosts == 0 && !is_1_0)) {
    return malformed("a request has one Host field");
  }
  return std::nullopt;
}

}  // namespace

bool is_token(std::string_view text) {
  constexpr std::string_view letters =
      "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos;
}

std::optional<Refusal> check_head_bytes(std::string_view bytes, std::size_t from) {
  for (std::size_t i = from; i < bytes.size(); ++i) {
    const bool line_feed = bytes[i] == '\n';
    if (line_feed && (i == 0 || bytes[i - 1] != '\r')) {
      return malformed("a line ends without a carriage return");
    }
    if (bytes[i] == '\r' && i + 1 < bytes.size() && bytes[i + 1] != '\n') {
      return malformed("a carriage return without a line feed");
    }
    if (is_control(bytes[i]) && !line_feed && bytes[i] != '\r') {
      return malformed("a control character in the head");
    }
  }
  if (bytes.size() > longest_head) {
    return Refusal{431, "the head of the request is too long"};
  }
  if (bytes.size() > longest_request_line && bytes.find("\r\n") > longest_request_line) {
    return malformed("the request line is too long");
  }
  return std::nullopt;
}

std::optional<Refusal> check_request_head(std::string_view head) {
  if (auto refusal = check_head_bytes(head, 0)) {
    return refusal;
  }
  auto line_end = head.find("\r\n");
  const auto request_line = head.substr(0, line_end);
  if (auto refusal = check_request_line(request_line)) {
    return refusal;
  }
  Framing framing;
  std::size_t fields = 0;
  while (true) {
    head.remove_prefix(line_end + 2);
    line_end = head.find("\r\n");
    if (line_end == 0 || line_end == std::string_view::npos) {
      break;
    }
    if (++fields > most_fields) {
      return Refusal{431, "the request has too many header fields"};
    }
    if (auto refusal = check_field(head.substr(0, line_end), framing)) {
      return refusal;
    }
  }
  return check_framing(framing, request_line.ends_with("1.0"));
}

}  // namespace vigie::http
