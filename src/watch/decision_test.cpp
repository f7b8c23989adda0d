// SPDX-License-Identifier: Apache-2.0
// Every row of the protocol's table of statuses (§6), and its transitions.
#include "watch/decision.hpp"

#include <gtest/gtest.h>

#include "platform/live_source_fake.hpp"

namespace vigie::watch {
namespace {

using platform::Evidence;
using platform::FakeSource;
using std::chrono::minutes;
using std::chrono::seconds;

const Time noon = parse_rfc3339("2026-11-22T12:00:00Z").value();
const Time earlier = noon - minutes{20};

Known active() {
  Known known;
  known.status = AccountStatus::active;
  known.status_at = earlier;
  known.status_reason = "status_4";
  return known;
}

Known on_air(LiveState state = LiveState::live) {
  Known known;
  known.status = AccountStatus::live;
  known.status_at = earlier;
  known.status_reason = state == LiveState::live ? "status_2" : "status_3";
  OpenLive open;
  open.id = "live";
  open.room = "7";
  open.started_at = earlier;
  open.state = state;
  open.title = "Direct";
  open.viewers = 10;
  known.live = open;
  return known;
}

Known after(const Known& known, const Decision& decision) {
  auto next = known;
  next.status = decision.status;
  next.status_at = decision.status_at;
  next.status_reason = decision.status_reason;
  next.ending_since = decision.ending_since;
  next.negative_since = decision.negative_since;
  if (decision.ends) {
    next.live.reset();
  }
  return next;
}

TEST(Decision, PutsAnAccountOnAirAtOneGoodAnswer) {
  const auto decision = decide(active(), FakeSource::on_air("7", noon - seconds{3}), noon);

  EXPECT_EQ(decision.status, AccountStatus::live);
  EXPECT_EQ(decision.status_at, noon);
  EXPECT_EQ(decision.status_reason, "status_2");
  ASSERT_TRUE(decision.starts);
  EXPECT_EQ(decision.starts->room, "7");
  EXPECT_FALSE(decision.ends);
  EXPECT_TRUE(decision.is_news);
}

TEST(Decision, PutsAnAccountOnAirFromOfflineToo) {
  auto known = active();
  known.status = AccountStatus::offline;
  known.negative_since = earlier;

  const auto decision = decide(known, FakeSource::on_air("7", noon), noon);

  EXPECT_EQ(decision.status, AccountStatus::live);
  EXPECT_FALSE(decision.negative_since);
}

TEST(Decision, GoesOnWithTheOpenLiveWherePlatformsNumberNoRooms) {
  const auto started = decide(active(), FakeSource::on_air("", Time{}), noon);
  ASSERT_TRUE(started.starts);
  EXPECT_EQ(started.starts->room, std::to_string(to_micros(noon)));
  EXPECT_EQ(started.starts->started_at, noon);

  const auto next = decide(on_air(), FakeSource::on_air("", Time{}), noon);
  EXPECT_TRUE(next.goes_on);
  EXPECT_FALSE(next.starts);
  EXPECT_FALSE(next.ends);
}

TEST(Decision, TakesAPauseForTheSameLive) {
  const auto decision =
      decide(on_air(), FakeSource::on_air("7", earlier, 10, Evidence::paused), noon);

  EXPECT_EQ(decision.status, AccountStatus::live);
  EXPECT_EQ(decision.state, LiveState::paused);
  EXPECT_TRUE(decision.goes_on);
  EXPECT_FALSE(decision.ends);
  EXPECT_FALSE(decision.starts);
  EXPECT_TRUE(decision.is_news);
}

TEST(Decision, NeverEndsALiveByAPauseHoweverLong) {
  auto known = on_air(LiveState::paused);
  for (int i = 0; i < 100; ++i) {
    const auto decision =
        decide(known, FakeSource::on_air("7", earlier, 10, Evidence::paused), noon + minutes{i});
    ASSERT_FALSE(decision.ends);
    known = after(known, decision);
  }
}

TEST(Decision, EndsALiveOnlyAtTheSecondAnswer) {
  const auto known = on_air();
  const auto over = FakeSource::saying(Evidence::not_live, "status_4");

  const auto first = decide(known, over, noon);
  EXPECT_EQ(first.status, AccountStatus::live);
  EXPECT_EQ(first.status_at, earlier);
  EXPECT_EQ(first.status_reason, "ending");
  EXPECT_TRUE(first.asks_again_soon);
  EXPECT_FALSE(first.ends);

  const auto second = decide(after(known, first), over, noon + seconds{5});
  EXPECT_EQ(second.status, AccountStatus::active);
  ASSERT_TRUE(second.ends);
  EXPECT_EQ(second.ends->at, noon);
  EXPECT_EQ(second.ends->reason, "status_4");
  EXPECT_FALSE(second.ending_since);
}

TEST(Decision, DoesNotCountTwoAnswersOfTheSameMomentAsTwo) {
  const auto known = on_air();
  const auto over = FakeSource::saying(Evidence::not_live, "status_4");

  const auto first = decide(known, over, noon);
  const auto hasty = decide(after(known, first), over, noon + seconds{1});

  EXPECT_FALSE(hasty.ends);
  EXPECT_TRUE(hasty.asks_again_soon);
  EXPECT_EQ(hasty.ending_since, noon);
}

TEST(Decision, ForgetsAnEndThatALiveAnswerDenies) {
  const auto known = on_air();
  const auto first = decide(known, FakeSource::saying(Evidence::not_live, "status_4"), noon);

  const auto denied =
      decide(after(known, first), FakeSource::on_air("7", earlier), noon + seconds{5});
  const auto later = decide(after(known, denied),
                            FakeSource::saying(Evidence::not_live, "status_4"), noon + minutes{1});

  EXPECT_FALSE(denied.ending_since);
  EXPECT_FALSE(later.ends);
}

TEST(Decision, KeepsALiveThroughDoubtBetweenTheTwoAnswers) {
  auto known = on_air();
  known = after(known, decide(known, FakeSource::saying(Evidence::not_live, "status_4"), noon));

  const auto doubt =
      decide(known, FakeSource::saying(Evidence::unknown, "captcha"), noon + seconds{5});
  EXPECT_FALSE(doubt.ends);
  EXPECT_EQ(doubt.status, AccountStatus::live);

  const auto end = decide(after(known, doubt), FakeSource::saying(Evidence::not_live, "status_4"),
                          noon + seconds{40});
  ASSERT_TRUE(end.ends);
  EXPECT_EQ(end.ends->at, noon);
}

TEST(Decision, EndsTheOldLiveWhenANewRoomBegins) {
  const auto decision = decide(on_air(), FakeSource::on_air("8", noon - seconds{30}), noon);

  ASSERT_TRUE(decision.ends);
  EXPECT_EQ(decision.ends->reason, "new_room");
  EXPECT_EQ(decision.ends->at, noon - seconds{30});
  ASSERT_TRUE(decision.starts);
  EXPECT_EQ(decision.starts->room, "8");
}

TEST(Decision, TakesAnotherStartInTheSameRoomForAnotherLive) {
  const auto decision = decide(on_air(), FakeSource::on_air("7", noon - minutes{1}), noon);

  EXPECT_TRUE(decision.ends);
  EXPECT_TRUE(decision.starts);
}

TEST(Decision, StaysWithTheLiveWhenTheStartIsMissing) {
  const auto decision = decide(on_air(), FakeSource::on_air("7", Time{}), noon);

  EXPECT_FALSE(decision.ends);
  EXPECT_TRUE(decision.goes_on);
}

TEST(Decision, LetsALiveOfUnknownStartBeginNow) {
  EXPECT_EQ(decide(active(), FakeSource::on_air("7", Time{}), noon).starts->started_at, noon);
  EXPECT_EQ(decide(active(), FakeSource::on_air("7", noon + minutes{60}), noon).starts->started_at,
            noon);
}

TEST(Decision, CallsAnAccountActiveWhenItIsNotOnAir) {
  Known nothing;

  const auto decision = decide(nothing, FakeSource::saying(Evidence::not_live, "status_4"), noon);

  EXPECT_EQ(decision.status, AccountStatus::active);
  EXPECT_EQ(decision.status_at, noon);
  EXPECT_FALSE(decision.ends);
  EXPECT_FALSE(decision.asks_again_soon);
}

TEST(Decision, CallsAnAccountActiveWhenASecondSourceKnowsIt) {
  Known nothing;

  const auto decision = decide(nothing, FakeSource::saying(Evidence::exists, "exists"), noon);

  EXPECT_EQ(decision.status, AccountStatus::active);
  EXPECT_EQ(decision.status_reason, "exists");
}

TEST(Decision, DoesNotLetExistenceTouchAnOpenLive) {
  const auto decision = decide(on_air(), FakeSource::saying(Evidence::exists, "exists"), noon);

  EXPECT_EQ(decision.status, AccountStatus::live);
  EXPECT_EQ(decision.status_at, earlier);
  EXPECT_FALSE(decision.ends);
}

TEST(Decision, ConcludesNothingFromNotFoundAlone) {
  const auto decision =
      decide(active(), FakeSource::saying(Evidence::not_found, "user_not_found"), noon);

  EXPECT_EQ(decision.status, AccountStatus::active);
  EXPECT_EQ(decision.status_at, earlier);
  EXPECT_EQ(decision.status_reason, "user_not_found");
  EXPECT_TRUE(decision.wants_second_look);
}

TEST(Decision, CallsAnAccountOfflineOnlyAfterTwoDenialsTenMinutesApart) {
  auto known = active();
  const auto absent = FakeSource::saying(Evidence::absent, "absent");

  const auto once = decide(known, absent, noon);
  EXPECT_EQ(once.status, AccountStatus::active);
  EXPECT_EQ(once.status_reason, "absent_once");
  known = after(known, once);

  const auto hasty = decide(known, absent, noon + minutes{9});
  EXPECT_EQ(hasty.status, AccountStatus::active);
  known = after(known, hasty);

  const auto twice = decide(known, absent, noon + minutes{10});
  EXPECT_EQ(twice.status, AccountStatus::offline);
  EXPECT_EQ(twice.status_at, noon + minutes{10});
}

TEST(Decision, KeepsAnOfflineAccountOfflineWithItsAge) {
  auto known = active();
  known.status = AccountStatus::offline;
  known.status_reason = "absent";
  known.negative_since = earlier;

  const auto not_found =
      decide(known, FakeSource::saying(Evidence::not_found, "user_not_found"), noon);
  EXPECT_EQ(not_found.status, AccountStatus::offline);
  EXPECT_EQ(not_found.status_at, earlier);
  EXPECT_FALSE(not_found.is_news);

  const auto again = decide(known, FakeSource::saying(Evidence::absent, "absent"), noon);
  EXPECT_EQ(again.status_at, noon);
}

TEST(Decision, ForgetsADenialThatAnyGoodAnswerContradicts) {
  auto known = active();
  known = after(known, decide(known, FakeSource::saying(Evidence::absent, "absent"), noon));

  const auto good =
      decide(known, FakeSource::saying(Evidence::not_live, "status_4"), noon + minutes{5});
  const auto later = decide(after(known, good), FakeSource::saying(Evidence::absent, "absent"),
                            noon + minutes{12});

  EXPECT_FALSE(good.negative_since);
  EXPECT_EQ(later.status, AccountStatus::active);
}

TEST(Decision, EndsTheLiveOfAnAccountThatIsConfirmedGone) {
  auto known = on_air();
  const auto absent = FakeSource::saying(Evidence::absent, "absent");
  known = after(known, decide(known, absent, noon));

  const auto gone = decide(known, absent, noon + minutes{10});

  EXPECT_EQ(gone.status, AccountStatus::offline);
  ASSERT_TRUE(gone.ends);
  EXPECT_EQ(gone.ends->at, noon);
}

class Doubt : public ::testing::TestWithParam<const char*> {};

TEST_P(Doubt, KeepsTheLastConfirmedStateAndItsAge) {
  for (const auto& known : {active(), on_air(), Known{}}) {
    const auto decision = decide(known, FakeSource::saying(Evidence::unknown, GetParam()), noon);

    EXPECT_EQ(decision.status, known.status);
    EXPECT_EQ(decision.status_at, known.status_at);
    EXPECT_EQ(decision.status_reason, GetParam());
    EXPECT_FALSE(decision.ends);
    EXPECT_FALSE(decision.starts);
    EXPECT_FALSE(decision.negative_since);
  }
}

INSTANTIATE_TEST_SUITE_P(Protocol, Doubt,
                         ::testing::Values("timeout", "unreachable", "http_403", "http_429",
                                           "http_500", "waf", "captcha", "login", "region", "html",
                                           "garbage", "empty", "params_error", "restricted",
                                           "status_0", "status_1", "status_5", "contradiction",
                                           "name_mismatch", "private_or_absent", "code_404000"));

TEST(Decision, TellsNewsFromMereNumbers) {
  auto known = on_air();

  EXPECT_FALSE(decide(known, FakeSource::on_air("7", earlier, 10), noon).is_news);
  EXPECT_FALSE(decide(known, FakeSource::on_air("7", earlier, 10), noon).has_new_viewers);
  EXPECT_FALSE(decide(known, FakeSource::on_air("7", earlier, 11), noon).is_news);
  EXPECT_TRUE(decide(known, FakeSource::on_air("7", earlier, 11), noon).has_new_viewers);
  known.live->title = "Autre";
  EXPECT_TRUE(decide(known, FakeSource::on_air("7", earlier, 10), noon).is_news);
}

TEST(Decision, SurvivesALiveAnswerWithoutFacts) {
  const auto decision = decide(on_air(), FakeSource::saying(Evidence::live, ""), noon);

  EXPECT_EQ(decision.status_reason, "unknown");
  EXPECT_FALSE(decision.ends);
}

}  // namespace
}  // namespace vigie::watch
