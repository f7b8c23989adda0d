// SPDX-License-Identifier: Apache-2.0
// FLV, as live platforms serve it (Adobe FLV 10.1 §E). The reader is fed bytes as they come and
// survives garbage: it looks for the next plausible tag and counts what it threw away.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::media {

// One AAC packet, or a new decoder configuration (AudioSpecificConfig, ISO 14496-3 §1.6).
struct FlvAudio {
  Span timestamp{0};  // as in the tag; may jump
  bool is_config = false;
  std::string bytes;
};

// Holds at most one sound tag (16 KiB) between two calls, whatever is fed. However the bytes are
// split between calls, the same tags and counts come out.
class FlvReader {
 public:
  // Takes the next bytes, of any length, and returns the audio tags they complete. Video and script
  // tags are skipped unread, whatever their codec. A tag is believed when the size after it repeats
  // its own, or else when another tag follows it.
  std::vector<FlvAudio> feed(std::string_view bytes);

  std::uint64_t dropped_bytes() const { return dropped_; }
  bool has_seen_header() const { return seen_header_; }
  std::uint64_t foreign_audio_tags() const { return foreign_; }  // sound that is not AAC
  std::uint64_t video_tags() const { return video_; }
  std::size_t held_bytes() const { return buffer_.size(); }

 private:
  enum class State : std::uint8_t {
    at_tag,     // a tag or a file header is due here
    in_tag,     // inside a tag that is skipped; skip_ bytes of it are still to come
    searching,  // nothing is known of where we are
  };

  // Each looks at the bytes from at_ on; false when more are needed to go on.
  bool step(std::vector<FlvAudio>& out);
  bool read_tag(std::vector<FlvAudio>& out);
  bool read_file_header();
  bool read_sound(std::vector<FlvAudio>& out);
  bool skip_on();
  bool end_skip();
  bool look_for_sound_inside();
  bool search();

  std::string_view rest() const { return std::string_view{buffer_}.substr(at_); }
  void drop(std::size_t count);
  void begin_skip(std::size_t size);

  std::string buffer_;
  std::size_t at_ = 0;  // what lies before is done with
  State state_ = State::at_tag;
  std::uint64_t skip_ = 0;
  std::uint64_t skipped_ = 0;  // of the tag being skipped, its header included
  std::uint64_t dropped_ = 0;
  std::uint64_t foreign_ = 0;
  std::uint64_t video_ = 0;
  bool seen_header_ = false;
};

// The bytes of an FLV stream, for the simulator and the tests.
enum class FlvTag : std::uint8_t { audio = 8, video = 9, script = 18 };
std::string flv_header(bool has_video);
std::string flv_tag(FlvTag type, Span timestamp, std::string_view payload);
std::string flv_audio_config(std::string_view audio_specific_config, Span timestamp = Span{0});
std::string flv_audio(Span timestamp, std::string_view aac_packet);

}  // namespace vigie::media
