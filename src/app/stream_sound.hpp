// SPDX-License-Identifier: Apache-2.0
// The sound of an address or of standard input, read like a file: a finite one whole, a live one
// until it ends or the reader is told to stop.
#pragma once
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "media/sound_file.hpp"

namespace vigie::app {

struct StreamSoundOptions {
  // Host suffixes that may be called beyond the address itself (OUTBOUND_ALLOW): where it redirects
  // to and what a playlist names.
  std::vector<std::string> allowed_suffixes;
  std::chrono::milliseconds silence{20'000};  // an address without a byte for so long has ended
  std::uint64_t largest_file = std::uint64_t{8} << 30U;
};

bool is_address(std::string_view name);  // http:// or https://

// name: "-" for standard input, an address, else a file. Blocks its thread, as reading does; both
// end within a tenth of a second once stop is requested. Errors in words for a person, with the
// cure.
Result<std::unique_ptr<media::SoundFile>> open_sound(const std::string& name,
                                                     const StreamSoundOptions& options,
                                                     std::stop_token stop);

}  // namespace vigie::app
