// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/ip/address.hpp>

#include "base/text.hpp"
#include "http/guard.hpp"

namespace vigie::http {
namespace {

constexpr std::size_t longest_url = 8 * 1024;
constexpr std::size_t longest_host = 253;  // RFC 1035 §2.3.4
constexpr std::size_t longest_label = 63;

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

bool is_host_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || is_digit(letter) || letter == '-' || letter == '_';
}

// A last label that is a number makes resolvers read the whole host as an IPv4 address in one of
// its odd spellings: "2130706433", "0177.0.0.1", "127.1", "0x7f.1" (WHATWG URL, "ends in a
// number").
bool ends_in_a_number(std::string_view host) {
  const auto label =
      host.substr(host.rfind('.') == std::string_view::npos ? 0 : host.rfind('.') + 1);
  if (label.starts_with("0x")) {
    return label.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
  }
  return label.find_first_not_of("0123456789") == std::string_view::npos;
}

Result<> check_name(std::string_view host) {
  if (host.size() > longest_host) {
    return make_error(Errc::invalid, "the host of the URL is longer than {} letters", longest_host);
  }
  for (const auto label : split(host, '.')) {
    if (label.empty() || label.size() > longest_label) {
      return make_error(Errc::invalid, "the host of the URL has an empty or overlong part");
    }
    for (const char letter : label) {
      if (static_cast<unsigned char>(letter) >= 0x80) {
        return make_error(
            Errc::invalid,
            "the host of the URL has letters beyond ASCII: write it in its xn-- form");
      }
      if (!is_host_letter(letter)) {
        return make_error(Errc::invalid, "the host of the URL has a letter that no host name has");
      }
    }
  }
  return {};
}

Result<std::string> read_host(std::string_view text) {
  if (text.starts_with('[')) {
    boost::system::error_code failed;
    const auto inside = text.substr(1, text.size() - 2);
    const auto address = boost::asio::ip::make_address_v6(std::string{inside}, failed);
    if (!text.ends_with(']') || failed || inside.find('%') != std::string_view::npos) {
      return make_error(Errc::invalid, "the URL has an unreadable IPv6 address");
    }
    return address.to_string();
  }
  auto host = to_lower_ascii(text);
  if (host.ends_with('.')) {
    host.pop_back();  // the root's dot: the same host
  }
  if (host.empty()) {
    return make_error(Errc::invalid, "the URL has no host");
  }
  if (auto checked = check_name(host); !checked) {
    return checked.error();
  }
  boost::system::error_code not_dotted;
  boost::asio::ip::make_address_v4(host, not_dotted);
  if (ends_in_a_number(host) && not_dotted) {
    return make_error(Errc::invalid, "the host of the URL is an IPv4 address in an odd spelling");
  }
  return host;
}

Result<std::uint16_t> read_port(std::string_view text, std::uint16_t standard) {
  if (text.empty()) {
    return standard;
  }
  const auto port = text.find_first_not_of("0123456789") == std::string_view::npos
                        ? to_integer(text)
                        : std::nullopt;
  if (!port || *port < 1 || *port > 65535) {
    return make_error(Errc::invalid, "the URL's port is not a number from 1 to 65535");
  }
  return static_cast<std::uint16_t>(*port);
}

// Splits "host:port" or "[v6]:port"; the port is empty when absent.
std::pair<std::string_view, std::string_view> split_authority(std::string_view authority) {
  const auto bracket = authority.rfind(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) {
    return {authority, {}};
  }
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

Result<> check_letters(std::string_view text) {
  if (text.size() > longest_url) {
    return make_error(Errc::invalid, "the URL is longer than {} bytes", longest_url);
  }
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte <= 0x20 || byte == 0x7F || letter == '\\') {
      return make_error(Errc::invalid, "the URL has a space, a backslash or a control character");
    }
  }
  return {};
}

}  // namespace

std::string Url::origin() const {
  std::string text = scheme + "://";
  text += host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (scheme == "https" ? 443 : 80)) {
    text += ":" + std::to_string(port);
  }
  return text;
}

Result<Url> parse_url(std::string_view text) {
  if (auto checked = check_letters(text); !checked) {
    return checked.error();
  }
  const auto scheme_end = text.find("://");
  Url url;
  url.scheme = to_lower_ascii(text.substr(0, scheme_end));
  if (scheme_end == std::string_view::npos || (url.scheme != "http" && url.scheme != "https")) {
    return make_error(Errc::invalid, "the URL does not start with http:// or https://");
  }
  const auto rest = text.substr(scheme_end + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) {
    return make_error(Errc::invalid, "the URL carries a user or a password");
  }
  const auto [host_text, port_text] = split_authority(authority);
  auto host = read_host(host_text);
  if (!host) {
    return host.error();
  }
  const auto port = read_port(port_text, url.scheme == "https" ? 443 : 80);
  if (!port) {
    return port.error();
  }
  url.host = std::move(*host);
  url.port = *port;
  const auto target = rest.substr(authority.size());
  url.target = target.substr(0, target.find('#'));
  if (!url.target.starts_with('/')) {
    url.target.insert(0, "/");
  }
  for (const char letter : url.target) {
    if (static_cast<unsigned char>(letter) >= 0x80) {
      return make_error(Errc::invalid,
                        "the URL's path has letters beyond ASCII: percent-encode them");
    }
  }
  return url;
}

}  // namespace vigie::http
