// SPDX-License-Identifier: Apache-2.0
// For tests: bodies as others pack them.
#pragma once
#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace vigie::http::testing {

// window as zlib says it: 15 + 16 for gzip, 15 for deflate, -15 for deflate without its wrapping.
inline std::string pack(std::string text, int window) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace vigie::http::testing
