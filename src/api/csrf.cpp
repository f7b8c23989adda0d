// SPDX-License-Identifier: Apache-2.0
#include "api/csrf.hpp"

#include <optional>

#include "base/text.hpp"

namespace vigie::api {
namespace {

std::string exclusive_or(std::string_view left, std::string_view right) {
  std::string out(left);
  for (std::size_t i = 0; i < out.size() && i < right.size(); ++i) {
    out[i] = static_cast<char>(static_cast<unsigned char>(out[i]) ^
                               static_cast<unsigned char>(right[i]));
  }
  return out;
}

bool is_same_secret(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) {
    return false;
  }
  unsigned difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(left[i]) ^
                                        static_cast<unsigned char>(right[i]));
  }
  return difference == 0;
}

}  // namespace

std::string masked_token(std::string_view token, Random& random) {
  const auto bytes = from_hex(token);
  if (!bytes) {
    return {};  // a program's request has no such token
  }
  const auto mask = random.hex(bytes->size());
  return mask + to_hex(exclusive_or(*bytes, *from_hex(mask)));
}

bool is_token(std::string_view received, std::string_view token) {
  const auto bytes = from_hex(received);
  if (!bytes || token.empty() || bytes->size() != token.size()) {
    return !token.empty() && is_same_secret(received, token);
  }
  const std::string_view both{*bytes};
  const auto half = both.size() / 2;
  return is_same_secret(to_hex(exclusive_or(both.substr(half), both.substr(0, half))), token);
}

}  // namespace vigie::api
