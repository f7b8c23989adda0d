// SPDX-License-Identifier: Apache-2.0
// Where sound that was captured can be heard again, decoded. Recording is one, transcription asks
// it; app/wiring.cpp joins them.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::media {

// A stretch of a live from `at` on: a few seconds of sound, or a hole where sound was kept and is
// no more.
struct KeptStretch {
  Span at{0};
  std::vector<float> samples;  // 16 kHz mono
  Span lost{0};                // more than 0: so much is gone, and samples is empty
  std::string why{};           // "purged", "corrupt", "not_kept"
};

// One live, from one moment on. For one coroutine.
class ArchiveReader {
 public:
  virtual ~ArchiveReader() = default;

  // The next stretch, in order, each later than the one before; between two of them nothing was
  // captured. Nothing: that is all so far, ask again later. Errc::unavailable: it cannot be read
  // now, ask again later.
  virtual Async<Result<std::optional<KeptStretch>>> next() = 0;
};

class SoundArchive {
 public:
  virtual ~SoundArchive() = default;

  virtual std::unique_ptr<ArchiveReader> open(std::string live_id, Span from) = 0;
};

}  // namespace vigie::media
