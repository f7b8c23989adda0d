// SPDX-License-Identifier: Apache-2.0
// Endpoints answer "french" where the rest of Vigie says "fr".
#pragma once
#include <string>
#include <string_view>

namespace vigie::transcribe {

// "French" and "fr" → "fr"; what nobody knows → "".
std::string language_code(std::string_view name_or_code);

}  // namespace vigie::transcribe
