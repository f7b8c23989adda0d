// SPDX-License-Identifier: Apache-2.0
// Reads vigie.toml into pairs. Inside config/ only.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vigie::config {

// One pair of the file; its value as text, or why it has none. What it may be is checked later.
struct FileEntry {
  std::string name;
  Result<std::string> value;
  std::size_t line = 0;
};

// In the file's order. Errc::invalid, with the line, when it is no TOML.
Result<std::vector<FileEntry>> read_toml(std::string_view text, std::string_view path);

}  // namespace vigie::config
