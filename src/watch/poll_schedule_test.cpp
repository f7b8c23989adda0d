// SPDX-License-Identifier: Apache-2.0
#include "watch/poll_schedule.hpp"

#include <gtest/gtest.h>

namespace vigie::watch {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr double middle = 0.5;  // no jitter after a good answer
constexpr double none = 0;      // none after a refusal

LookOutcome refused(Span retry_after = Span{0}) {
  LookOutcome outcome;
  outcome.is_refused = true;
  outcome.retry_after = retry_after;
  return outcome;
}

TEST(PollSchedule, LooksAtANewAccountAtOnceAndThenAtItsInterval) {
  PollSchedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});

  EXPECT_EQ(schedule.take(seconds{0}), "a");
  EXPECT_EQ(schedule.take(seconds{0}), std::nullopt);
  EXPECT_EQ(schedule.answered("a", seconds{1}, {}, middle).wait, Span{seconds{60}});

  EXPECT_EQ(schedule.next_due(), Span{seconds{61}});
  EXPECT_EQ(schedule.take(seconds{60}), std::nullopt);
  EXPECT_EQ(schedule.take(seconds{61}), "a");
}

TEST(PollSchedule, GivesTheMostOverdueFirst) {
  PollSchedule schedule{PollLimits{}};
  schedule.add("late", seconds{3}, Span{0});
  schedule.add("later", seconds{7}, Span{0});

  EXPECT_EQ(schedule.overdue(seconds{10}), Span{seconds{7}});
  EXPECT_EQ(schedule.take(seconds{10}), "late");
  EXPECT_EQ(schedule.take(seconds{10}), "later");
}

TEST(PollSchedule, LooksMoreOftenAtALive) {
  PollSchedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});
  LookOutcome live;
  live.is_live = true;

  EXPECT_EQ(schedule.answered("a", seconds{0}, live, middle).wait, Span{seconds{30}});
}

TEST(PollSchedule, AsksAgainSoonToConfirmAnEnd) {
  PollSchedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});
  LookOutcome ending;
  ending.asks_again_soon = true;
  ending.is_live = true;

  EXPECT_EQ(schedule.answered("a", seconds{0}, ending, middle).wait, Span{seconds{5}});
}

TEST(PollSchedule, WaitsLongerAfterEachRefusalUpToTheCeilingAndForgivesAtOnce) {
  PollSchedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  Span now{0};
  for (const auto expected : {30, 60, 120, 240, 480, 960, 1800, 1800}) {
    ASSERT_EQ(schedule.take(now), "a");
    const auto next = schedule.answered("a", now, refused(), none);
    EXPECT_EQ(next.wait, Span{seconds{expected}});
    now += next.wait;
  }

  schedule.take(now);
  EXPECT_EQ(schedule.answered("a", now, {}, middle).wait, Span{seconds{60}});
  schedule.take(now + seconds{60});
  EXPECT_EQ(schedule.answered("a", now, refused(), none).wait, Span{seconds{30}});
}

TEST(PollSchedule, ObeysRetryAfter) {
  PollSchedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});

  EXPECT_EQ(schedule.answered("a", seconds{0}, refused(minutes{7}), none).wait, Span{minutes{7}});
}

TEST(PollSchedule, SpreadsAccountsByJitter) {
  PollSchedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});

  EXPECT_EQ(schedule.answered("a", seconds{0}, {}, 0).wait, Span{seconds{54}});
  EXPECT_EQ(schedule.answered("a", seconds{0}, {}, 1).wait, Span{seconds{66}});
}

TEST(PollSchedule, ChecksNowBeforeEverythingElseThatIsDue) {
  PollSchedule schedule{PollLimits{}};
  schedule.add("due", seconds{1}, Span{0});
  schedule.add("asked", seconds{500}, Span{0});

  schedule.urge("asked", seconds{10});

  EXPECT_EQ(schedule.take(seconds{10}), "asked");
  EXPECT_EQ(schedule.take(seconds{10}), "due");
}

TEST(PollSchedule, KeepsADecentDistanceHoweverOftenOneAsks) {
  PollSchedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});
  schedule.answered("a", seconds{10}, {}, middle);

  schedule.urge("a", seconds{11});

  EXPECT_EQ(schedule.take(seconds{11}), std::nullopt);
  EXPECT_EQ(schedule.take(seconds{15}), "a");
}

TEST(PollSchedule, RemembersAnUrgentWishDuringALook) {
  PollSchedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});

  schedule.urge("a", seconds{1});

  EXPECT_EQ(schedule.take(seconds{1}), std::nullopt);
  EXPECT_EQ(schedule.answered("a", seconds{2}, {}, middle).wait, Span{seconds{5}});
}

TEST(PollSchedule, MeasuresTheRealIntervalWithoutTheLooksPeopleAskedFor) {
  PollSchedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});
  EXPECT_EQ(schedule.answered("a", seconds{0}, {}, middle).interval, Span{0});

  schedule.take(seconds{80});
  EXPECT_EQ(schedule.answered("a", seconds{80}, {}, middle).interval, Span{seconds{80}});

  schedule.urge("a", seconds{90});
  schedule.take(seconds{90});
  EXPECT_EQ(schedule.answered("a", seconds{90}, {}, middle).interval, Span{seconds{80}});

  schedule.take(seconds{150});
  EXPECT_EQ(schedule.answered("a", seconds{150}, {}, middle).interval, Span{seconds{75}});
}

TEST(PollSchedule, ForgetsWhoWasRemovedEvenDuringALook) {
  PollSchedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});
  schedule.remove("a");

  schedule.answered("a", seconds{1}, {}, middle);

  EXPECT_EQ(schedule.size(), 0U);
  EXPECT_EQ(schedule.next_due(), std::nullopt);
}

}  // namespace
}  // namespace vigie::watch
