// SPDX-License-Identifier: Apache-2.0
#include "capture/live_clock.hpp"

#include <gtest/gtest.h>

namespace vigie::capture {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t packet_samples = 368;
constexpr Span packet = milliseconds{23};

// Feeds count packets whose arrival and timestamps both move on; returns the first place.
LiveClock::Place flow(LiveClock& clock, Span timestamp, Span arrival, int count) {
  LiveClock::Place first;
  for (int i = 0; i < count; ++i) {
    const auto place = clock.place(timestamp + i * packet, arrival + i * packet);
    clock.advance(packet_samples);
    if (i == 0) {
      first = place;
    } else {
      EXPECT_EQ(place.skipped, Span{0});
    }
  }
  return first;
}

TEST(LiveClock, BeginsWhereTheLiveIsWhenTheFirstSoundArrives) {
  LiveClock clock{Span{0}};

  const auto first = flow(clock, hours{5}, seconds{90}, 100);

  EXPECT_EQ(first.at, Span{seconds{90}});
  EXPECT_EQ(first.skipped, Span{0});
  EXPECT_EQ(clock.position(), Span{seconds{90}} + 100 * packet);
}

TEST(LiveClock, StaysContinuousWhenPacketsComeInBursts) {
  LiveClock clock{Span{0}};

  for (int i = 0; i < 200; ++i) {  // four seconds of cache at once
    const auto place = clock.place(i * packet, seconds{10});
    clock.advance(packet_samples);
    EXPECT_EQ(place.at, Span{seconds{10}} + i * packet);
  }
}

TEST(LiveClock, TakesAJumpOfTheTimestampsForNoMoreThanItIs) {
  LiveClock clock{Span{0}};
  flow(clock, seconds{0}, seconds{10}, 100);
  const Span before = clock.position();

  const auto forward = clock.place(hours{1}, seconds{10} + 100 * packet);
  clock.advance(packet_samples);
  const auto back = clock.place(seconds{0}, seconds{10} + 101 * packet);

  EXPECT_TRUE(forward.is_jump);
  EXPECT_EQ(forward.skipped, Span{0});
  EXPECT_EQ(forward.at, before);
  EXPECT_EQ(back.at, before + packet);
}

TEST(LiveClock, SeesTheHoleOfALostConnection) {
  LiveClock clock{Span{0}};
  flow(clock, seconds{0}, seconds{10}, 100);
  const Span before = clock.position();

  clock.disconnect();
  const auto again = clock.place(seconds{77}, before + seconds{12});

  EXPECT_GE(again.skipped, Span{seconds{12}});
  EXPECT_EQ(again.at, before + again.skipped);
}

TEST(LiveClock, SeesNoHoleWhenTheServerReplaysWhatWasMissed) {
  LiveClock clock{Span{0}};
  for (int i = 0; i < 200; ++i) {  // four seconds ahead of the wall clock
    clock.place(i * packet, seconds{10});
    clock.advance(packet_samples);
  }

  clock.disconnect();
  const auto again = clock.place(seconds{0}, seconds{12});

  EXPECT_EQ(again.skipped, Span{0});
}

TEST(LiveClock, SeesTheHoleSinceAnEarlierCapture) {
  LiveClock clock{seconds{100}};

  const auto first = clock.place(seconds{0}, seconds{130});

  EXPECT_EQ(first.skipped, Span{seconds{30}});
  EXPECT_EQ(first.at, Span{seconds{130}});
}

TEST(LiveClock, BridgesAShortHoleInTheTimestamps) {
  LiveClock clock{Span{0}};
  flow(clock, seconds{0}, seconds{10}, 100);
  const Span before = clock.position();

  const auto place = clock.place(100 * packet + milliseconds{700}, seconds{13});

  EXPECT_EQ(place.skipped, Span{milliseconds{700}});
  EXPECT_LT(place.skipped, least_gap);
  EXPECT_EQ(place.at, before + milliseconds{700});
}

TEST(LiveClock, LosesNothingToRoundingInHours) {
  LiveClock clock{Span{0}};
  Span timestamp{0};
  for (std::int64_t i = 0; i < 500'000;
       ++i) {  // 1024 samples at 44.1 kHz, as whole milliseconds in the tag
    timestamp = milliseconds{i * 1024 * 1000 / 44'100};
    EXPECT_EQ(clock.place(timestamp, timestamp).skipped, Span{0});
    clock.advance(
        static_cast<std::size_t>((i + 1) * 1024 * 16'000 / 44'100 - i * 1024 * 16'000 / 44'100));
  }

  EXPECT_NEAR(to_seconds(clock.position()), to_seconds(timestamp), 0.05);
}

TEST(LiveClock, NeverGoesBackWhateverComes) {
  LiveClock clock{Span{0}};
  Span last{0};
  std::uint32_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    state = state * 1'664'525 + 1'013'904'223;
    const auto place = clock.place(milliseconds{state >> 12U}, milliseconds{state % 600'000});
    ASSERT_GE(place.at, last);
    ASSERT_GE(place.skipped, Span{0});
    clock.advance(packet_samples);
    last = clock.position();
    if (state % 97 == 0) {
      clock.disconnect();
    }
  }
}

}  // namespace
}  // namespace vigie::capture
