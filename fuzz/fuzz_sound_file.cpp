// SPDX-License-Identifier: Apache-2.0
// Files of people: WAV with its chunks of metadata by our own parser, and any file (tags, covers,
// lists inside) as `vigie transcribe` opens it, through libav.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "media/sound_file.hpp"
#include "media/sound_reader.hpp"
#include "media/wav.hpp"

namespace {

using namespace vigie::media;

void check(bool is_true) {
  if (!is_true) {
    std::abort();
  }
}

void read_head(std::string_view bytes) {
  const auto head = parse_wav_head(bytes);
  if (!head || !*head) {
    return;
  }
  const auto& format = (*head)->format;
  check((*head)->size <= bytes.size());
  check(format.channels > 0 && format.rate > 0 && format.frame_bytes > 0 && format.bits > 0);
  const auto again = parse_wav_head(wav_head(format));
  check(again && *again && (*again)->format.frame_bytes == format.frame_bytes);
}

void stream(std::string_view bytes) {
  const auto reader = create_sound_reader(Container::wav);
  for (auto left = bytes; !left.empty();) {
    const auto piece = left.substr(0, 499);
    left.remove_prefix(piece.size());
    static_cast<void>(reader->feed(piece));
  }
  static_cast<void>(reader->flush());
  check(reader->dropped_bytes() <= bytes.size());
}

// One file in memory, written anew for each input.
void open(std::string_view bytes) {
  static const int file = ::memfd_create("fuzz", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  check(::ftruncate(file, 0) == 0);
  check(::pwrite(file, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  const auto sound = open_sound_file(path);
  if (!sound) {
    check(!sound.error().what.empty());
    return;
  }
  static_cast<void>((*sound)->duration());
  for (int count = 0; count < 20; ++count) {  // ten seconds of it
    const auto samples = (*sound)->read();
    if (!samples || samples->empty()) {
      return;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{static_cast<const char*>(static_cast<const void*>(data)), size};
  read_head(bytes);
  if (bytes.size() > 12 && bytes.starts_with("RIFF")) {
    stream(bytes);
  }
  if (!bytes.empty()) {
    open(bytes);
  }
  return 0;
}
