// SPDX-License-Identifier: Apache-2.0
// One connection to the sound of a live, whatever it speaks: FLV, frames, Ogg, WAV, MPEG-TS, or a
// list of pieces (HLS). What it is, its first bytes tell.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "capture/stream_fetch.hpp"
#include "media/sound_reader.hpp"

namespace vigie::capture {

// What a feed has next.
struct Portion {
  std::vector<media::Sound> sounds;
  std::optional<Span> lost;   // missing before the first sound; nothing: the timestamps tell
  std::uint64_t dropped = 0;  // bytes that were no sound, thrown away meanwhile
  std::optional<Stop> stop;   // nothing comes after these sounds
};

class Feed {
 public:
  virtual ~Feed() = default;
  virtual Async<Portion> next() = 0;
};

// Where in a list of pieces a connection stopped, so that the next one neither misses nor repeats.
struct HlsPlace {
  std::string playlist;  // the path of its address: hosts and queries change
  std::int64_t next = 0;
  Span lost{0};      // of pieces given up since the last sound
  int failures = 0;  // of the next piece
};

// place and what tools name outlive the feed.
Async<Outcome<std::unique_ptr<Feed>>> open_feed(FetchTools tools, std::string address,
                                                HlsPlace& place);

// For a playlist already read; url is where it came from.
std::unique_ptr<Feed> create_hls_feed(FetchTools tools, http::Url url, std::string playlist,
                                      HlsPlace& place);

}  // namespace vigie::capture
