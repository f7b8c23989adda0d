// SPDX-License-Identifier: Apache-2.0
#include "notify/secret_box.hpp"

#include <sodium.h>

#include <stdexcept>
#include <vector>

#include "base/text.hpp"

namespace vigie::notify {
namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT
}

Error no_key() {
  return make_error(Errc::conflict,
                    "SECRET_KEY is not set, so secrets cannot be kept; make one with: openssl rand "
                    "-hex 32, set it and start Vigie again");
}

}  // namespace

SecretBox::SecretBox(std::string_view secret_key, Random& random)
    : random_{random}, has_key_{!secret_key.empty()} {
  if (sodium_init() < 0) {
    throw std::runtime_error{"libsodium does not start"};
  }
  if (!has_key_) {
    return;
  }
  constexpr std::string_view use = "vigie secrets 1";
  crypto_generichash(key_.data(), key_.size(), bytes_of(secret_key), secret_key.size(),
                     bytes_of(use), use.size());
  const std::string_view key{reinterpret_cast<const char*>(key_.data()), key_.size()};  // NOLINT
  key_name_ = short_hash(key).substr(0, 8);
}

Result<std::string> SecretBox::seal(std::string_view secret, std::string_view purpose) const {
  if (!has_key_) {
    return no_key();
  }
  std::vector<std::uint8_t> box(nonce_bytes + secret.size() + tag_bytes);
  random_.fill(std::span{box.data(), nonce_bytes});
  unsigned long long length = 0;  // NOLINT(google-runtime-int): libsodium's
  crypto_aead_xchacha20poly1305_ietf_encrypt(box.data() + nonce_bytes, &length, bytes_of(secret),
                                             secret.size(), bytes_of(purpose), purpose.size(),
                                             nullptr, box.data(), key_.data());
  const std::string_view bytes{reinterpret_cast<const char*>(box.data()), box.size()};  // NOLINT
  return fmt::format("{}:{}", key_name_, to_hex(bytes));
}

Result<std::string> SecretBox::open(std::string_view sealed, std::string_view purpose) const {
  if (!has_key_) {
    return no_key();
  }
  const auto colon = sealed.find(':');
  if (colon == std::string_view::npos || sealed.substr(0, colon) != key_name_) {
    return make_error(Errc::unavailable,
                      "this secret was sealed under another SECRET_KEY: set that one again, or "
                      "make the webhook anew");
  }
  const auto box = from_hex(sealed.substr(colon + 1));
  if (!box || box->size() < nonce_bytes + tag_bytes) {
    return make_error(Errc::corrupt, "a sealed secret is damaged");
  }
  std::string secret(box->size() - nonce_bytes - tag_bytes, '\0');
  const auto* const start = bytes_of(*box);
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(secret.data()), nullptr, nullptr,  // NOLINT
      start + nonce_bytes, box->size() - nonce_bytes, bytes_of(purpose), purpose.size(), start,
      key_.data());
  if (opened != 0) {
    return make_error(Errc::corrupt, "a sealed secret is damaged");
  }
  return secret;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(text), text.size());
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  return to_hex({reinterpret_cast<const char*>(mac.data()), mac.size()});  // NOLINT
}

std::string short_hash(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), bytes_of(text), text.size());
  return to_hex({reinterpret_cast<const char*>(hash.data()), hash.size() / 2});  // NOLINT
}

}  // namespace vigie::notify
