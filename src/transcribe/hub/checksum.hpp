// SPDX-License-Identifier: Apache-2.0
// The checksum of a large file.
#pragma once
#include <filesystem>
#include <string>

namespace vigie::transcribe {

// In hexadecimal; that of nothing when it cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace vigie::transcribe
