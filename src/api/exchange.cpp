// SPDX-License-Identifier: Apache-2.0
#include "api/exchange.hpp"

#include <functional>

#include "api/answers.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace vigie::api {
namespace {

bool is_json(std::string_view type) {
  const auto name = trim(type.substr(0, type.find(';')));
  return equals_ignoring_case(name, "application/json");
}

}  // namespace

std::optional<http::Response> refuse_body(const http::Request& request) {
  const auto packing = request.headers.get("Content-Encoding");
  if (!packing.empty() && !equals_ignoring_case(packing, "identity")) {
    return problem(415, "Unsupported media type",
                   "send the body as it is, without Content-Encoding", request.id);
  }
  if (request.body.empty() || !request.path.starts_with("/api/")) {
    return std::nullopt;
  }
  if (!is_json(request.headers.get("Content-Type"))) {
    return problem(415, "Unsupported media type", "send JSON, with Content-Type: application/json",
                   request.id);
  }
  if (const auto value = parse_json(request.body); !value) {
    return problem(400, "Bad request", "the body is " + value.error().what, request.id);
  }
  return std::nullopt;
}

void add_etag(std::string_view if_none_match, http::Response& response) {
  if (response.status != 200 || response.headers.get("Content-Type") != "application/json") {
    return;
  }
  if (!response.headers.has("ETag")) {
    // Not a secret and no proof: two answers that differ and agree in it are merely shown late.
    response.headers.add("ETag", fmt::format("W/\"{:x}-{:x}\"", response.body.size(),
                                             std::hash<std::string_view>{}(response.body)));
  }
  const std::string tag{response.headers.get("ETag")};
  for (const auto known : split(if_none_match, ',')) {
    if (trim(known) == tag || trim(known) == "*") {
      response.status = 304;
      response.body.clear();
      return;
    }
  }
}

}  // namespace vigie::api
