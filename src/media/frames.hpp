// SPDX-License-Identifier: Apache-2.0
// Streams that are nothing but frames with a header each: ADTS (ISO 13818-7 §6.2) and MPEG audio
// (ISO 11172-3 §2.4.2.3). Survives garbage: it looks for the next plausible frame and counts what
// it threw away.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace vigie::media {

struct FrameHeader {
  std::size_t size = 0;  // with the header
  int samples = 0;
  int rate = 0;
  Span duration() const { return Span{std::int64_t{1'000'000} * samples / rate}; }
};

// bytes may be longer or shorter than a header.
std::optional<FrameHeader> parse_adts_header(std::string_view bytes);
std::optional<FrameHeader> parse_mp3_header(std::string_view bytes);

struct Frame {
  FrameHeader header;
  std::uint64_t offset = 0;  // of its first byte among all that were fed
  std::string bytes;
};

class FrameSplitter {
 public:
  using Parse = std::optional<FrameHeader> (*)(std::string_view bytes);
  explicit FrameSplitter(Parse parse) : parse_{parse} {}

  // A frame is believed when another header (or a tag) follows it. However the bytes are split
  // between calls, the same frames and counts come out.
  std::vector<Frame> feed(std::string_view bytes);

  // Nothing follows: a last whole frame is believed without.
  std::vector<Frame> flush();

  std::uint64_t dropped_bytes() const { return dropped_; }
  std::size_t held_bytes() const { return buffer_.size(); }

 private:
  bool step(std::vector<Frame>& out);
  bool pass_tag();
  std::string_view rest() const { return std::string_view{buffer_}.substr(at_); }

  Parse parse_;
  std::string buffer_;
  std::size_t at_ = 0;          // what lies before is done with
  std::uint64_t consumed_ = 0;  // before the buffer
  std::uint64_t skip_ = 0;      // of a tag
  std::uint64_t dropped_ = 0;
};

// An ID3v2 tag at the start of bytes, in whole; 0 when there is none or not all of its header.
std::size_t id3_size(std::string_view bytes);

}  // namespace vigie::media
