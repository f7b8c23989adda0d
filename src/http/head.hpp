// SPDX-License-Identifier: Apache-2.0
// The strict reading of a request's head, in front of Beast's parser: everything two programs could
// read in two ways is refused here (requirement B12). For the HTTP room only.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vigie::http {

constexpr std::size_t longest_head = 16 * 1024;
constexpr std::size_t longest_request_line = 8 * 1024;
constexpr std::size_t most_fields = 100;

struct Refusal {
  int status = 400;
  std::string why;  // for the log and the answer: never the peer's own words
};

// True for RFC 9110's token: methods and field names.
bool is_token(std::string_view text);

// What is already wrong with the first bytes of a head whose end has not come yet; bytes before
// `from` were found right earlier.
std::optional<Refusal> check_head_bytes(std::string_view bytes, std::size_t from);

// What is wrong with a whole head, from the request line to the empty line.
std::optional<Refusal> check_request_head(std::string_view head);

}  // namespace vigie::http
