// SPDX-License-Identifier: Apache-2.0
// Secrets that must be read again, kept under SECRET_KEY (requirement B19); and signatures.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/result.hpp"

namespace vigie::notify {

// XChaCha20-Poly1305 under a key made of SECRET_KEY. What is sealed names its key, so that a change
// of SECRET_KEY is told apart from damage.
class SecretBox {
 public:
  // secret_key may be empty: then nothing is sealed or opened, and the error says the cure.
  SecretBox(std::string_view secret_key, Random& random);

  bool has_key() const { return has_key_; }

  // "<key's name>:<nonce and text in hexadecimal>". purpose, such as "webhook:<id>", must be the
  // same on opening: what is sealed for one row is worth nothing in another. Errc::unavailable
  // without a key.
  Result<std::string> seal(std::string_view secret, std::string_view purpose) const;

  // Errc::unavailable without the key, Errc::corrupt for what was changed.
  Result<std::string> open(std::string_view sealed, std::string_view purpose) const;

 private:
  Random& random_;
  bool has_key_;
  std::array<std::uint8_t, 32> key_{};
  std::string key_name_;
};

// HMAC-SHA-256 in lower-case hexadecimal.
std::string hmac_sha256(std::string_view key, std::string_view text);

// The first half of SHA-256 in lower-case hexadecimal: names things after their keys.
std::string short_hash(std::string_view text);

}  // namespace vigie::notify
