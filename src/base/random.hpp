// SPDX-License-Identifier: Apache-2.0
// The only door to randomness; tests pass a SeededRandom (base/random_fake.hpp).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace vigie {

class Random {
 public:
  virtual ~Random() = default;
  // Fills bytes. Safe from any thread; never fails (the program ends when the system has none).
  virtual void fill(std::span<std::uint8_t> bytes) = 0;

  // A number in [0, 1).
  double unit();
  // count random bytes in lower-case hexadecimal: 32 bytes make a 256-bit token.
  std::string hex(std::size_t count);
};

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace vigie
