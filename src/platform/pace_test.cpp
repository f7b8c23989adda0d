// SPDX-License-Identifier: Apache-2.0
#include "platform/pace.hpp"

#include <gtest/gtest.h>

namespace vigie::platform {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class Pace : public ::testing::Test {
 protected:
  void block(Treatment treatment = Treatment::blocked, Span retry_after = Span{0},
             double random = 0) {
    refuse(state, Refusal{treatment, "captcha", retry_after, now, random}, limits, now);
  }
  // As a canary that dies would.
  Span pause_after_waiting() {
    now = std::max(now, state.paused_until);
    block();
    return state.paused_until - now;
  }

  PaceLimits limits;
  HostState state;
  Time now = from_micros(1'795'000'000'000'000);
};

TEST_F(Pace, LeavesTheHostAloneTwiceAsLongAfterEachRefusalAndHalfAnHourAfterTheFifth) {
  EXPECT_EQ(pause_after_waiting(), Span{seconds{30}});
  EXPECT_EQ(pause_after_waiting(), Span{seconds{60}});
  EXPECT_EQ(pause_after_waiting(), Span{minutes{2}});
  EXPECT_EQ(pause_after_waiting(), Span{minutes{4}});
  EXPECT_EQ(pause_after_waiting(), Span{minutes{30}});
  EXPECT_EQ(pause_after_waiting(), Span{minutes{60}});
  EXPECT_EQ(pause_after_waiting(), Span{minutes{60}});
  EXPECT_EQ(state.reason, "captcha");
}

TEST_F(Pace, RemembersSinceWhenItIsRefused) {
  const auto first = now;

  pause_after_waiting();
  pause_after_waiting();

  EXPECT_EQ(state.blocked_since, first);
}

TEST_F(Pace, ForgivesAtOneGoodAnswerButNotAtOneAskedForBefore) {
  const auto asked_before = now;
  now += seconds{1};
  block();

  serve(state, asked_before, now + seconds{1});
  EXPECT_TRUE(is_paused(state, now + seconds{1}));

  now = state.paused_until;
  serve(state, now, now + seconds{1});
  EXPECT_EQ(state.blocks, 0);
  EXPECT_EQ(state.reason, "");
  EXPECT_FALSE(is_paused(state, now));
}

TEST_F(Pace, CountsTheAnswersToRequestsOfBeforeThePauseOnce) {
  const Refusal sent_together{Treatment::throttled, "http_429", Span{0}, now, 0};
  now += seconds{1};

  for (int i = 0; i < 5; ++i) {
    refuse(state, sent_together, limits, now);
  }

  EXPECT_EQ(state.blocks, 1);
  EXPECT_DOUBLE_EQ(state.share, 0.5);
  EXPECT_EQ(state.paused_until, now + seconds{30});
}

TEST_F(Pace, ObeysRetryAfterNeverEarlierAndATenthLaterAtMost) {
  for (const auto random : {0.0, 0.5, 0.999}) {
    for (const auto wished : {seconds{3}, seconds{90}, seconds{3600}}) {
      state = HostState{};
      block(Treatment::throttled, wished, random);

      EXPECT_GE(state.paused_until - now, Span{wished});
      EXPECT_LE(state.paused_until - now, Span{wished} * 11 / 10);
    }
  }
}

TEST_F(Pace, HalvesTheRateAtEach429DownToTheFloor) {
  for (const auto share : {0.5, 0.25, 0.125, 0.1, 0.1}) {
    now = std::max(now, state.paused_until);
    block(Treatment::throttled, seconds{1});
    EXPECT_DOUBLE_EQ(state.share, share);
  }
  EXPECT_EQ(distance(state, limits), Span{seconds{10}});
}

TEST_F(Pace, RecoversATenthOfTheBudgetAMinuteAndNeverBeyondIt) {
  block(Treatment::throttled, seconds{1});
  now += seconds{10};
  serve(state, now, now);

  for (int i = 0; i < 12; ++i) {
    now += seconds{5};
    grow(state, limits, now);
  }
  EXPECT_NEAR(state.share, 0.6, 1e-9);

  for (int i = 0; i < 200; ++i) {
    now += seconds{5};
    grow(state, limits, now);
  }
  EXPECT_DOUBLE_EQ(state.share, 1);
  EXPECT_EQ(distance(state, limits), Span{seconds{1}});
}

TEST_F(Pace, DoesNotTakeSilenceForGoodAnswers) {
  block(Treatment::throttled, seconds{1});
  now += hours{5};

  grow(state, limits, now);

  EXPECT_NEAR(state.share, 0.6, 1e-9);  // of one answer a minute is believed at most
}

TEST_F(Pace, IsHeldByOneProcessAtATime) {
  ASSERT_TRUE(take(state, "a", limits, now).is_mine);

  const auto other = take(state, "b", limits, now + seconds{1});

  EXPECT_FALSE(other.is_mine);
  EXPECT_EQ(other.until, state.held_until);
  EXPECT_TRUE(take(state, "b", limits, other.until).is_mine);
}

TEST_F(Pace, GoesFromHandToHandWhenBothWantIt) {
  take(state, "a", limits, now);
  const auto turn_of_b = take(state, "b", limits, now).until;

  const auto again = take(state, "a", limits, now + seconds{4});
  EXPECT_FALSE(again.is_mine) << "b waits";
  EXPECT_GT(again.until, turn_of_b);
  EXPECT_TRUE(take(state, "b", limits, turn_of_b).is_mine);
  EXPECT_FALSE(take(state, "a", limits, again.until).is_mine);
}

TEST_F(Pace, DoesNotWaitLongForAProcessThatDied) {
  take(state, "a", limits, now);
  const auto end = take(state, "dead", limits, now).until;

  const auto first = take(state, "c", limits, end);
  EXPECT_FALSE(first.is_mine);
  EXPECT_LE(first.until, end + seconds{2});
  EXPECT_TRUE(take(state, "c", limits, first.until).is_mine);
}

TEST_F(Pace, LeavesRoomForOneRequestHoweverSlowTheBudget) {
  limits.requests_per_second = 0.01;

  const auto hold = take(state, "a", limits, now);

  EXPECT_GE(hold.until - now, needed_hold(state, limits) + milliseconds{500});
}

TEST_F(Pace, IsTakenByNobodyWhilePaused) {
  block();

  const auto hold = take(state, "a", limits, now + seconds{1});

  EXPECT_FALSE(hold.is_mine);
  EXPECT_EQ(hold.until, state.paused_until);
}

TEST_F(Pace, GivesACanaryTheTimeToComeBack) {
  block();
  now = state.paused_until;

  const auto hold = take(state, "a", limits, now);

  ASSERT_TRUE(hold.is_mine);
  EXPECT_GE(hold.until - now, limits.canary_hold);
  EXPECT_FALSE(take(state, "b", limits, now + seconds{10}).is_mine);
}

TEST_F(Pace, SurvivesAClockThatIsPutBackADay) {
  take(state, "a", limits, now);
  now -= hours{24};

  const auto other = take(state, "b", limits, now);
  EXPECT_LE(other.until - now, Span{minutes{1}});

  now = other.until;
  block();
  now -= hours{24};
  take(state, "b", limits, now);
  EXPECT_LE(state.paused_until - now, Span{minutes{66}});
}

}  // namespace
}  // namespace vigie::platform
