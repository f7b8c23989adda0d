// SPDX-License-Identifier: Apache-2.0
// Checks one value against its key. Inside config/ only.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/config.hpp"

namespace vigie::config {

const Key* find_key(std::string_view name);

// The value in its one spelling ("Yes" → "true", "a, b" → "a,b"), or why it is wrong and what would
// be right: a sentence without the key's name, and without a secret's value.
Result<std::string> check(const Key& key, std::string_view value);

std::optional<Address> parse_address(std::string_view text);

// What a secret file says, without the newline at its end; or why it cannot be used.
Result<std::string> read_secret_file(const std::string& path);

// Whether the file holds more permissions for others than its owner may want for secrets.
bool is_readable_by_others(const std::string& path);

}  // namespace vigie::config
