// SPDX-License-Identifier: Apache-2.0
// Any sound or video file libav reads → 16 kHz mono.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::media {

// Reads as it goes; one thread at a time.
class SoundFile {
 public:
  virtual ~SoundFile() = default;
  // About half a second at a time; empty at the end. Errc::corrupt when nothing more can be
  // decoded.
  virtual Result<std::vector<float>> read() = 0;
  // As the file claims; nothing when it does not.
  virtual std::optional<Span> duration() const = 0;
};

// Errc::not_found, Errc::invalid (no sound in it: an image, video only, encrypted) or Errc::corrupt
// (not a format libav knows), in words for a person. Local files only, never a protocol of libav's.
Result<std::unique_ptr<SoundFile>> open_sound_file(const std::string& path);

// What decodes on this machine: "libavformat 59.27.100, …". Errc::unavailable, with the cure, when
// a library is missing.
Result<std::string> decoders();

// The whole file.
Result<std::vector<float>> read_sound_file(const std::string& path);

}  // namespace vigie::media
