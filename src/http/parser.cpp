// SPDX-License-Identifier: Apache-2.0
#include "http/parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/text.hpp"

namespace vigie::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

constexpr std::size_t longest_response_head = 64 * 1024;
// What may lie unread between two chunks: a size line or the trailer.
constexpr std::size_t longest_gap = 16 * 1024;

std::string to_string(BeastView text) {
  return std::string{text.data(), text.size()};
}

// Collects fields and body; what follows the body (the trailer) is read and dropped.
template <bool IsRequest>
class Collector : public beast_http::basic_parser<IsRequest> {
 public:
  std::string method;
  std::string target;
  bool is_1_1 = false;
  int status = 0;
  Headers headers;
  std::string body;

  // What comes next is the size of a chunk, and with the last one the trailer.
  bool awaits_chunk() const {
    return this->is_header_done() && this->chunked() && left_of_chunk_ == 0;
  }

 protected:
  void on_request_impl(beast_http::verb, BeastView verb, BeastView where, int version,
                       error_code&) override {
    is_1_1 = version == 11;
    method = to_string(verb);
    target = to_string(where);
  }
  void on_response_impl(int code, BeastView, int, error_code&) override { status = code; }
  void on_field_impl(beast_http::field, BeastView name, BeastView value, error_code&) override {
    if (!in_body_) {
      headers.add(to_string(name), clean_utf8({value.data(), value.size()}, value.size() * 3));
    }
  }
  void on_header_impl(error_code&) override { in_body_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(BeastView bytes, error_code&) override {
    body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t size, BeastView, error_code&) override {
    left_of_chunk_ = size;
  }
  std::size_t on_chunk_body_impl(std::uint64_t left, BeastView bytes, error_code&) override {
    body.append(bytes.data(), bytes.size());
    left_of_chunk_ = left - bytes.size();
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}

 private:
  bool in_body_ = false;
  std::uint64_t left_of_chunk_ = 0;
};

// Beast unfolds the fields of a trailer (RFC 9112 §5.2), as it would those of a head.
bool has_folded_trailer(std::string_view rest) {
  if (rest.starts_with("\r\n")) {
    rest.remove_prefix(2);  // the end of the chunk before
  }
  const auto line = rest.substr(0, rest.find("\r\n"));
  const auto size = line.substr(0, line.find(';'));
  if (size.empty() || size.find_first_not_of('0') != std::string_view::npos) {
    return false;
  }
  const auto trailer = rest.substr(0, rest.find("\r\n\r\n"));
  return trailer.find("\r\n ") != std::string_view::npos ||
         trailer.find("\r\n\t") != std::string_view::npos;
}

// Feeds Beast until it wants bytes that buffer does not have.
template <bool IsRequest>
error_code put(Collector<IsRequest>& parser, std::string& buffer) {
  error_code error;
  std::size_t done = 0;
  while (done < buffer.size() && !parser.is_done()) {
    const boost::asio::const_buffer rest{buffer.data() + done, buffer.size() - done};
    if (parser.awaits_chunk() && has_folded_trailer(std::string_view{buffer}.substr(done))) {
      return beast_http::error::bad_value;
    }
    const auto used = parser.put(rest, error);
    done += used;
    if (error || used == 0) {
      break;
    }
  }
  buffer.erase(0, done);
  return error == beast_http::error::need_more ? error_code{} : error;
}

bool has_dot_segment(std::string_view path) {
  for (const auto segment : split(path, '/')) {
    if (segment == "." || segment == "..") {
      return true;
    }
  }
  return false;
}

bool is_clean_text(std::string_view text) {
  return is_valid_utf8(text) && text.find('\0') == std::string_view::npos;
}

// Path and query out of the target, in origin form or absolute form (RFC 9112 §3.2).
std::optional<Refusal> read_target(Request& request) {
  std::string_view target = request.target;
  if (!target.starts_with('/')) {
    if (!starts_with_ignoring_case(target, "http://") &&
        !starts_with_ignoring_case(target, "https://")) {
      return Refusal{400, "the request target is not a path"};
    }
    target.remove_prefix(target.find("://") + 3);
    const auto slash = target.find('/');
    // The program in front may go by the one and the handler by the other.
    if (!equals_ignoring_case(target.substr(0, slash), request.headers.get("host"))) {
      return Refusal{400, "the request target and the Host field name two hosts"};
    }
    target = slash == std::string_view::npos ? std::string_view{"/"} : target.substr(slash);
  }
  if (target.find('#') != std::string_view::npos) {
    return Refusal{400, "the request target has a fragment"};
  }
  const auto question = target.find('?');
  auto path = percent_decode(target.substr(0, question));
  if (!path || !is_clean_text(*path) || has_dot_segment(*path)) {
    return Refusal{400, "the path of the request cannot be read"};
  }
  request.path = std::move(*path);
  if (question != std::string_view::npos) {
    request.query = parse_query(target.substr(question + 1));
  }
  for (const auto& [name, value] : request.query) {
    if (!is_clean_text(name) || !is_clean_text(value)) {
      return Refusal{400, "the query of the request is not text"};
    }
  }
  return std::nullopt;
}

}  // namespace

struct RequestParser::Impl {
  Collector<true> beast;
  Request request;
  std::size_t checked = 0;  // bytes of the head found right so far
  bool skipped = false;     // the one empty line that may come first
  bool wants_continue = false;
};

