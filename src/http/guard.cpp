// SPDX-License-Identifier: Apache-2.0
#include "http/guard.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>

#include "base/text.hpp"

namespace vigie::http {
namespace {

namespace ip = boost::asio::ip;

struct Range4 {
  std::uint32_t first;
  unsigned bits;
};

constexpr std::uint32_t quad(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return (a << 24U) | (b << 16U) | (c << 8U) | d;
}

// The IANA IPv4 special-purpose registry (RFC 6890 and after), multicast and class E.
constexpr std::array not_public_v4{
    Range4{quad(0, 0, 0, 0), 8},        // this network
    Range4{quad(10, 0, 0, 0), 8},       // private
    Range4{quad(100, 64, 0, 0), 10},    // carriers' shared space
    Range4{quad(127, 0, 0, 0), 8},      // loopback
    Range4{quad(169, 254, 0, 0), 16},   // link-local, and the clouds' metadata
    Range4{quad(172, 16, 0, 0), 12},    // private
    Range4{quad(192, 0, 0, 0), 24},     // protocol assignments
    Range4{quad(192, 0, 2, 0), 24},     // documentation
    Range4{quad(192, 88, 99, 0), 24},   // 6to4 relays
    Range4{quad(192, 168, 0, 0), 16},   // private
    Range4{quad(198, 18, 0, 0), 15},    // benchmarks
    Range4{quad(198, 51, 100, 0), 24},  // documentation
    Range4{quad(203, 0, 113, 0), 24},   // documentation
    Range4{quad(224, 0, 0, 0), 4},      // multicast
    Range4{quad(240, 0, 0, 0), 4},      // reserved, broadcast
};

bool is_public_v4(std::uint32_t address) {
  return std::none_of(not_public_v4.begin(), not_public_v4.end(), [&](const Range4& range) {
    return (address >> (32U - range.bits)) == (range.first >> (32U - range.bits));
  });
}

std::uint32_t wrapped(const ip::address_v6::bytes_type& bytes, std::size_t at) {
  return quad(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

bool starts_with(const ip::address_v6::bytes_type& bytes,
                 std::initializer_list<unsigned char> head) {
  return std::equal(head.begin(), head.end(), bytes.begin());
}

bool is_public_v6(const ip::address_v6& address) {
  const auto bytes = address.to_bytes();
  if (starts_with(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF})) {  // ::ffff:a.b.c.d
    return is_public_v4(wrapped(bytes, 12));
  }
  if (starts_with(bytes, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) {  // NAT64
    return is_public_v4(wrapped(bytes, 12));
  }
  if (starts_with(bytes, {0x20, 0x02})) {  // 6to4
    return is_public_v4(wrapped(bytes, 2));
  }
  if ((bytes[0] & 0xE0U) != 0x20U) {  // only 2000::/3 is global unicast
    return false;
  }
  const bool assignments = starts_with(bytes, {0x20, 0x01}) && bytes[2] < 2;  // Teredo, ORCHID …
  const bool documentation = starts_with(bytes, {0x20, 0x01, 0x0D, 0xB8}) ||
                             (starts_with(bytes, {0x3F, 0xFF}) && bytes[2] < 0x10);
  return !assignments && !documentation;
}

}  // namespace

bool is_public_address(std::string_view address) {
  boost::system::error_code failed;
  const auto parsed = ip::make_address(std::string{address}, failed);
  // A NUL would cut the text for the C function below, a zone names a link.
  if (failed || address.find_first_of(std::string_view{"%\0", 2}) != std::string_view::npos) {
    return false;
  }
  return parsed.is_v4() ? is_public_v4(parsed.to_v4().to_uint()) : is_public_v6(parsed.to_v6());
}

AddressGuard::AddressGuard(const std::vector<std::string>& trusted_origins,
                           std::vector<std::string> allowed_suffixes)
    : suffixes_{std::move(allowed_suffixes)} {
  for (const auto& text : trusted_origins) {
    // What is not a URL is the configuration's error to report; it grants nothing here.
    if (const auto url = parse_url(text)) {
      trusted_.push_back(url->origin());
    }
  }
  for (auto& suffix : suffixes_) {
    suffix = to_lower_ascii(suffix);
  }
}

Result<> AddressGuard::check_url(const Url& url) const {
  if (url.scheme != "http" && url.scheme != "https") {
    return make_error(Errc::denied, "only http and https addresses may be called, not {}",
                      url.scheme);
  }
  if (!is_trusted(url) && url.port != 80 && url.port != 443 && url.port != 8080) {
    return make_error(Errc::denied, "port {} of {} may not be called: only 80, 443 and 8080",
                      url.port, url.host);
  }
  return {};
}

Result<> AddressGuard::check_address(const Url& url, std::string_view address) const {
  if (is_public_address(address) || is_trusted(url)) {
    return {};
  }
  for (const auto& suffix : suffixes_) {
    if (host_matches(url.host, suffix)) {
      return {};
    }
  }
  return make_error(Errc::denied,
                    "{} is at {}, which is not a public address (OUTBOUND_ALLOW lists exceptions)",
                    url.host, address);
}

bool AddressGuard::is_trusted(const Url& url) const {
  return std::find(trusted_.begin(), trusted_.end(), url.origin()) != trusted_.end();
}

bool host_matches(std::string_view host, std::string_view suffix) {
  if (suffix.starts_with('.')) {
    suffix.remove_prefix(1);
  }
  if (suffix.empty() || !host.ends_with(suffix)) {
    return false;
  }
  return host.size() == suffix.size() || host[host.size() - suffix.size() - 1] == '.';
}

}  // namespace vigie::http
