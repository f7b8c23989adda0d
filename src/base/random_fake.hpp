// SPDX-License-Identifier: Apache-2.0
// Randomness that repeats: the same seed gives the same bytes.
#pragma once
#include <mutex>
#include <random>

#include "base/random.hpp"

namespace vigie {

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed = 1) : engine_{seed} {}
  void fill(std::span<std::uint8_t> bytes) override {
    const std::scoped_lock lock{mutex_};
    for (auto& byte : bytes) {
      byte = static_cast<std::uint8_t>(engine_() & 0xFFU);
    }
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

}  // namespace vigie
