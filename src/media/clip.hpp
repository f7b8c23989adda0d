// SPDX-License-Identifier: Apache-2.0
// Kept sound as one file that every browser plays: MP4 with AAC. AAC goes in as it was kept, bit
// for bit; only sound of another kind, or of another AAC than the file's first, is encoded anew.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::media {

// A stretch of sound as it lies in the archive.
struct KeptSound {
  std::string codec;  // SoundFormat::codec
  Span start{0};      // in the live
  Span end{0};
  std::string bytes;
};

inline constexpr std::string_view clip_type = "audio/mp4";

// The sound between two moments, of pieces in their order; the first packet is the one that sounds
// at `from`. Where nothing was kept it is silent, so that moments keep their distance; after the
// last piece it ends. Blocking. Errc::not_found when no piece sounds there, Errc::corrupt when what
// is kept cannot be read.
Result<std::string> make_clip(const std::vector<KeptSound>& pieces, Span from, Span to);

}  // namespace vigie::media
