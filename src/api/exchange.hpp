// SPDX-License-Identifier: Apache-2.0
// What holds for every exchange with a program, whatever the route: bodies are JSON, and an answer
// that has not changed need not be sent again.
#pragma once
#include <optional>
#include <string_view>

#include "http/message.hpp"

namespace vigie::api {

// A body that is packed (415), or on a route of the API is not sent as JSON (415) or is none (400);
// nothing: it is fine.
std::optional<http::Response> refuse_body(const http::Request& request);

// A weak ETag of a JSON answer; 304 without a body when the caller holds the same.
void add_etag(std::string_view if_none_match, http::Response& response);

}  // namespace vigie::api
