// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <stdexcept>

#include "db/database.hpp"

namespace vigie::db {
namespace {

const Row& sample() {
  static const Row row{{Value{7}, Value{0.5}, Value{true}, Value{"seven"}, Value{}, Value{1}}};
  return row;
}

TEST(Row, ReadsEachColumnAsWhatItIs) {
  EXPECT_EQ(sample().integer(0), 7);
  EXPECT_EQ(sample().number(1), 0.5);
  EXPECT_TRUE(sample().boolean(2));
  EXPECT_EQ(sample().text(3), "seven");
  EXPECT_TRUE(sample().is_null(4));
  EXPECT_EQ(sample().time(0), from_micros(7));
  EXPECT_EQ(sample().span(0), Span{7});
}

TEST(Row, ReadsWhatTheEnginesGiveInItsPlace) {
  EXPECT_EQ(sample().number(0), 7.0);
  EXPECT_TRUE(sample().boolean(5));
}

TEST(Row, ReadsNullAsNothing) {
  EXPECT_EQ(sample().text_or_empty(4), "");
  EXPECT_EQ(sample().optional_time(4), std::nullopt);
  EXPECT_EQ(sample().optional_integer(4), std::nullopt);
  EXPECT_EQ(sample().optional_number(4), std::nullopt);
  EXPECT_EQ(sample().optional_integer(0), 7);
  EXPECT_EQ(sample().optional_number(1), 0.5);
  EXPECT_EQ(sample().optional_time(0), from_micros(7));
}

TEST(Row, ThrowsOnAWrongTypeANullAndAColumnThatIsNotThere) {
  EXPECT_THROW(sample().integer(1), std::logic_error);
  EXPECT_THROW(sample().integer(3), std::logic_error);
  EXPECT_THROW(sample().integer(4), std::logic_error);
  EXPECT_THROW(sample().number(3), std::logic_error);
  EXPECT_THROW(sample().boolean(0), std::logic_error);
  EXPECT_THROW(sample().text(4), std::logic_error);
  EXPECT_THROW(sample().is_null(6), std::logic_error);
  EXPECT_THROW(sample().text_or_empty(0), std::logic_error);
}

}  // namespace
}  // namespace vigie::db
