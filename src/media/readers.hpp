// SPDX-License-Identifier: Apache-2.0
// The sound readers that have a file of their own. Only for src/media/*.cpp.
#pragma once
#include <memory>

#include "media/sound_reader.hpp"

namespace vigie::media {

std::unique_ptr<SoundReader> create_ogg_reader();
std::unique_ptr<SoundReader> create_wav_reader();

}  // namespace vigie::media
