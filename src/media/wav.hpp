// SPDX-License-Identifier: Apache-2.0
// The head of a WAV stream (RIFF), as long as it may be in coming.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace vigie::media {

struct WavFormat {
  std::uint16_t tag = 0;  // 1: whole numbers, 3: floating point, 6: A-law, 7: µ-law
  int channels = 0;
  int rate = 0;
  std::size_t frame_bytes = 0;  // one sample of every channel
  int bits = 0;
};

struct WavHead {
  WavFormat format;
  std::size_t size = 0;                    // of the head
  std::optional<std::uint64_t> data_size;  // nothing: until the stream ends
};

// Nothing while more bytes are needed. Errc::corrupt for what is no WAV, makes no sense, or has
// more than 64 KiB before its sound.
Result<std::optional<WavHead>> parse_wav_head(std::string_view bytes);

// A head for sound of unknown length.
std::string wav_head(const WavFormat& format);

}  // namespace vigie::media
