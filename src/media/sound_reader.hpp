// SPDX-License-Identifier: Apache-2.0
// A stream of sound whatever it comes in: bytes in as they arrive, decoded sound out, and beside it
// the bytes to keep. No I/O and no thread of its own, so one thread serves all lives.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace vigie::media {

// How sound is kept: head and then the frames, one after another, play anywhere.
struct SoundFormat {
  std::string codec;  // "aac-adts", "mp3", "ogg", "wav"
  std::string head;
};

// One frame or page, 20 ms to a few seconds.
struct Sound {
  Span timestamp{0};  // the stream's own; may jump
  std::vector<float> samples;
  std::shared_ptr<const SoundFormat>
      format;         // another object: another format; none: not to be kept
  std::string bytes;  // as they came
};

class SoundReader {
 public:
  virtual ~SoundReader() = default;

  // The sound that the next bytes complete. Holds little between two calls, whatever is fed.
  virtual std::vector<Sound> feed(std::string_view bytes) = 0;

  // The bytes end here for now (a segment): what only waited for its successor.
  virtual std::vector<Sound> flush() { return {}; }

  virtual std::uint64_t dropped_bytes() const = 0;

  // What speaks against ever hearing this stream: "codec", "encrypted", "video_only", "corrupt";
  // empty while nothing does.
  virtual std::string_view trouble() const = 0;
};

enum class Container : std::uint8_t {
  undecided,  // more bytes are needed
  flv,
  adts,
  mp3,
  ogg,
  wav,
  mpeg_ts,
  mp4,
  hls,  // a playlist
  html,
  image,
  unknown,
};
std::string_view to_string(Container container);

// With so many bytes there is always a decision.
inline constexpr std::size_t recognised_within = 16 * 1024;

// What the first bytes of a stream show it to be, whatever its address and headers claim.
Container recognise(std::string_view head);
bool is_sound(Container container);  // a reader reads it
bool is_encrypted_mp4(std::string_view head);

// For flv, adts, mp3, ogg, wav and mpeg_ts; nothing for the others.
std::unique_ptr<SoundReader> create_sound_reader(Container container);

}  // namespace vigie::media
