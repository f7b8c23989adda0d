// SPDX-License-Identifier: Apache-2.0
// Secrets that must be read again (second factors, webhooks) are kept under SECRET_KEY: a copy of
// the database alone tells none of them (requirement B19).
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"

namespace vigie::seal {

// SECRET_KEY, and those it was before: what these sealed is still opened.
struct Keys {
  std::string current;  // empty: nothing is sealed or opened, and the error says the cure
  std::vector<std::string> older;  // in any order; empty ones are none
};

// older: SECRET_KEY_OLD, keys with commas between them.
Keys keys_of(std::string_view current, std::string_view older);

// XChaCha20-Poly1305. What is sealed names its key, so that another key is told apart from damage.
// May be used from any thread.
class Sealer {
 public:
  // random must outlive the sealer. Throws std::runtime_error when libsodium does not start.
  Sealer(const Keys& keys, Random& random);
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;
  ~Sealer();  // wipes the keys

  bool has_key() const { return !keys_.empty(); }

  // "<key's name>:<nonce and text in hexadecimal>", with the newest key. purpose, such as
  // "webhook:<id>", must be the same on opening: what is sealed for one row is worth nothing in
  // another. Errc::conflict without a key.
  Result<std::string> seal(std::string_view plain, std::string_view purpose) const;

  // Errc::conflict without a key, Errc::unavailable when it was sealed with a key that is not among
  // ours, Errc::corrupt for what was changed.
  Result<std::string> open(std::string_view sealed, std::string_view purpose) const;

  // Whether it should be sealed anew: an older key did it. False for what is not sealed.
  bool is_by_older_key(std::string_view sealed) const;

 private:
  struct Key {
    std::array<std::uint8_t, 32> bytes{};
    std::string name;
  };
  static Key make_key(std::string_view secret_key);
  const Key* find(std::string_view sealed) const;

  Random& random_;
  std::vector<Key> keys_;  // the newest first
};

}  // namespace vigie::seal
