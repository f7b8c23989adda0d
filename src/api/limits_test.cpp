// SPDX-License-Identifier: Apache-2.0
#include "api/limits.hpp"

#include <gtest/gtest.h>

namespace vigie::api {
namespace {

constexpr Span start{1'000'000};

int asked_at_once(Limits& limits, std::string_view address, int times, Span now = start) {
  int passed = 0;
  for (int i = 0; i < times; ++i) {
    passed += limits.take_request(address, now) ? 1 : 0;
  }
  return passed;
}

TEST(Limits, LetAnAddressAskTwoHundredTimesAtOnceThenFiftyASecond) {
  Limits limits;

  EXPECT_EQ(asked_at_once(limits, "203.0.113.5", 300), 200);
  const auto refused = limits.take_request("203.0.113.5", start);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::rate_limited);
  EXPECT_EQ(refused.error().retry_after.count(), 1);
  EXPECT_EQ(asked_at_once(limits, "203.0.113.6", 10), 10);
  const auto later = start + std::chrono::seconds{1};
  EXPECT_EQ(asked_at_once(limits, "203.0.113.5", 300, later), 50);
}

TEST(Limits, SpareThisMachineAndCountANetworkOfIpv6Once) {
  Limits limits;

  EXPECT_EQ(asked_at_once(limits, "127.0.0.1", 1000), 1000);
  EXPECT_EQ(asked_at_once(limits, "::1", 1000), 1000);
  EXPECT_EQ(counted_address("2001:db8:1:2:3:4:5:6"), counted_address("2001:db8:1:2::9"));
  EXPECT_NE(counted_address("2001:db8:1:2::9"), counted_address("2001:db8:1:3::9"));
  EXPECT_EQ(counted_address("::ffff:203.0.113.5"), "203.0.113.5");
  EXPECT_EQ(asked_at_once(limits, "unknown", 300), 200);  // a proxy's own word for nobody
}

TEST(Limits, GiveTwentySocketsToAnAddressAndTenToAPerson) {
  Limits limits;
  std::vector<Limits::Seat> seats;
  for (int i = 0; i < 10; ++i) {
    seats.push_back(limits.take_seat("203.0.113.5", "P").value());
  }
  EXPECT_FALSE(limits.take_seat("203.0.113.6", "P"));
  EXPECT_FALSE(limits.take_seat("127.0.0.1", "P"));
  for (int i = 0; i < 10; ++i) {
    seats.push_back(limits.take_seat("203.0.113.5", "Q").value());
  }
  EXPECT_FALSE(limits.take_seat("203.0.113.5", "R"));
  EXPECT_TRUE(limits.take_seat("127.0.0.1", "R"));
  seats.clear();

  EXPECT_TRUE(limits.take_seat("203.0.113.5", "P"));
}

TEST(Limits, OutliveNothingButTheirSeats) {
  std::vector<Limits::Seat> old;
  {
    Limits limits;
    for (int i = 0; i < 10; ++i) {
      old.push_back(limits.take_seat("203.0.113.5", "P").value());
    }
  }
  Limits limits;
  std::vector<Limits::Seat> seats;
  for (int i = 0; i < 10; ++i) {
    seats.push_back(limits.take_seat("203.0.113.5", "P").value());
  }
  old.clear();  // what they counted in was their own

  EXPECT_FALSE(limits.take_seat("203.0.113.5", "P"));
  seats.pop_back();
  EXPECT_TRUE(limits.take_seat("203.0.113.5", "P"));
}

std::string address_number(int i) {
  return fmt::format("203.{}.{}.{}", i / 65536, i / 256 % 256, i % 256);
}

TEST(Limits, ForgetWhoAskedLongAgo) {
  Limits limits;
  for (int i = 0; i < 30'000; ++i) {
    EXPECT_TRUE(limits.take_request(address_number(i), start + std::chrono::milliseconds{25} * i));
  }

  EXPECT_LT(limits.remembered(), 15'000U);
}

TEST(Limits, SweepOnceASecondAtMostAndForgetNobodyWhoIsStillCounted) {
  Limits limits;
  EXPECT_EQ(asked_at_once(limits, "203.255.0.1", 200), 200);
  for (int i = 0; i < 20'001; ++i) {
    EXPECT_TRUE(limits.take_request(address_number(i), start));
  }
  const auto soon = start + std::chrono::seconds{1};
  EXPECT_TRUE(limits.take_request("198.51.100.1", soon));
  EXPECT_EQ(limits.remembered(), 2U);
  for (int i = 0; i < 20'001; ++i) {
    EXPECT_TRUE(limits.take_request(address_number(i), soon));
  }
  const auto later = soon + std::chrono::milliseconds{999};
  EXPECT_TRUE(limits.take_request("198.51.100.2", later));
  EXPECT_GT(limits.remembered(), 20'000U) << "not twice in one second";

  EXPECT_TRUE(limits.take_request("198.51.100.3", later + std::chrono::milliseconds{1}));

  EXPECT_LT(limits.remembered(), 10U);
  EXPECT_LT(asked_at_once(limits, "203.255.0.1", 300, later), 110)
      << "who asked too often is not forgotten";
}

}  // namespace
}  // namespace vigie::api
