// SPDX-License-Identifier: Apache-2.0
// The sound inside an MPEG transport stream (ISO 13818-1): its first ADTS or MPEG audio stream.
// Other streams are passed over unread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace vigie::media {

enum class TsSound : std::uint8_t { none, adts, mpeg_audio };

// What one packet of the sound holds: some bytes, and the time of the frame that begins in them.
struct TsPayload {
  std::optional<Span> timestamp;
  std::string bytes;
};

class TsReader {
 public:
  std::vector<TsPayload> feed(std::string_view bytes);

  TsSound sound() const { return sound_; }
  bool has_map() const { return has_map_; }  // it was said which streams there are
  bool has_video() const { return has_video_; }
  bool has_foreign_sound() const { return has_foreign_sound_; }
  bool is_encrypted() const { return is_encrypted_; }
  std::uint64_t dropped_bytes() const { return dropped_; }
  std::size_t held_bytes() const { return buffer_.size(); }

 private:
  bool step(std::vector<TsPayload>& out);
  void read_packet(std::string_view packet, std::vector<TsPayload>& out);
  void read_association(std::string_view payload);
  void read_map(std::string_view payload);
  void read_sound(std::string_view payload, bool begins, std::vector<TsPayload>& out);

  std::string buffer_;
  std::size_t at_ = 0;
  std::uint64_t dropped_ = 0;
  std::optional<std::uint32_t> map_pid_;
  std::optional<std::uint32_t> sound_pid_;
  TsSound sound_ = TsSound::none;
  bool has_map_ = false;
  bool has_video_ = false;
  bool has_foreign_sound_ = false;
  bool is_encrypted_ = false;
  bool is_inside_ = false;  // of an elementary packet whose start was seen
};

}  // namespace vigie::media
