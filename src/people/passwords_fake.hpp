// SPDX-License-Identifier: Apache-2.0
// For tests: real argon2id at its lowest cost, under a millisecond.
#pragma once
#include "people/passwords.hpp"

namespace vigie::people {

constexpr PasswordCost quick_cost{.memory_bytes = 8192, .passes = 1};

}  // namespace vigie::people
