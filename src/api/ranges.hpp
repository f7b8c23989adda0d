// SPDX-License-Identifier: Apache-2.0
// Parts of an answer's bytes (RFC 9110 §14), as players ask for them.
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace vigie::api {

struct ByteRange {
  std::size_t first = 0;
  std::size_t last = 0;  // inclusive, as on the wire
};

struct WishedRange {
  bool is_satisfiable = true;
  std::optional<ByteRange> range;  // absent: the whole
};

// header: the Range field. What is not understood, or asks for several ranges, means the whole, as
// the RFC allows.
WishedRange parse_range(std::string_view header, std::size_t size);

}  // namespace vigie::api
