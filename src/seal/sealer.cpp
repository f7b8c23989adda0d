// SPDX-License-Identifier: Apache-2.0
#include "seal/sealer.hpp"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>

#include "base/text.hpp"

namespace vigie::seal {
namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t name_letters = 8;
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT
}

Error no_key() {
  return make_error(Errc::conflict,
                    "SECRET_KEY is not set, so secrets cannot be kept; make one with: openssl rand "
                    "-hex 32, set it and start Vigie again");
}

std::string_view name_in(std::string_view sealed) {
  const auto colon = sealed.find(':');
  return colon == name_letters ? sealed.substr(0, colon) : std::string_view{};
}

}  // namespace

Keys keys_of(std::string_view current, std::string_view older) {
  Keys keys{.current = std::string{current}, .older = {}};
  while (!older.empty()) {
    const auto comma = std::min(older.find(','), older.size());
    keys.older.emplace_back(trim(older.substr(0, comma)));
    older.remove_prefix(std::min(comma + 1, older.size()));
  }
  return keys;
}

Sealer::Sealer(const Keys& keys, Random& random) : random_{random} {
  if (sodium_init() < 0) {
    throw std::runtime_error{"libsodium does not start"};
  }
  if (keys.current.empty()) {
    return;
  }
  keys_.push_back(make_key(keys.current));
  for (const auto& older : keys.older) {
    if (!older.empty()) {
      keys_.push_back(make_key(older));
    }
  }
}

Sealer::~Sealer() {
  for (auto& key : keys_) {
    sodium_memzero(key.bytes.data(), key.bytes.size());
  }
}

Sealer::Key Sealer::make_key(std::string_view secret_key) {
  Key key;
  constexpr std::string_view use = "vigie secrets 1";
  crypto_generichash(key.bytes.data(), key.bytes.size(), bytes_of(secret_key), secret_key.size(),
                     bytes_of(use), use.size());
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), key.bytes.data(), key.bytes.size());
  key.name = to_hex({reinterpret_cast<const char*>(hash.data()), name_letters / 2});  // NOLINT
  return key;
}

const Sealer::Key* Sealer::find(std::string_view sealed) const {
  const auto found = std::ranges::find(keys_, name_in(sealed), &Key::name);
  return found == keys_.end() ? nullptr : &*found;
}

bool Sealer::is_by_older_key(std::string_view sealed) const {
  const auto* const key = find(sealed);
  return key != nullptr && key != &keys_.front();
}

Result<std::string> Sealer::seal(std::string_view plain, std::string_view purpose) const {
  if (!has_key()) {
    return no_key();
  }
  const auto& key = keys_.front();
  std::vector<std::uint8_t> box(nonce_bytes + plain.size() + tag_bytes);
  random_.fill(std::span{box.data(), nonce_bytes});
  unsigned long long length = 0;  // NOLINT(google-runtime-int): libsodium's
  crypto_aead_xchacha20poly1305_ietf_encrypt(box.data() + nonce_bytes, &length, bytes_of(plain),
                                             plain.size(), bytes_of(purpose), purpose.size(),
                                             nullptr, box.data(), key.bytes.data());
  const std::string_view bytes{reinterpret_cast<const char*>(box.data()), box.size()};  // NOLINT
  return fmt::format("{}:{}", key.name, to_hex(bytes));
}

Result<std::string> Sealer::open(std::string_view sealed, std::string_view purpose) const {
  if (!has_key()) {
    return no_key();
  }
  const auto* const key = find(sealed);
  if (key == nullptr) {
    return make_error(Errc::unavailable,
                      "this secret was sealed under another SECRET_KEY: put that one into "
                      "SECRET_KEY_OLD, or make the secret anew");
  }
  const auto box = from_hex(sealed.substr(name_letters + 1));
  if (!box || box->size() < nonce_bytes + tag_bytes) {
    return make_error(Errc::corrupt, "a sealed secret is damaged");
  }
  std::string plain(box->size() - nonce_bytes - tag_bytes, '\0');
  const auto* const start = bytes_of(*box);
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr,  // NOLINT
      start + nonce_bytes, box->size() - nonce_bytes, bytes_of(purpose), purpose.size(), start,
      key->bytes.data());
  if (opened != 0) {
    return make_error(Errc::corrupt, "a sealed secret is damaged");
  }
  return plain;
}

}  // namespace vigie::seal
