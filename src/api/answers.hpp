// SPDX-License-Identifier: Apache-2.0
// The forms of our answers: JSON, problem+json (RFC 9457), pages; each with the headers every
// answer carries (requirement B2).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "http/html.hpp"
#include "http/message.hpp"

namespace vigie::api {

// null where there is nothing; a time as RFC 3339.
template <class T>
json::value or_null(const std::optional<T>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}
json::value or_null(const std::optional<Time>& time);
json::value text_or_null(std::string_view text);  // nothing: an empty one

http::Response json_answer(int status, const json::value& body);
http::Response no_content();

// {items, next_cursor}: next is empty on the last page.
http::Response page_answer(json::array items, const std::string& next);

int status_of(Errc code);

// Errors of ours in words for people; what must stay inside (Errc::unavailable, corrupt, timeout)
// is said in general terms, its details go to the log under the request id.
http::Response problem(const Error& error, std::string_view request_id);
http::Response problem(int status, std::string_view title, std::string_view detail,
                       std::string_view request_id);

// "username: too short; password: too common" → both, apart; none when no field is named.
std::vector<std::pair<std::string_view, std::string_view>> field_words(std::string_view detail);

http::Response html_answer(int status, const http::Html& page);
http::Response redirect(std::string_view to);

// Content-Security-Policy with Trusted Types, nosniff, referrer, permissions, cross-origin
// isolation, and no caching unless the answer says otherwise.
void add_security_headers(http::Response& response, bool over_tls);

}  // namespace vigie::api
