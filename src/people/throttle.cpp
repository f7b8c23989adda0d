// SPDX-License-Identifier: Apache-2.0
#include "people/throttle.hpp"

#include <boost/asio/ip/address.hpp>

#include "async/async.hpp"
#include "base/text.hpp"
#include "people/secrets.hpp"

namespace vigie::people {
namespace {

std::string network_of(const std::string& ip) {
  boost::system::error_code failure;
  const auto address = asio::ip::make_address(ip, failure);
  if (failure || address.is_v4()) {
    return ip;
  }
  const auto six = address.to_v6();
  if (six.is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, six).to_string();
  }
  const auto bytes = six.to_bytes();
  return to_hex({reinterpret_cast<const char*>(bytes.data()), 8});
}

}  // namespace

std::string name_key(std::string_view folded_username) {
  return sha256(fmt::format("name {}", folded_username));
}

std::string network_key(const std::string& ip) {
  return sha256("address " + network_of(ip));
}

std::string mailbox_key(std::string_view folded_email) {
  return sha256(fmt::format("mailbox {}", folded_email));
}

}  // namespace vigie::people
