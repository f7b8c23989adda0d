// SPDX-License-Identifier: Apache-2.0
// Which addresses Vigie may call (requirement B9, against server-side request forgery). The host is
// resolved first and the address is checked at connect, so a name that changes its mind is caught.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vigie::http {

struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case, without brackets
  std::uint16_t port = 0;
  std::string target;  // path and query, at least "/"

  std::string origin() const;  // "https://host:port", the port only when it is not the scheme's own
};

// Errc::invalid for anything but an absolute http(s) URL without user or password.
Result<Url> parse_url(std::string_view text);

// True for addresses that are nobody's on the public Internet: loopback, private, link-local,
// shared (100.64/10), multicast, reserved, unspecified, metadata, and IPv6 forms that wrap an IPv4
// address (mapped, NAT64, 6to4) of those. address is the textual form; anything unreadable is not
// public.
bool is_public_address(std::string_view address);

class AddressGuard {
 public:
  // trusted_origins: URLs the operator configured (TIKTOK_WEB_URL, LLM_BASE_URL …); their scheme,
  // host and port are exempt. allowed_suffixes: host suffixes (OUTBOUND_ALLOW) exempt from the
  // address check.
  AddressGuard(const std::vector<std::string>& trusted_origins,
               std::vector<std::string> allowed_suffixes);

  // Before connecting: scheme http or https, port 80, 443 or 8080 unless the origin is trusted.
  Result<> check_url(const Url& url) const;

  // At connect, with the address about to be used. Errc::denied says which rule refused.
  Result<> check_address(const Url& url, std::string_view address) const;

  bool is_trusted(const Url& url) const;

 private:
  std::vector<std::string> trusted_;
  std::vector<std::string> suffixes_;
};

// True when host is suffix or ends with "." + suffix ("pull-f5.tiktokcdn.com", "tiktokcdn.com").
bool host_matches(std::string_view host, std::string_view suffix);

}  // namespace vigie::http
