// SPDX-License-Identifier: Apache-2.0
#include "sim/world.hpp"

#include <gtest/gtest.h>

#include "async/clock_fake.hpp"
#include "base/random_fake.hpp"
#include "base/text.hpp"

namespace vigie::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using What = LiveEvent::What;

struct Rig {
  ManualClock clock;
  SeededRandom random;
  World world{clock, random};

  Status status(std::string_view user) const {
    const auto live = world.find(user)->last_live(world.now());
    return live ? world.status(*live, world.now()) : Status::over;
  }
  std::string room(std::string_view user) const {
    const auto live = world.find(user)->last_live(world.now());
    return live ? live->room : "";
  }
};

AccountPlan account_with(LivePlan live) {
  AccountPlan account;
  account.username = "a";
  account.lives.push_back(std::move(live));
  return account;
}

TEST(World, StartsPausesAndEndsLivesByTheClock) {
  Rig rig;
  LivePlan plan;
  plan.start = seconds{5};
  plan.end = minutes{10};
  plan.events.push_back({.at = minutes{2}, .what = What::pause, .span = seconds{20}});
  rig.world.play({account_with(plan)});

  EXPECT_EQ(rig.room("a"), "");
  rig.clock.advance(seconds{5});
  EXPECT_EQ(rig.status("a"), Status::on_air);
  rig.clock.advance(minutes{2});
  EXPECT_EQ(rig.status("a"), Status::paused);
  rig.clock.advance(seconds{20});
  EXPECT_EQ(rig.status("a"), Status::on_air);
  rig.clock.advance(minutes{10});
  EXPECT_EQ(rig.status("a"), Status::over);
  EXPECT_NE(rig.room("a"), "");  // the last room stays known
}

TEST(World, RoomsCarryTheirStartAndAreUnique) {
  Rig rig;
  rig.world.play(built_in_scenario().accounts);

  const auto room = to_integer(rig.room("vigie_live")).value();
  const auto start = std::chrono::floor<seconds>(rig.clock.now()).time_since_epoch().count();

  EXPECT_EQ(room >> 32, start);
  EXPECT_NE(rig.room("vigie_live"), rig.room("vigie_end"));
  EXPECT_EQ(rig.world.find_room(rig.room("vigie_live"))->account->plan.username, "vigie_live");
  EXPECT_FALSE(rig.world.find_room("123"));
}

