// SPDX-License-Identifier: Apache-2.0
// Requests and answers as the rest of Vigie sees them: plain values, no Beast.
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace vigie::http {

// Header fields in order of arrival; names compare without case.
class Headers {
 public:
  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  void set(std::string name, std::string value);
  // The first field of that name, empty when there is none.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
  std::string method;  // upper case
  std::string target;  // as received
  std::string path;    // percent-decoded, without the query; always starts with '/'
  std::vector<std::pair<std::string, std::string>> query;  // percent-decoded, in order
  Headers headers;
  std::string body;
  std::string peer;  // the other end's address, without the port
  std::string id;    // the request id, for logs and problem answers

  std::optional<std::string> parameter(std::string_view name) const;  // of the query
  std::optional<std::string> cookie(std::string_view name) const;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
};

// How long an answer asks to wait: seconds, or a date, counted from the answer's own Date so that
// nobody's clock matters. Nothing said, or nothing sensible: 0.
std::chrono::seconds retry_after(const Headers& headers);

// "a=1&b=%C3%A9" → pairs; invalid escapes are kept as they are.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);
std::optional<std::string> percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);  // all but unreserved characters

}  // namespace vigie::http
