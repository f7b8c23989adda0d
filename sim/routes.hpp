// SPDX-License-Identifier: Apache-2.0
// Which of TikTok's hosts, and what there, a request is about.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace vigie::sim {

enum class Host : std::uint8_t { web, webcast, cdn };
constexpr std::size_t host_count = 3;
std::string_view to_string(Host host);

// What a path is about. Streams, the controls and the fake model are not among them.
struct Route {
  std::string_view name;  // in the statistics; empty: nothing known
  Host host = Host::web;
  std::string user;  // as the client wrote it; empty: the path names none
};
Route route_of(const http::Request& request);

// Every name that /__sim/stats counts and that `route=` of a fault may be.
constexpr std::array<std::string_view, 16> route_names{
    "api-live",   "check_alive", "room_info", "room_info_by_user",
    "room_enter", "live_detail", "live_page", "profile",
    "embed",      "oembed",      "login",     "flv",
    "hls",        "signer",      "webcast",   "llm"};
bool is_route_name(std::string_view text);

// The host that a Host field names: www.tiktok.com, webcast.tiktok.com (also of a region),
// pull-….tiktokcdn.com. Nothing for any other name, such as 127.0.0.1:8099.
std::optional<Host> host_named(std::string_view host_field);

// Which of the stream origin's two ports a name of TikTok's stands for: 1 for "pull-flv-f2-…".
std::size_t origin_named(std::string_view host_field);

// The parameter that names rooms in a request to a route; empty: none does.
std::string_view room_parameter(std::string_view route);

// True for what may be written into an address: host names, numbers, ports.
bool is_plain_host(std::string_view host_field);

// A parameter of the query, or else of a form sent as the body.
std::optional<std::string> parameter_of(const http::Request& request, std::string_view name);

}  // namespace vigie::sim
