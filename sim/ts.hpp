// SPDX-License-Identifier: Apache-2.0
// A piece of sound as an MPEG transport stream (ISO 13818-1), as HLS wants its segments. Pure.
#pragma once
#include <string>
#include <vector>

#include "base/time.hpp"

namespace vigie::sim {

// frames: AAC in ADTS, each of `frame_length`; `start` is the moment of the first one.
std::string transport_stream(const std::vector<std::string>& frames, Span start, Span frame_length);

}  // namespace vigie::sim
