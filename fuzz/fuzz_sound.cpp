// SPDX-License-Identifier: Apache-2.0
// Streams of sound in any container, AAC configurations and fMP4 fragments: recognised, split and
// decoded without a fault; however the bytes are split, frames and counts are the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "media/aac.hpp"
#include "media/fragments.hpp"
#include "media/frames.hpp"
#include "media/sound_reader.hpp"

namespace {

using namespace vigie::media;

void check(bool is_true) {
  if (!is_true) {
    std::abort();
  }
}

void split(FrameSplitter::Parse parse, std::string_view bytes) {
  FrameSplitter whole{parse};
  const auto expected = whole.feed(bytes);
  FrameSplitter pieces{parse};
  std::size_t index = 0;
  std::size_t seed = bytes.size();
  for (auto left = bytes; !left.empty();) {
    seed = seed * 6'364'136'223'846'793'005U + 1;
    const auto piece = left.substr(0, 1 + (seed >> 33U) % 97);
    left.remove_prefix(piece.size());
    for (const auto& frame : pieces.feed(piece)) {
      check(index < expected.size() && frame.bytes == expected[index].bytes &&
            frame.offset == expected[index].offset);
      ++index;
    }
    check(pieces.held_bytes() <= std::size_t{16} * 1024);
  }
  check(index == expected.size());
  check(pieces.dropped_bytes() == whole.dropped_bytes());
  check(whole.dropped_bytes() <= bytes.size());
}

void listen(Container container, std::string_view bytes) {
  const auto reader = create_sound_reader(container);
  for (auto left = bytes; !left.empty();
       left.remove_prefix(std::min<std::size_t>(997, left.size()))) {
    static_cast<void>(reader->feed(left.substr(0, 997)));
  }
  static_cast<void>(reader->flush());
  static_cast<void>(reader->trouble());
}

void configure(std::string_view bytes) {
  const auto config = bytes.substr(0, 8);
  if (const auto decoder = create_aac_decoder(config)) {
    static_cast<void>((*decoder)->decode(bytes.substr(config.size())));
  }
  static_cast<void>(adts_frame(config, bytes.substr(config.size())));
}

}  // namespace

// The first byte says what is tried.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes{static_cast<const char*>(static_cast<const void*>(data)), size};
  if (bytes.empty()) {
    return 0;
  }
  const auto choice = static_cast<unsigned char>(bytes.front());
  bytes.remove_prefix(1);
  check(recognise(bytes.substr(0, recognised_within)) != Container::undecided ||
        bytes.size() < recognised_within);
  switch (choice % 9) {
    case 0:
      split(parse_adts_header, bytes);
      break;
    case 1:
      split(parse_mp3_header, bytes);
      break;
    case 2:
      listen(Container::adts, bytes);
      break;
    case 3:
      listen(Container::mp3, bytes);
      break;
    case 4:
      listen(Container::ogg, bytes);
      break;
    case 5:
      listen(Container::wav, bytes);
      break;
    case 6:
      listen(Container::mpeg_ts, bytes);
      break;
    case 7:
      configure(bytes);
      break;
    default:
      static_cast<void>(create_fragment_reader()->read(bytes, ""));
  }
  return 0;
}
