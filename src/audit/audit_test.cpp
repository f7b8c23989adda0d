// SPDX-License-Identifier: Apache-2.0
#include "audit/audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vigie::audit {
namespace {

Line first_line() {
  return {.number = 1,
          .at = from_micros(1'700'000'000'000'000),
          .kind = "alert.decided",
          .via = "session",
          .person_id = "01HP",
          .thing = "alert",
          .thing_id = "01HA",
          .request_id = "deadbeef",
          .detail = R"({"verdict":"lawful","note":"é"})",
          .sha256 = {}};
}

TEST(Chain, IsOfTheBytesThatTheHeaderWritesDown) {
  EXPECT_EQ(canonical_bytes(first_line(), ""),
            "vigie-audit-1\n0:\n1:1\n16:1700000000000000\n13:alert.decided\n7:session\n4:01HP\n"
            "5:alert\n4:01HA\n8:deadbeef\n32:{\"verdict\":\"lawful\",\"note\":\"é\"}\n");
}

// Made by twelve lines of Python from the words in the header alone.
TEST(Chain, GivesTheHashesOfAnotherProgram) {
  const auto first = hash_of(first_line(), "");
  EXPECT_EQ(first, "798512b63b83bcc0c9f15518e453dc757f09bc98ec2137483e1651d6ff64cdc9");

  const Line second{.number = 2,
                    .at = from_micros(1'700'000'000'000'001),
                    .kind = "session.ended",
                    .via = "vigie",
                    .person_id = "",
                    .thing = "person",
                    .thing_id = "01HP",
                    .request_id = "",
                    .detail = "{}",
                    .sha256 = {}};
  EXPECT_EQ(hash_of(second, first),
            "d27b12f50db967c34f0db20701d5ceb70b8a7a7ab4c9f1b3de02c19606625444");
}

TEST(Chain, TellsFieldsThatRunIntoOneAnother) {
  auto one = first_line();
  auto other = first_line();
  one.person_id = "AB";
  one.thing = "C";
  other.person_id = "A";
  other.thing = "BC";
  EXPECT_NE(hash_of(one, ""), hash_of(other, ""));
}

TEST(Heads, AreReadAsTheyArePrinted) {
  const Head head{.lines = 4711, .sha256 = std::string(64, 'a')};
  const auto read = parse_head(to_string(head));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->lines, head.lines);
  EXPECT_EQ(read->sha256, head.sha256);
}

TEST(Heads, ThatAreNoneAreRefused) {
  const std::string hash(64, 'a');
  for (const auto& wrong :
       {std::string{}, hash, ":" + hash, "0:" + hash, "-1:" + hash, "7:" + hash + "0",
        "7:" + std::string(64, 'G'), std::string{"7"}, "7;" + hash}) {
    EXPECT_FALSE(parse_head(wrong)) << wrong;
  }
}

TEST(Kinds, AreListedOnceEachInOrder) {
  EXPECT_TRUE(std::ranges::is_sorted(kinds()));
  EXPECT_EQ(std::ranges::adjacent_find(kinds()), kinds().end());
}

}  // namespace
}  // namespace vigie::audit
