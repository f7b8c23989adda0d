// SPDX-License-Identifier: Apache-2.0
#include "sim/routes.hpp"

#include <algorithm>

#include "http/guard.hpp"

namespace vigie::sim {
namespace {

struct Fixed {
  std::string_view path;
  std::string_view name;
  Host host;
  std::string_view user_parameter;  // empty: none
};
constexpr std::array<Fixed, 7> fixed_routes{{
    {"/api-live/user/room", "api-live", Host::web, "uniqueId"},
    {"/api/live/detail", "live_detail", Host::web, ""},
    {"/login", "login", Host::web, ""},
    {"/webcast/room/check_alive", "check_alive", Host::webcast, ""},
    {"/webcast/room/info", "room_info", Host::webcast, ""},
    {"/webcast/room/enter", "room_enter", Host::webcast, ""},
    {"/webcast/room/info_by_user", "room_info_by_user", Host::webcast, "unique_id"},
}};

}  // namespace

std::string_view to_string(Host host) {
  constexpr std::array<std::string_view, host_count> names{"web", "webcast", "cdn"};
  return names.at(static_cast<std::size_t>(host));
}

bool is_route_name(std::string_view text) {
  return std::ranges::find(route_names, text) != route_names.end();
}

std::optional<std::string> parameter_of(const http::Request& request, std::string_view name) {
  auto value = request.parameter(name);
  constexpr std::string_view form = "application/x-www-form-urlencoded";
  if (value || !request.headers.get("content-type").starts_with(form)) {
    return value;
  }
  for (auto& [key, text] : http::parse_query(request.body)) {
    if (key == name) {
      return std::move(text);
    }
  }
  return std::nullopt;
}

Route route_of(const http::Request& request) {
  auto path = std::string_view{request.path};
  if (path.size() > 1 && path.ends_with('/')) {
    path.remove_suffix(1);
  }
  for (const auto& fixed : fixed_routes) {
    if (path == fixed.path) {
      auto user =
          fixed.user_parameter.empty() ? std::nullopt : parameter_of(request, fixed.user_parameter);
      return {.name = fixed.name, .host = fixed.host, .user = std::move(user).value_or("")};
    }
  }
  if (path.starts_with("/embed/@")) {
    return {.name = "embed", .host = Host::web, .user = std::string{path.substr(8)}};
  }
  if (path == "/oembed") {
    const auto url = request.parameter("url").value_or("");
    const auto at = url.rfind("/@");
    auto user = at == std::string::npos ? std::string{} : url.substr(at + 2);
    return {.name = "oembed", .host = Host::web, .user = std::move(user)};
  }
  if (path.starts_with("/@")) {
    const auto name = path.substr(2);
    const bool is_live_page = name.ends_with("/live");
    return {.name = is_live_page ? "live_page" : "profile",
            .host = Host::web,
            .user = std::string{is_live_page ? name.substr(0, name.size() - 5) : name}};
  }
  return {};
}

std::optional<Host> host_named(std::string_view host_field) {
  const auto name = host_field.substr(0, host_field.find(':'));
  if (http::host_matches(name, "tiktokcdn.com")) {
    return Host::cdn;
  }
  if (!http::host_matches(name, "tiktok.com")) {
    return std::nullopt;
  }
  return name.starts_with("webcast.") ? Host::webcast : Host::web;
}

std::size_t origin_named(std::string_view host_field) {
  return host_field.starts_with("pull-flv-f2-") ? 1 : 0;
}

std::string_view room_parameter(std::string_view route) {
  if (route == "check_alive") {
    return "room_ids";
  }
  if (route == "live_detail") {
    return "roomID";
  }
  return route == "room_info" || route == "room_enter" ? "room_id" : std::string_view{};
}

bool is_plain_host(std::string_view host_field) {
  return !host_field.empty() && host_field.size() <= 255 &&
         std::ranges::all_of(host_field, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == ':' || c == '[' || c == ']' || c == '_';
         });
}

}  // namespace vigie::sim
