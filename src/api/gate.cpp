// SPDX-License-Identifier: Apache-2.0
#include "api/gate.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/guard.hpp"

namespace vigie::api {
namespace {

// "example.org:8080" → "example.org", "[::1]:80" → "[::1]"; empty when more than a port follows.
std::string host_name(std::string_view host) {
  const auto bracket = host.starts_with('[') ? host.find(']') : std::string_view::npos;
  const auto end = bracket != std::string_view::npos ? bracket + 1 : host.find(':');
  const auto name = host.substr(0, end);
  const auto rest = end < host.size() ? host.substr(end) : std::string_view{};
  const bool is_port =
      rest.starts_with(':') && rest.find_first_not_of("0123456789", 1) == std::string_view::npos;
  return rest.empty() || is_port ? to_lower_ascii(name) : std::string{};
}

bool is_loopback_name(std::string_view name) {
  return name == "localhost" || name == "[::1]" || name == "127.0.0.1";
}

bool is_loopback_peer(std::string_view peer) {
  return peer == "::1" || peer.starts_with("127.");
}

// The last field of that name: some proxies add theirs behind what the client sent instead of
// taking its place (HAProxy's forwardfor).
std::string_view last_field(const http::Headers& headers, std::string_view name) {
  std::string_view last;
  for (const auto& [field, value] : headers.fields()) {
    if (equals_ignoring_case(field, name)) {
      last = value;
    }
  }
  return last;
}

bool allows(std::string_view rule, std::string_view name) {
  if (rule == "*") {
    return true;
  }
  if (rule.starts_with('.')) {
    return http::host_matches(name, rule.substr(1));
  }
  return equals_ignoring_case(rule, name);
}

}  // namespace

Result<> Gate::check_host(const http::Request& request) const {
  const auto name = host_name(request.headers.get("Host"));
  const bool known = is_loopback_name(name) ||
                     std::ranges::any_of(options_.allowed_hosts,
                                         [&](const auto& rule) { return allows(rule, name); });
  if (!known) {
    return make_error(
        Errc::denied,
        "Vigie does not answer for this host; the operator can add it to ALLOWED_HOSTS");
  }
  return {};
}

Result<> Gate::check_origin(const http::Request& request) const {
  const auto site = request.headers.get("Sec-Fetch-Site");
  if (!site.empty() && site != "same-origin" && site != "none") {
    return make_error(Errc::denied, "this request comes from another site");
  }
  const auto origin = request.headers.get("Origin");
  if (origin.empty()) {
    return {};
  }
  const auto scheme_end = origin.find("://");
  const auto host = scheme_end == std::string_view::npos ? origin : origin.substr(scheme_end + 3);
  if (!equals_ignoring_case(host, request.headers.get("Host"))) {
    return make_error(Errc::denied, "this request comes from another site");
  }
  return {};
}

bool Gate::is_over_tls(const http::Request& request) const {
  return last_field(request.headers, "X-Forwarded-Proto") == "https" &&
         !http::is_public_address(request.peer);
}

bool Gate::came_unencrypted(const http::Request& request) const {
  return !options_.debug && last_field(request.headers, "X-Forwarded-Proto") == "http" &&
         !http::is_public_address(request.peer);
}

std::string Gate::secure_address(const http::Request& request) const {
  const bool is_path = request.target.starts_with('/');
  return fmt::format("https://{}{}", host_name(request.headers.get("Host")),
                     is_path ? std::string_view{request.target} : std::string_view{"/"});
}

std::string Gate::client_address(const http::Request& request) const {
  const auto hops = split(last_field(request.headers, "X-Forwarded-For"), ',');
  const auto last = trim(hops.back());
  return last.empty() || http::is_public_address(request.peer) ? request.peer : std::string{last};
}

bool Gate::may_carry_session(const http::Request& request) const {
  return options_.debug || is_over_tls(request) || is_loopback_peer(request.peer);
}

std::string_view Gate::cookie_name(const http::Request& request) const {
  return is_over_tls(request) ? "__Host-vigie" : "vigie";
}

std::string Gate::set_cookie(const http::Request& request, std::string_view token) const {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax{}", cookie_name(request), token,
                     is_over_tls(request) ? "; Secure" : "");
}

std::string Gate::clear_cookie(const http::Request& request) const {
  return set_cookie(request, "") + "; Max-Age=0";
}

}  // namespace vigie::api
