// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <stdexcept>
#include <thread>

#include "base/ids.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "base/random_fake.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace vigie {
namespace {

using namespace std::chrono_literals;

TEST(Error, GainsContextAndKeepsItsKindAndItsPatience) {
  const Error error{Errc::rate_limited, "429", 30s};

  const auto told = error.during("reading the room of x");

  EXPECT_EQ(told.what, "reading the room of x: 429");
  EXPECT_EQ(told.code, Errc::rate_limited);
  EXPECT_EQ(told.retry_after, 30s);
}

TEST(Result, ThrowsABugWhenAnUncheckedErrorIsRead) {
  const Result<int> failed = make_error(Errc::timeout, "no answer in {} s", 10);
  EXPECT_THROW(static_cast<void>(failed.value()), std::logic_error);
  EXPECT_EQ(to_string(failed.error().code), "timeout");
}

TEST(Rfc3339, IsWrittenInMillisecondsAndUtc) {
  EXPECT_EQ(to_rfc3339(from_micros(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(from_micros(1'795'368'005'120'999)), "2026-11-22T17:20:05.120Z");
  EXPECT_EQ(to_rfc3339(from_micros(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, IsReadInEveryForm) {
  const auto expected = from_micros(1'795'368'005'120'000);
  for (const auto* text : {"2026-11-22T17:20:05.12Z", "2026-11-22t17:20:05.120z",
                           "2026-11-22 17:20:05.1200009Z", "2026-11-22T18:20:05.12+01:00",
                           "2026-11-22T11:50:05.12-05:30", "2026-11-22T17:20:05.12-00:00"}) {
    ASSERT_TRUE(parse_rfc3339(text).has_value()) << text;
    EXPECT_EQ(*parse_rfc3339(text), expected) << text;
  }
  EXPECT_EQ(*parse_rfc3339("2024-02-29T23:59:60Z"), *parse_rfc3339("2024-03-01T00:00:00Z"));
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
  for (const auto* text : {"", "2026-11-22", "2026-11-22T17:20:05", "2026-13-01T00:00:00Z",
                           "2026-02-29T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T17:60:05Z",
                           "2026-11-22T17:20:61Z", "2026-11-22T17:20:05.Z", "2026-11-22T17:20:05Zx",
                           "2026-11-22T17:20:05+1:00", "2026-11-22T17:20:05+24:00",
                           "-026-11-22T17:20:05Z", "+026-11-22T17:20:05Z", "2026-11-22T17:20:05+01",
                           " 2026-11-22T17:20:05Z", "26-11-22T17:20:05Z", "2026-1-22T17:20:05Z"}) {
    EXPECT_TRUE(parse_rfc3339(text).has_error()) << text;
  }
  EXPECT_TRUE(is_valid_utf8(parse_rfc3339("\xFF\xFF").error().what));
}

TEST(Rfc3339, ReadsBackWhatItWrites) {
  SeededRandom random;
  for (int i = 0; i < 1000; ++i) {
    const auto time = from_micros(static_cast<std::int64_t>(random.unit() * 4e15) / 1000 * 1000);
    EXPECT_EQ(parse_rfc3339(to_rfc3339(time)).value(), time);
  }
}

TEST(Seconds, AreExactToTheMicrosecond) {
  EXPECT_EQ(from_seconds(1.5), 1'500'000us);
  EXPECT_DOUBLE_EQ(to_seconds(2'500'000us), 2.5);
}

TEST(Ids, GrowAlsoWithinOneMillisecondAndWhenTheClockGoesBack) {
  SeededRandom random;
  Ids ids{random};
  std::string last;
  auto now = from_micros(1'795'368'005'120'000);
  for (int i = 0; i < 20'000; ++i) {
    now += i % 3 == 0 ? Span{700} : i % 100 == 0 ? -Span{50'000} : Span{0};
    const auto id = ids.next(now);
    ASSERT_EQ(id.size(), 26U);
    ASSERT_GT(id, last);
    ASSERT_TRUE(is_plausible_id(id));
    last = id;
  }
}

// Random bytes that leave the counter as high as it can start.
class AllOnes final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    std::ranges::fill(bytes, std::uint8_t{0xFF});
  }
};

TEST(Ids, CarryFromTheLowHalfToTheHigh) {
  AllOnes random;
  Ids ids{random};
  const auto first = ids.next(from_micros(0) + 1ms);
  const auto second = ids.next(from_micros(0) + 1ms);
  EXPECT_GT(second, first);
  EXPECT_EQ(first, "0000000001FZZZZZZZZZZZZZZZ");
  EXPECT_EQ(second, "0000000001G000000000000000");
}

TEST(Ids, HoldTheTimeInTheirFirstTenLetters) {
  SeededRandom random;
  Ids ids{random};
  // The example of the ULID specification: 1469918176385 ms is 01ARYZ6S41.
  EXPECT_EQ(ids.next(from_micros(1'469'918'176'385'000)).substr(0, 10), "01ARYZ6S41");
}

TEST(Ids, DoNotJumpToTheEndOfTimeWhenTheClockIsBefore1970) {
  SeededRandom random;
  Ids ids{random};
  static_cast<void>(ids.next(from_micros(-5'000'000)));
  EXPECT_EQ(ids.next(from_micros(1'469'918'176'385'000)).substr(0, 10), "01ARYZ6S41");
}

TEST(Ids, AreDifferentOnEveryThread) {
  SystemRandom random;
  Ids ids{random};
  std::mutex mutex;
  std::set<std::string> all;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) {
          auto id = ids.next(from_micros(1'000'000));
          const std::scoped_lock lock{mutex};
          all.insert(std::move(id));
        }
      });
    }
  }
  EXPECT_EQ(all.size(), 2000U);
}

TEST(Ids, FromOutsideArePlausibleOrNot) {
  EXPECT_TRUE(is_plausible_id("01ARYZ6S41-_z"));
  EXPECT_TRUE(is_plausible_id(std::string(64, 'a')));
  for (const std::string& bad :
       {std::string{}, std::string(65, 'a'), std::string{"a b"}, std::string{"a/b"},
        std::string{"é"}, std::string{"a\0", 2}, std::string{"a'--"}}) {
    EXPECT_FALSE(is_plausible_id(bad)) << bad;
  }
}

TEST(Random, OfTheSystemDoesNotRepeatAndItsUnitStaysBelowOne) {
  SystemRandom random;
  EXPECT_EQ(random.hex(32).size(), 64U);
  EXPECT_NE(random.hex(32), random.hex(32));
  EXPECT_EQ(random.hex(0), "");
  double sum = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto unit = random.unit();
    ASSERT_GE(unit, 0);
    ASSERT_LT(unit, 1);
    sum += unit;
  }
  EXPECT_NEAR(sum / 1000, 0.5, 0.1);
  AllOnes ones;
  EXPECT_LT(ones.unit(), 1);
}

TEST(Random, OfASeedRepeats) {
  SeededRandom one{7};
  SeededRandom same{7};
  SeededRandom other{8};
  const auto hex = one.hex(16);
  EXPECT_EQ(hex, same.hex(16));
  EXPECT_NE(hex, other.hex(16));
}

TEST(Json, IsReadWithinItsLimits) {
  EXPECT_TRUE(parse_json(R"({"a":[1,2,{"b":null}]})").has_value());
  EXPECT_TRUE(parse_json(std::string(32, '[') + std::string(32, ']')).has_value());
  EXPECT_TRUE(parse_json(std::string(33, '[') + std::string(33, ']')).has_error());
  EXPECT_TRUE(parse_json("[1,2]", {.bytes = 5}).has_value());
  EXPECT_TRUE(parse_json("[1,2]", {.bytes = 4}).has_error());
  EXPECT_TRUE(parse_json("[[1]]", {.depth = 1}).has_error());
}

TEST(Json, IsRefusedWithTheReasonAndTheOffset) {
  for (const auto* bad : {"", " ", "{", "[1,]", "{\"a\":}", "nul", "1 2", "{}{}", "NaN", "'a'",
                          "{a:1}", "\"\xFF\"", "[1,2", "// x", "\"\x01\"", "<html>"}) {
    const auto parsed = parse_json(bad);
    ASSERT_TRUE(parsed.has_error()) << bad;
    EXPECT_EQ(parsed.error().code, Errc::corrupt);
    EXPECT_NE(parsed.error().what.find("byte"), std::string::npos) << parsed.error().what;
  }
  EXPECT_NE(parse_json("[1,2,x]").error().what.find("at byte 5"), std::string::npos)
      << parse_json("[1,2,x]").error().what;
}

TEST(Json, GivesFieldsOfTheRightTypeOnly) {
  const auto value =
      parse_json(R"({"a":{"b":{"text":"x","n":9007199254740993,"d":1.5,"t":true,"z":null}},)"
                 R"("huge":18446744073709551615,"whole":3.0,"list":[1]})")
          .value();

  EXPECT_EQ(get_string(value, "a.b.text"), "x");
  EXPECT_EQ(get_integer(value, "a.b.n"), 9007199254740993);
  EXPECT_EQ(get_number(value, "a.b.d"), 1.5);
  EXPECT_EQ(get_number(value, "a.b.n"), 9007199254740993.0);
  EXPECT_EQ(get_bool(value, "a.b.t"), true);
  EXPECT_EQ(get_integer(value, "whole"), 3);
  EXPECT_FALSE(get_integer(value, "huge").has_value());
  EXPECT_FALSE(get_integer(value, "a.b.d").has_value());
  EXPECT_FALSE(get_integer(value, "a.b.text").has_value());
  EXPECT_FALSE(get_string(value, "a.b.n").has_value());
  EXPECT_FALSE(get_string(value, "a.b.z").has_value());
  EXPECT_FALSE(get_bool(value, "a.b.text").has_value());
  EXPECT_FALSE(get_number(value, "a.b.t").has_value());
  EXPECT_EQ(find(value, "a.missing.text"), nullptr);
  EXPECT_EQ(find(value, "list.0"), nullptr);
  EXPECT_EQ(find(value, "a.b.text.more"), nullptr);
}

}  // namespace
}  // namespace vigie
