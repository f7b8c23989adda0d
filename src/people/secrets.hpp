// SPDX-License-Identifier: Apache-2.0
// What is stored instead of a secret. Inside people/ only.
#pragma once
#include "notify/hashes.hpp"

namespace vigie::people {

using notify::sha256;

}  // namespace vigie::people
