// SPDX-License-Identifier: Apache-2.0
#include "api/openapi.hpp"

#include <boost/json/array.hpp>
#include <set>
#include <stdexcept>

#include "api/access.hpp"
#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "base/text.hpp"

namespace vigie::api {

std::string_view openapi_source();  // openapi.json, embedded

namespace {

const json::object& source() {
  static const json::value parsed = [] {
    auto value = parse_json(openapi_source());
    if (!value) {
      throw std::logic_error("openapi.json: " + value.error().what);
    }
    return std::move(*value);
  }();
  return parsed.as_object();
}

std::string key_of(const Route& route) {
  return fmt::format("{} {}", route.method, route.path);
}

// The pages are for people: they are not described.
bool is_for_programs(const Route& route) {
  return route.path.starts_with("/api/") || route.path.ends_with("z");  // healthz, readyz
}

json::object reference(std::string_view kind, std::string_view name) {
  return {{"$ref", fmt::format("#/components/{}/{}", kind, name)}};
}

json::object content(std::string_view type, json::object schema) {
  return {{type, {{"schema", std::move(schema)}}}};
}

// "Account", "[Account]" for a page of them, "text/html", "" for nothing.
json::object answer_of(std::string_view what) {
  json::object answer{{"description", "Done."}};
  if (what.find('/') != std::string_view::npos) {
    answer["content"] = content(what, {});
  } else if (what.starts_with('[')) {
    const auto item = what.substr(1, what.size() - 2);
    json::object page{{"type", "object"},
                      {"required", {"items", "next_cursor"}},
                      {"properties",
                       {{"items", {{"type", "array"}, {"items", reference("schemas", item)}}},
                        {"next_cursor", {{"type", {"string", "null"}}}}}}};
    answer["content"] = content("application/json", std::move(page));
  } else if (!what.empty()) {
    answer["content"] = content("application/json", reference("schemas", what));
  }
  return answer;
}

// What any route of its kind may also answer.
std::set<std::int64_t> usual_failures(const Route& route, const json::object& operation) {
  std::set<std::int64_t> statuses{400, 421, 422, 429, 503};
  if ((route.roles & anonymous) == 0) {
    statuses.insert({401, 403});
  }
  if (route.path.find('{') != std::string_view::npos) {
    statuses.insert(404);
  }
  if (operation.contains("body")) {
    statuses.insert({413, 415});
  }
  return statuses;
}

json::object answers_of(const Route& route, const json::object& operation) {
  json::object answers;
  for (const auto status : usual_failures(route, operation)) {
    answers[std::to_string(status)] = reference("responses", "Problem");
  }
  if (const auto* fails = operation.if_contains("fails")) {
    for (const auto& status : fails->as_array()) {
      const bool is_problem = status.as_int64() >= 400;
      answers[std::to_string(status.as_int64())] =
          is_problem ? reference("responses", "Problem") : json::object{{"description", "Done."}};
    }
  }
  for (const auto& [status, what] : operation.at("answers").as_object()) {
    answers[status] = answer_of(std::string_view{what.as_string()});
  }
  return answers;
}

json::array parameters_of(const Route& route, const json::object& operation) {
  json::array parameters;
  for (const auto part : split(route.path, '/')) {
    if (part.starts_with('{')) {
      parameters.push_back({{"name", part.substr(1, part.size() - 2)},
                            {"in", "path"},
                            {"required", true},
                            {"schema", {{"type", "string"}, {"minLength", 1}}}});
    }
  }
  if (const auto* query = operation.if_contains("query")) {
    for (const auto& name : query->as_array()) {
      parameters.push_back(reference("parameters", std::string_view{name.as_string()}));
    }
  }
  return parameters;
}

json::object operation_of(const Route& route, const json::object& described) {
  json::object operation{{"summary", described.at("does")},
                         {"parameters", parameters_of(route, described)},
                         {"responses", answers_of(route, described)}};
  if (const auto* body = described.if_contains("body")) {
    operation["requestBody"] = {
        {"required", true},
        {"content",
         content("application/json", reference("schemas", std::string_view{body->as_string()}))}};
  }
  if ((route.roles & anonymous) != 0) {
    operation["security"] = json::array{};
  }
  return operation;
}

json::object components() {
  return {{"parameters", source().at("parameters")},
          {"schemas", source().at("schemas")},
          {"responses",
           {{"Problem",
             {{"description", "Why not, in words."},
              {"content", content("application/problem+json", reference("schemas", "Problem"))}}}}},
          {"securitySchemes",
           {{"token", {{"type", "http"}, {"scheme", "bearer"}}},
            {"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "__Host-vigie"}}}}}};
}

json::object make_document() {
  json::object paths;
  for (const auto& route : routes()) {
    const auto* described = source().at("operations").as_object().if_contains(key_of(route));
    if (described == nullptr) {
      continue;
    }
    auto& path = paths[route.path];
    if (path.is_null()) {
      path.emplace_object();
    }
    path.as_object()[to_lower_ascii(route.method)] = operation_of(route, described->as_object());
  }
  return {
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "Vigie"},
        {"version", "1"},
        {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}},
        {"description",
         "Events come over the WebSocket /api/v1/events?after=<id>. Browsers send X-CSRF-Token, "
         "told by GET /session, with all that changes something."}}},
      {"security", {{{"token", json::array{}}}, {{"session", json::array{}}}}},
      {"paths", std::move(paths)},
      {"components", components()}};
}

}  // namespace

const json::object& openapi_document() {
  static const json::object document = make_document();
  return document;
}

std::vector<std::string> undescribed_routes() {
  std::vector<std::string> missing;
  for (const auto& route : routes()) {
    if (is_for_programs(route) && !source().at("operations").as_object().contains(key_of(route))) {
      missing.push_back(key_of(route));
    }
  }
  return missing;
}

std::vector<std::string> descriptions_without_route() {
  std::set<std::string> known;
  for (const auto& route : routes()) {
    known.insert(key_of(route));
  }
  std::vector<std::string> unknown;
  for (const auto& [key, operation] : source().at("operations").as_object()) {
    if (!known.contains(std::string{key})) {
      unknown.emplace_back(key);
    }
  }
  return unknown;
}

Async<Result<http::Response>> show_openapi(Services&, Call) {
  co_return json_answer(200, openapi_document());
}

}  // namespace vigie::api
