// SPDX-License-Identifier: Apache-2.0
#include "notify/hashes.hpp"

#include <sodium.h>

#include <array>

#include "base/text.hpp"

namespace vigie::notify {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT
}

}  // namespace

std::string hmac_sha256(std::string_view key, std::string_view text) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(text), text.size());
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  return to_hex({reinterpret_cast<const char*>(mac.data()), mac.size()});  // NOLINT
}

std::string sha256(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), bytes_of(text), text.size());
  return to_hex({reinterpret_cast<const char*>(hash.data()), hash.size()});  // NOLINT
}

std::string short_hash(std::string_view text) {
  return sha256(text).substr(0, crypto_hash_sha256_BYTES);
}

}  // namespace vigie::notify
