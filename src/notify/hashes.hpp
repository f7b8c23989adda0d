// SPDX-License-Identifier: Apache-2.0
// What signs a webhook, and what names a thing after its key.
#pragma once
#include <string>
#include <string_view>

namespace vigie::notify {

// HMAC-SHA-256 in lower-case hexadecimal.
std::string hmac_sha256(std::string_view key, std::string_view text);

// In lower-case hexadecimal. Enough for secrets of 256 random bits, which nobody can guess through
// it.
std::string sha256(std::string_view text);

// The first half of SHA-256 in lower-case hexadecimal: names things after their keys.
std::string short_hash(std::string_view text);

}  // namespace vigie::notify
