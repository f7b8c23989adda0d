// SPDX-License-Identifier: Apache-2.0
// A live's sound as HLS (RFC 8216): a master playlist, a media playlist of the last segments, and
// the segments. The sound is always the first codec's; a pause or a stall brings no new segments.
#pragma once
#include <memory>
#include <string>

#include "http/server.hpp"
#include "sim/sound.hpp"
#include "sim/world.hpp"

namespace vigie::sim {

class Hls {
 public:
  Hls(const World& world, SoundBank& sounds) : world_{world}, sounds_{sounds} {}

  // file: "playlist.m3u8" (master), "index.m3u8" or "<number>.ts"; query: of the address, which the
  // addresses inside carry on. 404 for a segment that is not there yet or not any more, and for a
  // live that is over since a while (just after its end, the playlist says that it is complete).
  Async<http::Answer> answer(std::shared_ptr<Live> live, std::string file, std::string query);

 private:
  std::string media_playlist(const Live& live, const Track& track, const std::string& query) const;
  std::size_t ready_segments(const Live& live, const Track& track) const;
  Async<http::Answer> segment(std::shared_ptr<Live> live, std::size_t number);

  const World& world_;
  SoundBank& sounds_;
};

}  // namespace vigie::sim
