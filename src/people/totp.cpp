// SPDX-License-Identifier: Apache-2.0
#include "people/totp.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace vigie::people {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t recovery_codes = 10;
constexpr std::size_t recovery_bytes = 10;
constexpr std::size_t recovery_letters = recovery_bytes * 8 / 5;
constexpr std::size_t group = 4;

std::string only_digits(std::string_view typed) {
  std::string digits;
  for (const char c : typed) {
    if (c != ' ') {
      digits += c;
    }
  }
  return digits;
}

}  // namespace

std::string base32(std::string_view bytes) {
  std::string out;
  unsigned window = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    window = (window << 8U) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) {
      out += alphabet[(window >> (bits - 5)) & 31U];
    }
  }
  if (bits > 0) {
    out += alphabet[(window << (5 - bits)) & 31U];
  }
  return out;
}

std::string totp_code(std::string_view seed, std::int64_t step, int digits) {
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i) {
    counter.at(i) =
        static_cast<unsigned char>((static_cast<std::uint64_t>(step) >> (56 - 8 * i)) & 0xFFU);
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned length = 0;
  HMAC(EVP_sha1(), seed.data(), static_cast<int>(seed.size()), counter.data(), counter.size(),
       mac.data(), &length);
  const std::size_t at = mac.at(length - 1) & 0x0FU;  // RFC 4226, dynamic truncation
  const std::uint32_t number = (static_cast<std::uint32_t>(mac.at(at) & 0x7FU) << 24U) |
                               (static_cast<std::uint32_t>(mac.at(at + 1)) << 16U) |
                               (static_cast<std::uint32_t>(mac.at(at + 2)) << 8U) |
                               static_cast<std::uint32_t>(mac.at(at + 3));
  std::uint32_t modulus = 1;
  for (int i = 0; i < digits; ++i) {
    modulus *= 10;
  }
  return fmt::format("{:0{}}", number % modulus, digits);
}

std::optional<std::int64_t> matching_step(std::string_view seed, std::string_view code, Time now,
                                          std::int64_t used) {
  const auto typed = only_digits(code);
  const std::int64_t current = to_micros(now) / totp_step.count();
  std::optional<std::int64_t> found;
  for (const std::int64_t step : {current - 1, current, current + 1}) {
    const bool is_same = totp_code(seed, step) == typed;
    if (is_same && step > used && !found) {
      found = step;
    }
  }
  return found;
}

std::string totp_uri(std::string_view seed, std::string_view username) {
  return fmt::format(
      "otpauth://totp/Vigie:{}?secret={}&issuer=Vigie&algorithm=SHA1&digits=6&"
      "period=30",
      username, base32(seed));
}

std::vector<std::string> make_recovery_codes(Random& random) {
  std::vector<std::string> codes;
  for (std::size_t i = 0; i < recovery_codes; ++i) {
    std::array<std::uint8_t, recovery_bytes> bytes{};
    random.fill(bytes);
    const std::string_view raw{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    std::string code;
    for (const char c : base32(raw)) {
      code += code.size() % (group + 1) == group ? "-" : "";
      code += c >= 'A' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    codes.push_back(std::move(code));
  }
  return codes;
}

std::string normal_recovery_code(std::string_view typed) {
  std::string letters;
  for (const char c : typed) {
    if (c == ' ' || c == '-') {
      continue;
    }
    letters += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return letters.size() == recovery_letters ? letters : std::string{};
}

}  // namespace vigie::people
