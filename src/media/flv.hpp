// SPDX-License-Identifier: Apache-2.0
// FLV, as live platforms serve it (Adobe FLV 10.1 §E). The reader is fed bytes as they come and survives
// garbage: it looks for the next plausible tag and counts what it threw away.
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

class FlvReader {
 public:
  // Takes the next bytes, of any length, and returns the audio tags they complete. Video and script
  // tags are skipped unread, whatever their codec.
  std::vector<FlvAudio> feed(std::string_view bytes);

  std::uint64_t dropped_bytes() const { return dropped_; }
  bool has_seen_header() const { return seen_header_; }
  std::uint64_t foreign_audio_tags() const { return foreign_; }  // sound that is not AAC

 private:
  std::string buffer_;
  std::uint64_t dropped_ = 0;
  std::uint64_t foreign_ = 0;
  std::uint64_t skip_ = 0;  // bytes of a video or script tag still to come
  bool seen_header_ = false;
};

// The bytes of an FLV stream with sound only, for the simulator.
std::string flv_header(bool has_video);
std::string flv_audio_config(std::string_view audio_specific_config);
std::string flv_audio(Span timestamp, std::string_view aac_packet);

}  // namespace vigie::media
