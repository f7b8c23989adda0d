// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"

#include <sys/random.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "base/text.hpp"

namespace vigie {

double Random::unit() {
  std::array<std::uint8_t, 8> bytes{};
  fill(bytes);
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), bytes.size());
  return static_cast<double>(value >> 11U) * 0x1.0p-53;
}

std::string Random::hex(std::size_t count) {
  std::string bytes(count, '\0');
  fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  return to_hex(bytes);
}

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto got = getrandom(bytes.data(), bytes.size(), 0);
    if (got > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(got));
    } else if (errno != EINTR) {
      std::abort();
    }
  }
}

}  // namespace vigie
