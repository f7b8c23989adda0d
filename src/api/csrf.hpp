// SPDX-License-Identifier: Apache-2.0
// The token that a browser's writes carry. It leaves under a fresh mask with each answer, so that
// compression in front of us cannot leak it letter by letter (B1).
#pragma once
#include <string>
#include <string_view>

#include "base/random.hpp"

namespace vigie::api {

std::string masked_token(std::string_view token, Random& random);

// What came back, masked or not, is the session's token; takes as long for a wrong one.
bool is_token(std::string_view received, std::string_view token);

}  // namespace vigie::api
