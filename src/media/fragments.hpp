// SPDX-License-Identifier: Apache-2.0
// Pieces of fragmented MP4, as HLS serves them: each read whole, from memory, after its init
// section.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "media/sound_reader.hpp"

namespace vigie::media {

class FragmentReader {
 public:
  virtual ~FragmentReader() = default;

  // Errc::denied when it is encrypted; Errc::invalid when there is no sound in it, or of a kind
  // that is not AAC; Errc::corrupt when it cannot be read.
  virtual Result<std::vector<Sound>> read(std::string_view init, std::string_view fragment) = 0;
};
std::unique_ptr<FragmentReader> create_fragment_reader();

}  // namespace vigie::media