TEST(World, TheFileWaitsDuringAPauseAndTheTimestampsDoNot) {
  Rig rig;
  LivePlan plan;
  plan.events.push_back({.at = seconds{10}, .what = What::pause, .span = seconds{20}});
  plan.events.push_back({.at = seconds{40}, .what = What::jump, .span = std::chrono::hours{1}});
  rig.world.play({account_with(plan)});
  const auto live = rig.world.find("a")->last_live(rig.world.now());

  EXPECT_EQ(live->spoken(seconds{10}), seconds{10});
  EXPECT_EQ(live->spoken(seconds{25}), seconds{10});
  EXPECT_EQ(live->spoken(seconds{35}), seconds{15});
  EXPECT_EQ(live->timestamp_offset(seconds{35}), seconds{20});
  EXPECT_EQ(live->timestamp_offset(seconds{45}), seconds{3'620});
}

TEST(World, ALiveThatWaitsSpeaksFromItsFirstViewerOn) {
  Rig rig;
  LivePlan plan;
  plan.wait = true;
  rig.world.play({account_with(plan)});
  const auto live = rig.world.find("a")->last_live(rig.world.now());

  EXPECT_EQ(live->spoken(seconds{30}), Span{0});
  live->first_viewer = seconds{30};
  EXPECT_EQ(live->spoken(seconds{37}), seconds{7});
}

TEST(World, SpreadsTheViewersOverTheLive) {
  Rig rig;
  LivePlan plan;
  plan.end = seconds{100};
  plan.viewers = {10, 250, 90};
  rig.world.play({account_with(plan)});
  const auto live = rig.world.find("a")->last_live(rig.world.now());

  EXPECT_EQ(live->viewers_at(Span{0}), 10);
  EXPECT_EQ(live->viewers_at(seconds{25}), 130);
  EXPECT_EQ(live->viewers_at(seconds{50}), 250);
  EXPECT_EQ(live->viewers_at(seconds{100}), 90);
  ASSERT_TRUE(rig.world.set_viewers("a", 7));
  EXPECT_EQ(live->viewers_at(seconds{50}), 7);
}

TEST(World, ANewLiveEndsTheOneBefore) {
  Rig rig;
  LivePlan first;
  LivePlan second;
  second.start = minutes{1};
  auto account = account_with(first);
  account.lives.push_back(second);
  rig.world.play({account});
  const auto before = rig.world.find("a")->last_live(rig.world.now());

  rig.clock.advance(minutes{1});

  EXPECT_NE(rig.room("a"), before->room);
  EXPECT_EQ(rig.world.status(*before, rig.world.now()), Status::over);
  EXPECT_EQ(rig.status("a"), Status::on_air);
}

TEST(World, IsTurnedByHand) {
  Rig rig;
  LivePlan plan;
  plan.audio = "new.wav";

  ASSERT_TRUE(rig.world.set_status("nobody_yet", Status::on_air, std::nullopt));
  const auto first = rig.room("nobody_yet");
  ASSERT_TRUE(rig.world.set_status("nobody_yet", Status::on_air, std::nullopt));
  EXPECT_EQ(rig.room("nobody_yet"), first);
  ASSERT_TRUE(rig.world.set_status("nobody_yet", Status::on_air, plan));
  EXPECT_NE(rig.room("nobody_yet"), first);
  ASSERT_TRUE(rig.world.pause("nobody_yet"));
  EXPECT_EQ(rig.world.pause("nobody_yet").error().code, Errc::conflict);
  EXPECT_EQ(rig.status("nobody_yet"), Status::paused);
  ASSERT_TRUE(rig.world.set_status("nobody_yet", Status::on_air, std::nullopt));
  EXPECT_EQ(rig.status("nobody_yet"), Status::on_air);
  ASSERT_TRUE(rig.world.end("nobody_yet"));
  EXPECT_EQ(rig.status("nobody_yet"), Status::over);
  EXPECT_EQ(rig.world.end("nobody_yet").error().code, Errc::not_found);
  EXPECT_EQ(rig.world.set_status("Not A Name", Status::on_air, std::nullopt).error().code,
            Errc::invalid);
}

TEST(World, ReplacingAnAccountKeepsItsIdAndEndsItsLives) {
  Rig rig;
  rig.world.play({account_with(LivePlan{})});
  const auto id = rig.world.find("a")->id;
  const auto live = rig.world.find("a")->last_live(rig.world.now());

  rig.clock.advance(seconds{1});
  rig.world.play({account_with(LivePlan{})});

  EXPECT_EQ(rig.world.find("a")->id, id);
  EXPECT_EQ(rig.world.status(*live, rig.world.now()), Status::over);
  EXPECT_EQ(rig.status("a"), Status::on_air);
}

TEST(World, HoldsTenThousandAccounts) {
  Rig rig;
  std::vector<AccountPlan> plans(10'000);
  for (std::size_t index = 0; index < plans.size(); ++index) {
    plans[index].username = "u" + std::to_string(index);
    plans[index].lives.resize(3);
  }

  rig.world.play(plans);

  EXPECT_EQ(rig.status("u9999"), Status::on_air);
}

TEST(World, ARenamedAccountKeepsItsIdAndItsLive) {
  Rig rig;
  AccountPlan account = account_with(LivePlan{});
  account.renames.push_back({.at = minutes{5}, .to = "b"});
  rig.world.play({account});
  const auto id = rig.world.find("a")->id;
  const auto room = rig.room("a");

  rig.clock.advance(minutes{5});

  EXPECT_EQ(rig.world.find("a"), nullptr);
  ASSERT_NE(rig.world.find("b"), nullptr);
  EXPECT_EQ(rig.world.find("b")->id, id);
  EXPECT_EQ(rig.room("b"), room);
  EXPECT_EQ(rig.world.find_room(room)->live->username, "b");
  EXPECT_EQ(rig.world.rename("nobody", "c").error().code, Errc::not_found);
  EXPECT_EQ(rig.world.rename("b", "Not A Name").error().code, Errc::invalid);
  EXPECT_EQ(rig.world.rename("b", "b").error().code, Errc::conflict);
  EXPECT_TRUE(rig.world.rename("b", "a").has_value());
  EXPECT_EQ(rig.world.find("a")->id, id);
}

std::shared_ptr<Rhythm> every_two_hours() {
  auto rhythm = std::make_shared<Rhythm>();
  rhythm->every = std::chrono::hours{2};
  rhythm->length = minutes{20};
  rhythm->seed = 7;
  return rhythm;
}

TEST(World, ARhythmBringsALiveInEachStretch) {
  Rig rig;
  AccountPlan account;
  account.username = "a";
  account.rhythm = every_two_hours();
  rig.world.play({account});
  ASSERT_NE(rig.room("a"), "");
  EXPECT_EQ(rig.status("a"), Status::over);

  int starts = 0;
  Span on_air{0};
  std::string last = rig.room("a");
  for (int minute = 0; minute < 30 * 60; ++minute) {
    rig.clock.advance(minutes{1});
    starts += rig.room("a") != last ? 1 : 0;
    last = rig.room("a");
    on_air += rig.status("a") == Status::on_air ? Span{minutes{1}} : Span{0};
  }

  EXPECT_EQ(starts, 15);
  EXPECT_NEAR(to_seconds(on_air) / 60, 15 * 20, 1);
  EXPECT_LE(rig.world.find("a")->lives.size(), 4U);
}

TEST(World, AnAccountNobodyLookedAtForLongHasTheSameLives) {
  Rig watched;
  Rig forgotten;
  AccountPlan account;
  account.username = "a";
  account.rhythm = every_two_hours();
  for (auto* rig : {&watched, &forgotten}) {
    rig->world.play({account});
  }

  for (int hour = 0; hour < 29; ++hour) {
    watched.clock.advance(std::chrono::hours{1});
    static_cast<void>(watched.room("a"));
    forgotten.clock.advance(std::chrono::hours{1});
  }

  const auto start = [](const Rig& rig) {
    return rig.world.find("a")->last_live(rig.world.now())->plan.start;
  };
  EXPECT_EQ(start(watched), start(forgotten));
}

TEST(World, TenThousandAccountsAreQuickToAsk) {
  Rig rig;
  std::vector<AccountPlan> crowd(10'000);
  for (std::size_t index = 0; index < crowd.size(); ++index) {
    crowd[index].username = fmt::format("bot_{}", index);
    crowd[index].rhythm = every_two_hours();
  }
  rig.world.play(crowd);

  std::size_t on_air = 0;
  rig.clock.advance(std::chrono::hours{3});
  for (const auto& account : crowd) {
    on_air += rig.status(account.username) == Status::on_air ? 1 : 0;
  }

  // A sixth of the time each, at moments of its own.
  EXPECT_NEAR(static_cast<double>(on_air), 10'000.0 / 6, 400);
}

}  // namespace
}  // namespace vigie::sim
