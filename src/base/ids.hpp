// SPDX-License-Identifier: Apache-2.0
// Identifiers: ULIDs, 26 letters of Crockford's base 32, growing with time (github.com/ulid/spec).
// Opaque to everybody but this file.
#pragma once
#include <cstdint>
#include <mutex>
#include <string>

#include "base/random.hpp"
#include "base/time.hpp"

namespace vigie {

class Ids {
 public:
  explicit Ids(Random& random) : random_{random} {}

  // A new id that sorts after every earlier one made here, also within one millisecond.
  // Safe from any thread.
  std::string next(Time now);

 private:
  Random& random_;
  std::mutex mutex_;
  std::uint64_t last_millis_ = 0;
  std::uint64_t low_ = 0;   // the low 64 of the 80 random bits; counts up within a millisecond
  std::uint16_t high_ = 0;  // the high 16
};

// What a caller sends as an id: 1 to 64 of [0-9A-Za-z_-]. Anything else cannot name an object.
bool is_plausible_id(std::string_view text);

}  // namespace vigie