RequestParser::RequestParser(std::size_t max_body) : impl_{std::make_unique<Impl>()} {
  impl_->beast.header_limit(longest_head);
  impl_->beast.body_limit(max_body);
  impl_->beast.eager(false);
}
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;
RequestParser::~RequestParser() = default;

bool RequestParser::has_head() const {
  return impl_->beast.is_header_done();
}
bool RequestParser::is_complete() const {
  return impl_->beast.is_done();
}
bool RequestParser::wants_continue() const {
  return impl_->wants_continue;
}
bool RequestParser::keeps_alive() const {
  // HTTP/1.0's own way of keeping connections is not spoken.
  return impl_->beast.is_1_1 && impl_->beast.keep_alive();
}

std::optional<Refusal> RequestParser::feed(std::string& buffer) {
  if (!has_head()) {
    if (auto refusal = feed_head(buffer)) {
      return refusal;
    }
  }
  if (has_head() && !is_complete()) {
    return feed_body(buffer);
  }
  return std::nullopt;
}

std::optional<Refusal> RequestParser::feed_head(std::string& buffer) {
  if (!impl_->skipped && impl_->checked == 0 && buffer.starts_with("\r\n")) {
    impl_->skipped = true;
    buffer.erase(0, 2);  // some clients end a body with one line break too many (RFC 9112 §2.2)
  }
  const auto from = impl_->checked;
  const auto end = buffer.find("\r\n\r\n", from < 3 ? 0 : from - 3);
  if (end == std::string::npos) {
    // The last byte is looked at again: a carriage return is judged by what follows it.
    impl_->checked = buffer.empty() ? 0 : buffer.size() - 1;
    return check_head_bytes(buffer, from);
  }
  if (auto refusal = check_request_head(std::string_view{buffer}.substr(0, end + 4))) {
    return refusal;
  }
  error_code error;
  buffer.erase(0, impl_->beast.put(boost::asio::const_buffer{buffer.data(), end + 4}, error));
  if (error == beast_http::error::body_limit) {
    return Refusal{413, "the body is too large"};
  }
  if ((error && error != beast_http::error::need_more) || !has_head()) {
    return Refusal{400, "the head of the request cannot be read"};
  }
  impl_->request.method = impl_->beast.method;
  impl_->request.target = impl_->beast.target;
  impl_->request.headers = std::move(impl_->beast.headers);
  if (impl_->request.headers.has("expect")) {
    if (!equals_ignoring_case(impl_->request.headers.get("expect"), "100-continue")) {
      return Refusal{417, "the only expectation understood is 100-continue"};
    }
    impl_->wants_continue = !is_complete();
  }
  return read_target(impl_->request);
}

std::optional<Refusal> RequestParser::feed_body(std::string& buffer) {
  const auto error = put(impl_->beast, buffer);
  if (error == beast_http::error::body_limit) {
    return Refusal{413, "the body is too large"};
  }
  if (error || (!is_complete() && buffer.size() > longest_gap)) {
    return Refusal{400, "the body is not chunked as it should be"};
  }
  return std::nullopt;
}

Request RequestParser::take() {
  impl_->request.body = std::move(impl_->beast.body);
  return std::move(impl_->request);
}

struct ResponseParser::Impl {
  Collector<false> beast;
  Response response;
};

ResponseParser::ResponseParser(std::optional<std::size_t> max_body, bool is_head)
    : impl_{std::make_unique<Impl>()} {
  impl_->beast.header_limit(longest_response_head);
  if (max_body) {
    impl_->beast.body_limit(*max_body);
  } else {
    impl_->beast.body_limit(boost::none);
  }
  impl_->beast.skip(is_head);
}
ResponseParser::ResponseParser(ResponseParser&&) noexcept = default;
ResponseParser& ResponseParser::operator=(ResponseParser&&) noexcept = default;
ResponseParser::~ResponseParser() = default;

bool ResponseParser::has_head() const {
  return impl_->beast.is_header_done();
}
bool ResponseParser::is_complete() const {
  return impl_->beast.is_done();
}
bool ResponseParser::keeps_alive() const {
  return impl_->beast.keep_alive();
}
Response& ResponseParser::response() {
  return impl_->response;
}

Result<> ResponseParser::feed(std::string& buffer) {
  auto& beast = impl_->beast;
  const bool had_head = has_head();
  const auto error = put(beast, buffer);
  if (!had_head && has_head()) {
    impl_->response.status = beast.status;
    impl_->response.headers = std::move(beast.headers);
  }
  impl_->response.body += beast.body;
  beast.body.clear();
  if (error == beast_http::error::body_limit) {
    return make_error(Errc::corrupt, "the answer is larger than allowed");
  }
  if (error) {
    return make_error(Errc::corrupt, "the answer is not HTTP ({})", error.message());
  }
  if (has_head() && !is_complete() && buffer.size() > longest_gap) {
    return make_error(Errc::corrupt, "the answer is not chunked as it should be");
  }
  return {};
}

Result<> ResponseParser::feed_end() {
  error_code error = beast_http::error::partial_message;
  if (impl_->beast.got_some()) {
    impl_->beast.put_eof(error);
  }
  if (error || !is_complete()) {
    return make_error(Errc::unavailable, "the connection ended within the answer");
  }
  return {};
}

}  // namespace vigie::http
