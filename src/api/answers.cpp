// SPDX-License-Identifier: Apache-2.0
#include "api/answers.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "http/policy.hpp"

namespace vigie::api {
namespace {

json::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "Bad request";
    case 401:
      return "Not signed in";
    case 403:
      return "Not allowed";
    case 404:
      return "Not found";
    case 405:
      return "Method not allowed";
    case 409:
      return "Conflict";
    case 413:
      return "Too large";
    case 415:
      return "Unsupported media type";
    case 421:
      return "Wrong host";
    case 422:
      return "Invalid";
    case 429:
      return "Too many requests";
    case 503:
      return "Unavailable";
    case 504:
      return "No answer in time";
    default:
      return "Error";
  }
}

bool stays_inside(Errc code) {
  return code == Errc::unavailable || code == Errc::corrupt || code == Errc::timeout;
}

// What must stay inside is said in general terms; and what is missing in the same words as what may
// not be seen, whatever its id (A11).
std::string_view words_for_callers(const Error& error) {
  if (stays_inside(error.code)) {
    return "Vigie cannot answer this now; the log says why under this request id";
  }
  return error.code == Errc::not_found
             ? std::string_view{"there is no such thing, or you may not see it"}
             : std::string_view{error.what};
}

// "note: at most 2000 bytes" → "note": our words for a wrong field begin with its name.
std::string_view field_of(std::string_view detail) {
  const auto colon = detail.find(": ");
  const auto name = detail.substr(0, colon == std::string_view::npos ? 0 : colon);
  const auto is_part = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return std::ranges::all_of(name, is_part) ? name : std::string_view{};
}

bool is_about_fields(int status) {
  return status == 400 || status == 422 || status == 409;
}

http::Response with_body(int status, std::string_view type, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", std::string{type});
  response.body = std::move(body);
  return response;
}

}  // namespace

std::vector<std::pair<std::string_view, std::string_view>> field_words(std::string_view detail) {
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  for (auto field = field_of(detail); !field.empty(); field = field_of(detail)) {
    const auto rest = detail.substr(field.size() + 2);
    auto end = rest.find("; ");
    while (end != std::string_view::npos && field_of(rest.substr(end + 2)).empty()) {
      end = rest.find("; ", end + 2);
    }
    fields.emplace_back(field, rest.substr(0, end));
    detail = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 2);
  }
  return fields;
}

json::value or_null(const std::optional<Time>& time) {
  return time ? json::value(to_rfc3339(*time)) : json::value(nullptr);
}

json::value text_or_null(std::string_view text) {
  return text.empty() ? json::value(nullptr) : json::value(view(text));
}

http::Response json_answer(int status, const json::value& body) {
  return with_body(status, "application/json", json::serialize(body));
}

http::Response no_content() {
  http::Response response;
  response.status = 204;
  return response;
}

http::Response page_answer(json::array items, const std::string& next) {
  json::object page;
  page["items"] = std::move(items);
  page["next_cursor"] = text_or_null(next);
  return json_answer(200, std::move(page));  // a copy would cost as much as the page
}

int status_of(Errc code) {
  switch (code) {
    case Errc::not_found:
      return 404;
    case Errc::conflict:
      return 409;
    case Errc::invalid:
      return 422;
    case Errc::denied:
      return 403;
    case Errc::rate_limited:
      return 429;
    case Errc::unavailable:
      return 503;
    case Errc::timeout:
      return 504;
    case Errc::corrupt:
      return 500;
  }
  return 500;
}

http::Response problem(int status, std::string_view title, std::string_view detail,
                       std::string_view request_id) {
  json::object body{{"type", "about:blank"},
                    {"title", view(title)},
                    {"status", status},
                    {"detail", view(detail)},
                    {"request_id", view(request_id)}};
  if (const auto fields = field_words(detail); is_about_fields(status) && !fields.empty()) {
    json::array errors;
    for (const auto& [field, said] : fields) {
      errors.push_back(json::object{{"field", view(field)}, {"detail", view(said)}});
    }
    body["errors"] = std::move(errors);
  }
  return with_body(status, "application/problem+json", json::serialize(body));
}

http::Response problem(const Error& error, std::string_view request_id) {
  // A cursor is ours to make: a wrong one is no value of the caller's but a broken request.
  const bool is_bad_cursor = error.code == Errc::invalid && field_of(error.what) == "cursor";
  const auto status = is_bad_cursor ? 400 : status_of(error.code);
  const auto detail = words_for_callers(error);
  auto response = problem(status, title_of(status), detail, request_id);
  if (error.retry_after.count() > 0) {
    response.headers.add("Retry-After", std::to_string(error.retry_after.count()));
  }
  return response;
}

http::Response html_answer(int status, const http::Html& page) {
  return with_body(status, "text/html; charset=utf-8", page.str());
}

http::Response redirect(std::string_view to) {
  http::Response response;
  response.status = 303;
  response.headers.add("Location", std::string{to});
  return response;
}

void add_security_headers(http::Response& response, bool over_tls) {
  auto& headers = response.headers;
  http::set_policy(headers);
  if (over_tls) {
    headers.set("Strict-Transport-Security", "max-age=31536000");
  }
  if (!headers.has("Cache-Control")) {
    headers.set("Cache-Control", "no-store");
  }
}

}  // namespace vigie::api
