// SPDX-License-Identifier: Apache-2.0
// AAC alone: ADTS headers and frames, and AudioSpecificConfigs (ISO 14496-3 §1.6), explicit and
// implicit SBR included, with the packets that follow them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "media/aac.hpp"
#include "media/frames.hpp"
#include "media/sound_reader.hpp"

namespace {

using namespace vigie::media;

constexpr std::size_t most_samples = 16'000 / 2;  // of one packet, at 16 kHz: 2048 at 7,350 Hz

void check(bool is_true) {
  if (!is_true) {
    std::abort();
  }
}

std::string_view take(std::string_view& bytes, std::size_t count) {
  const auto taken = bytes.substr(0, count);
  bytes.remove_prefix(taken.size());
  return taken;
}

// A length, so many bytes of configuration, then packets with a length each.
void configure(std::string_view bytes) {
  if (bytes.empty()) {
    return;
  }
  const auto size = static_cast<unsigned char>(take(bytes, 1).front()) % 17U;
  const auto config = take(bytes, size);
  auto decoder = create_aac_decoder(config);
  check(!config.empty() || !decoder);
  for (int count = 0; count < 8 && bytes.size() > 1; ++count) {
    const auto length = static_cast<unsigned char>(take(bytes, 1).front());
    const auto packet = take(bytes, std::size_t{length} * 4);
    if (decoder) {
      if (const auto samples = (*decoder)->decode(packet)) {
        check(samples->size() <= most_samples);
      }
    }
    // What is kept must be found again as one frame of the same size.
    if (const auto frame = adts_frame(config, packet)) {
      const auto header = parse_adts_header(*frame);
      check(header && header->size == frame->size());
    }
  }
}

void listen(std::string_view bytes) {
  const auto reader = create_sound_reader(Container::adts);
  while (!bytes.empty()) {
    for (const auto& sound : reader->feed(take(bytes, 611))) {
      check(sound.samples.size() <= most_samples * 4);  // four blocks a frame at most
    }
  }
  static_cast<void>(reader->flush());
  static_cast<void>(reader->trouble());
}

}  // namespace

// The first byte says what is tried.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes{static_cast<const char*>(static_cast<const void*>(data)), size};
  if (bytes.empty()) {
    return 0;
  }
  if (static_cast<unsigned char>(take(bytes, 1).front()) % 2 == 0) {
    configure(bytes);
  } else {
    listen(bytes);
  }
  return 0;
}
