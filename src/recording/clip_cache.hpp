// SPDX-License-Identifier: Apache-2.0
// The clips made last: a browser asks for the same one bit by bit. For the I/O thread.
#pragma once
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>

namespace vigie::recording {

// An MP4 file. tag: changes whenever its bytes would.
struct Clip {
  std::shared_ptr<const std::string> bytes;
  std::string tag;
};

class ClipCache {
 public:
  explicit ClipCache(std::size_t most_bytes = std::size_t{64} * 1024 * 1024)
      : most_bytes_{most_bytes} {}

  // Without bytes when it is not there.
  Clip find(std::string_view tag);
  void add(Clip clip);

 private:
  std::size_t most_bytes_;
  std::size_t held_bytes_ = 0;
  std::list<Clip> clips_;  // the one used last first
};

}  // namespace vigie::recording
