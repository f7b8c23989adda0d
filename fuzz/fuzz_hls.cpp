// SPDX-License-Identifier: Apache-2.0
// HLS playlists: any text gives a playlist within its bounds, or a refusal.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "media/hls_playlist.hpp"

namespace {

void check(bool is_true) {
  if (!is_true) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{static_cast<const char*>(static_cast<const void*>(data)), size};
  const auto playlist = vigie::media::parse_hls_playlist(text);
  if (!playlist) {
    return 0;
  }
  std::int64_t last = -1;
  for (const auto& segment : playlist->segments) {
    check(segment.sequence > last);
    last = segment.sequence;
    check(segment.duration >= vigie::Span{0} && segment.duration <= std::chrono::hours{1});
    check(!segment.address.empty() && segment.address.size() <= 4096);
  }
  check(playlist->target >= vigie::Span{0});
  check(playlist->is_master == !playlist->variants.empty());
  check(choose_rendition(*playlist).has_value() == playlist->is_master);
  return 0;
}
