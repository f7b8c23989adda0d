// SPDX-License-Identifier: Apache-2.0
#include "transcribe/company.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace vigie::transcribe {
namespace {

using std::chrono::seconds;

// How many of them keep company, each asked in turn.
int admitted(std::size_t most, const std::vector<Span>& durations) {
  Company company{most};
  int count = 0;
  for (const auto duration : durations) {
    if (company.admits(duration)) {
      company.add(duration);
      ++count;
    }
  }
  return count;
}

TEST(Company, IsOfAsManyAsItMayBe) {
  EXPECT_EQ(admitted(4, std::vector<Span>(9, seconds{5})), 4);
  EXPECT_EQ(admitted(1, std::vector<Span>(9, seconds{5})), 1);
}

TEST(Company, IsOfAboutOneLengthWhoeverCameFirst) {
  EXPECT_EQ(admitted(4, {seconds{5}, seconds{9}, seconds{8}, seconds{4}, seconds{6}}), 3);
  EXPECT_EQ(admitted(4, {seconds{8}, seconds{5}, seconds{9}}), 2);
}

TEST(Company, HoldsNobodyUpForLong) {
  EXPECT_EQ(admitted(4, std::vector<Span>(4, seconds{12})), 3);
  EXPECT_EQ(admitted(4, std::vector<Span>(4, seconds{20})), 1);
  EXPECT_EQ(admitted(4, {seconds{30}}), 1);  // alone, whatever its length
}

}  // namespace
}  // namespace vigie::transcribe
