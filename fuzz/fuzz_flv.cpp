// SPDX-License-Identifier: Apache-2.0
// FLV salvage reader: any bytes, however split, give the same tags and counts, in little memory.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "media/flv.hpp"

namespace {

using vigie::media::FlvAudio;
using vigie::media::FlvReader;

void check(bool is_true) {
  if (!is_true) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes{static_cast<const char*>(static_cast<const void*>(data)), size};
  constexpr std::size_t most_held = std::size_t{17} * 1024;
  // The first bytes say how the rest is split.
  std::size_t seed = 1;
  for (int count = 0; count < 2 && !bytes.empty(); ++count) {
    seed = seed * 257 + static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
  }
  FlvReader whole;
  const auto expected = whole.feed(bytes);
  check(whole.held_bytes() <= most_held);
  check(whole.dropped_bytes() <= bytes.size());

  FlvReader pieces;
  std::vector<FlvAudio> tags;
  for (auto left = bytes; !left.empty();) {
    seed = seed * 6'364'136'223'846'793'005U + 1;
    const auto piece = left.substr(0, 1 + (seed >> 33U) % 97);
    left.remove_prefix(piece.size());
    for (auto& tag : pieces.feed(piece)) {
      tags.push_back(std::move(tag));
    }
    check(pieces.held_bytes() <= most_held);
  }
  check(tags.size() == expected.size());
  for (std::size_t index = 0; index < tags.size(); ++index) {
    check(tags[index].bytes == expected[index].bytes &&
          tags[index].is_config == expected[index].is_config &&
          tags[index].timestamp == expected[index].timestamp);
  }
  check(pieces.dropped_bytes() == whole.dropped_bytes());
  check(pieces.foreign_audio_tags() == whole.foreign_audio_tags());
  return 0;
}
