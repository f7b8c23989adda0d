// SPDX-License-Identifier: Apache-2.0
// Tells a transcript that runs in circles, as Whisper's do when it loses the thread.
#pragma once
#include <cstddef>
#include <span>
#include <string_view>

#include "base/time.hpp"

namespace vigie::transcribe {

// True when the text is denser than speech can be, when the same few tokens come four times in a
// row, or when it compresses better than language does.
bool is_looping(std::span<const std::size_t> tokens, std::string_view text, Span sound);

}  // namespace vigie::transcribe
