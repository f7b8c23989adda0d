// SPDX-License-Identifier: Apache-2.0
// What is stored instead of a secret. Inside people/ only.
#pragma once
#include <string>
#include <string_view>

namespace vigie::people {

// In lower-case hexadecimal. Enough for secrets of 256 random bits, which nobody can guess through
// it.
std::string sha256(std::string_view text);

}  // namespace vigie::people
