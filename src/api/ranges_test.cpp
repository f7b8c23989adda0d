// SPDX-License-Identifier: Apache-2.0
#include "api/ranges.hpp"

#include <gtest/gtest.h>

namespace vigie::api {
namespace {

void expect_part(std::string_view header, std::size_t first, std::size_t last) {
  const auto wished = parse_range(header, 1000);
  ASSERT_TRUE(wished.is_satisfiable) << header;
  ASSERT_TRUE(wished.range.has_value()) << header;
  EXPECT_EQ(wished.range->first, first) << header;
  EXPECT_EQ(wished.range->last, last) << header;
}

TEST(Range, IsReadAsTheRfcSays) {
  expect_part("bytes=0-499", 0, 499);
  expect_part("bytes=500-", 500, 999);
  expect_part("bytes=-200", 800, 999);
  expect_part("bytes=-2000", 0, 999);
  expect_part("bytes=999-5000", 999, 999);
  expect_part(" bytes=0-0 ", 0, 0);
}

TEST(Range, CannotBeBeyondTheEnd) {
  for (const auto* header : {"bytes=1000-", "bytes=5000-6000", "bytes=-0"}) {
    EXPECT_FALSE(parse_range(header, 1000).is_satisfiable) << header;
  }
  EXPECT_FALSE(parse_range("bytes=0-", 0).is_satisfiable);
}

TEST(Range, MeansTheWholeWhenNotUnderstood) {
  for (const auto* header :
       {"", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=0-1,5-6", "items=0-1",
        "bytes=1-2x", "bytes=+1-2", "bytes=99999999999999999999999-"}) {
    const auto wished = parse_range(header, 1000);
    EXPECT_TRUE(wished.is_satisfiable) << header;
    EXPECT_FALSE(wished.range.has_value()) << header;
  }
}

}  // namespace
}  // namespace vigie::api
