// SPDX-License-Identifier: Apache-2.0
#include "analyse/llm/allowance.hpp"

#include <gtest/gtest.h>

namespace vigie::analyse {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Resets, AreReadInEveryFormAndBounded) {
  EXPECT_EQ(parse_reset("2m59.56s"), Span{milliseconds{179'560}});
  EXPECT_EQ(parse_reset("350ms"), Span{milliseconds{350}});
  EXPECT_EQ(parse_reset(" 7.66 "), Span{milliseconds{7660}});
  EXPECT_EQ(parse_reset("1h2m"), Span{std::chrono::hours{1}}) << "at most an hour";
  EXPECT_EQ(parse_reset("99999999999999999h"), Span{std::chrono::hours{1}});
  for (const std::string_view bad :
       {"", " ", "s", "-3s", "3x", "1 2", "1e5s", "..s", "4mm", "nan"}) {
    EXPECT_FALSE(parse_reset(bad)) << bad;
  }
}

http::Headers tokens(std::string limit, std::string left, std::string reset) {
  http::Headers headers;
  headers.add("X-RateLimit-Limit-Tokens", std::move(limit));
  headers.add("x-ratelimit-remaining-tokens", std::move(left));
  headers.add("x-ratelimit-reset-tokens", std::move(reset));
  return headers;
}

TEST(Quota, HoldsAQuestionBackUntilThereIsRoomForIt) {
  Allowance allowance;
  EXPECT_EQ(allowance.wait(1000, seconds{0}), Span{0}) << "nothing is known";
  allowance.read(tokens("8000", "500", "4s"), seconds{10});

  EXPECT_EQ(allowance.wait(400, seconds{10}), Span{0});
  EXPECT_EQ(allowance.wait(1000, seconds{11}), Span{seconds{3}});
  EXPECT_EQ(allowance.wait(1000, seconds{14}), Span{0});
}

TEST(Quota, LetsAQuestionThroughThatNoQuotaWouldEverHold) {
  Allowance allowance;
  allowance.read(tokens("500", "500", "1s"), seconds{0});
  EXPECT_EQ(allowance.wait(1000, seconds{0}), Span{0});
}

TEST(Quota, IgnoresHeadersThatMakeNoSense) {
  Allowance allowance;
  allowance.read(tokens("x", "-", "soon"), seconds{0});
  EXPECT_EQ(allowance.wait(1'000'000, seconds{0}), Span{0});
}

}  // namespace
}  // namespace vigie::analyse
