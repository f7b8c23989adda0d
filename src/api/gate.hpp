// SPDX-License-Identifier: Apache-2.0
// What stands before every route: is this request meant for us, and may this browser have sent it?
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"

namespace vigie::api {

struct GateOptions {
  std::vector<std::string>
      allowed_hosts;   // ALLOWED_HOSTS and DOMAIN; "*" allows any, ".a.fr" its children
  bool debug = false;  // DEBUG: plain HTTP from afar is let in
};

class Gate {
 public:
  explicit Gate(GateOptions options) : options_{std::move(options)} {}

  // A foreign Host is refused (DNS rebinding), loopback names are always ours. Errc::denied.
  Result<> check_host(const http::Request& request) const;

  // On anything that changes state: a browser that says it comes from another site is refused (B1).
  // Programs send neither header. Errc::denied.
  Result<> check_origin(const http::Request& request) const;

  // True when the person's connection is encrypted: told by the proxy in front (X-Forwarded-Proto),
  // believed only from a private address.
  bool is_over_tls(const http::Request& request) const;

  // The proxy in front says that the person came over plain HTTP: pages send them to https, nothing
  // else is answered (requirement B3). Not with DEBUG.
  bool came_unencrypted(const http::Request& request) const;
  // The same page over TLS.
  std::string secure_address(const http::Request& request) const;

  // Who asks: behind a proxy at a private address, whom it names (the last hop of X-Forwarded-For).
  std::string client_address(const http::Request& request) const;

  // Plain HTTP carries a session only on loopback or with DEBUG (requirement A5).
  bool may_carry_session(const http::Request& request) const;

  // "__Host-vigie" over TLS, "vigie" otherwise.
  std::string_view cookie_name(const http::Request& request) const;
  std::string set_cookie(const http::Request& request, std::string_view token) const;
  std::string clear_cookie(const http::Request& request) const;

 private:
  GateOptions options_;
};

}  // namespace vigie::api
