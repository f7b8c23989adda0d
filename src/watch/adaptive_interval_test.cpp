// SPDX-License-Identifier: Apache-2.0
#include "watch/adaptive_interval.hpp"

#include <gtest/gtest.h>

namespace vigie::watch {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Time sunday_noon = parse_rfc3339("2026-11-22T12:00:00Z").value();
const IntervalLimits limits{.usual = seconds{60}, .shortest = seconds{15}, .longest = minutes{15}};

Span wish(const Interest& interest, const Habits& habits = {}, Time now = sunday_noon) {
  return wished_interval(limits, habits, interest, now);
}

Interest last_live(Span ago) {
  Interest interest;
  interest.last_live_at = sunday_noon - ago;
  return interest;
}

TEST(AdaptiveInterval, IsTheUsualOneWhenNothingIsKnown) {
  EXPECT_EQ(wish(Interest{}), Span{seconds{60}});
}

TEST(AdaptiveInterval, IsShorterAfterARecentLiveAndLongerAfterAMonthOfSilence) {
  EXPECT_EQ(wish(last_live(days{1})), Span{seconds{45}});
  EXPECT_EQ(wish(last_live(days{10})), Span{seconds{60}});
  EXPECT_EQ(wish(last_live(days{40})), Span{seconds{120}});
}

TEST(AdaptiveInterval, IsShorterForWhatPeopleCareAbout) {
  Interest interest;
  interest.priority = 1;
  EXPECT_EQ(wish(interest), Span{seconds{42}});
  interest.priority = 2;
  EXPECT_EQ(wish(interest), Span{seconds{24}});
  interest.followers = 5;
  EXPECT_LT(wish(interest), Span{seconds{24}});
}

TEST(AdaptiveInterval, IsLongerForAnAccountThatIsGone) {
  Interest interest;
  interest.status = AccountStatus::offline;
  EXPECT_EQ(wish(interest), Span{minutes{4}});
}

TEST(AdaptiveInterval, FollowsTheUsualHours) {
  const Habits habits{{sunday_noon - days{7}}, sunday_noon};

  EXPECT_TRUE(habits.hold(sunday_noon));
  EXPECT_TRUE(habits.hold(sunday_noon - hours{1}));
  EXPECT_TRUE(habits.hold(sunday_noon + hours{1}));
  EXPECT_FALSE(habits.hold(sunday_noon + hours{3}));
  EXPECT_FALSE(habits.hold(sunday_noon + days{1}));
  EXPECT_EQ(wish(Interest{}, habits), Span{seconds{30}});
  EXPECT_EQ(wish(Interest{}, habits, sunday_noon + hours{5}), Span{seconds{90}});
}

TEST(AdaptiveInterval, TakesAnHourOnTwoWeekdaysForADailyHabit) {
  const Habits habits{{sunday_noon - days{7}, sunday_noon - days{5}}, sunday_noon};

  EXPECT_TRUE(habits.hold(sunday_noon + days{2}));
  EXPECT_FALSE(habits.hold(sunday_noon + days{2} + hours{4}));
}

TEST(AdaptiveInterval, ForgetsOldHabitsAndIgnoresTheFuture) {
  EXPECT_FALSE((Habits{{sunday_noon - days{60}}, sunday_noon}.are_known()));
  EXPECT_FALSE((Habits{{sunday_noon + days{1}}, sunday_noon}.are_known()));
}

TEST(AdaptiveInterval, WrapsAroundTheWeekAndBefore1970) {
  const Time monday = parse_rfc3339("2026-11-16T00:30:00Z").value();
  const Habits habits{{monday}, sunday_noon};

  EXPECT_TRUE(habits.hold(monday - hours{1}));  // Sunday, 23:30
  EXPECT_FALSE(habits.hold(Time{} - hours{30}));
}

TEST(AdaptiveInterval, StaysWithinItsBoundsWhichNeverExcludeTheUsualOne) {
  Interest interest;
  interest.priority = 2;
  interest.followers = 9;
  interest.last_live_at = sunday_noon - hours{1};
  const Habits habits{{sunday_noon - days{7}}, sunday_noon};
  EXPECT_EQ(wish(interest, habits), Span{seconds{15}});

  Interest gone = last_live(days{99});
  gone.status = AccountStatus::offline;
  IntervalLimits narrow = limits;
  narrow.longest = minutes{2};
  EXPECT_EQ(wished_interval(narrow, {}, gone, sunday_noon), Span{minutes{2}});
  narrow.longest = seconds{1};
  narrow.shortest = minutes{9};
  EXPECT_EQ(wished_interval(narrow, {}, gone, sunday_noon), Span{seconds{60}});
  EXPECT_EQ(wished_interval(narrow, {}, interest, sunday_noon), Span{seconds{60}});
}

}  // namespace
}  // namespace vigie::watch
