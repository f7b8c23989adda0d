// SPDX-License-Identifier: Apache-2.0
// The guard against server-side request forgery. Properties: a URL read and written again is the
// same URL; nothing in it can be read as another host; what is not a plain address is never public.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/guard.hpp"
#include "http/redirect.hpp"

namespace {

using namespace vigie;
using namespace vigie::http;

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void check_url(const Url& url) {
  const auto again = parse_url(url.origin() + url.target);
  require(again.has_value());
  require(again->scheme == url.scheme && again->host == url.host && again->port == url.port &&
          again->target == url.target);
  require(url.port != 0 && !url.host.empty() && url.target.starts_with('/'));
  require(url.host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.:") ==
          std::string::npos);
  for (const char letter : url.target) {
    require(letter > 0x20 && letter < 0x7F && letter != '\\' && letter != '#');
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  static const Url base = parse_url("https://example.org/a/b?c").value();
  static const AddressGuard guard{{"http://127.0.0.1:8099"}, {"intranet.example"}};
  if (const auto url = parse_url(text)) {
    check_url(*url);
    (void)guard.check_url(*url);
    require(!guard.check_address(*url, "10.0.0.1") || guard.is_trusted(*url) ||
            host_matches(url->host, "intranet.example"));
  }
  if (const auto next = follow(base, text)) {
    check_url(*next);
    require(next->scheme == "https");
  }
  if (is_public_address(text)) {
    require(text.find_first_not_of("0123456789abcdefABCDEF.:") == std::string::npos);
    const auto wrapped = "::ffff:" + text;
    require(text.find(':') != std::string::npos || is_public_address(wrapped));
  }
  return 0;
}
