// SPDX-License-Identifier: Apache-2.0
// Ogg pages (RFC 3533): found in bytes, proved by their checksum, cut into packets.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigie::media {

struct OggPage {
  bool continues = false;  // its first packet began on the page before
  bool begins = false;     // of a logical stream
  std::uint32_t serial = 0;
  std::string bytes;  // whole
  std::vector<std::string> packets;
  bool is_open = false;  // the last of the packets goes on in the next page
};

class OggSplitter {
 public:
  std::vector<OggPage> feed(std::string_view bytes);
  std::uint64_t dropped_bytes() const { return dropped_; }
  std::size_t held_bytes() const { return buffer_.size(); }

 private:
  bool step(std::vector<OggPage>& out);

  std::string buffer_;
  std::size_t at_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace vigie::media
