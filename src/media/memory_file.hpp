// SPDX-License-Identifier: Apache-2.0
// A file of libav's that lies in memory, and the one that is written there. Only for
// src/media/*.cpp.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace vigie::media::libav {

// AAC packets of `samples` each, one after another, as an MP4 whose index comes first, so that a
// browser can begin at once.
Result<std::string> write_mp4(const std::string& config, int rate, int channels,
                              std::int64_t samples, const std::vector<std::string>& packets);

}  // namespace vigie::media::libav
