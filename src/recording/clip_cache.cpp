// SPDX-License-Identifier: Apache-2.0
#include "recording/clip_cache.hpp"

#include <algorithm>
#include <utility>

namespace vigie::recording {

Clip ClipCache::find(std::string_view tag) {
  const auto found =
      std::ranges::find_if(clips_, [tag](const Clip& clip) { return clip.tag == tag; });
  if (found == clips_.end()) {
    return {};
  }
  clips_.splice(clips_.begin(), clips_, found);
  return clips_.front();
}

void ClipCache::add(Clip clip) {
  const auto size = clip.bytes->size();
  if (size > most_bytes_ || find(clip.tag).bytes) {
    return;
  }
  while (held_bytes_ + size > most_bytes_) {
    held_bytes_ -= clips_.back().bytes->size();
    clips_.pop_back();
  }
  held_bytes_ += size;
  clips_.push_front(std::move(clip));
}

}  // namespace vigie::recording
