// SPDX-License-Identifier: Apache-2.0
// On both engines: races of two watchers, people who change their names, batches of rooms, and how
// lives were noticed.
#include "conformance/watch_store.hpp"

namespace vigie::watch {
namespace {

class Truth : public WatchStore {
 protected:
  void TearDown() override {
    tasks.cancel();
    run(tasks.join());
    watchers.clear();
  }

  Watcher& begin(FakeSource& asked) {
    watchers.push_back(std::make_unique<Watcher>(io.get_executor(), *accounts, asked, *bus, clock,
                                                 random, quiet.log, metrics, options));
    tasks.spawn("watcher", watchers.back()->run());
    return *watchers.back();
  }

  template <class Predicate>
  bool run_until(Predicate is_true) {
    const auto end = SystemClock{}.steady() + seconds{10};
    while (!is_true()) {
      if (SystemClock{}.steady() > end) {
        return false;
      }
      io.restart();
      io.run_one_for(std::chrono::milliseconds{20});
    }
    return true;
  }

  // Turns the clock on by steps until it is true.
  template <class Predicate>
  bool in_time(Span longest, Predicate is_true) {
    const auto end = clock.steady() + longest;
    return run_until([&] {
      if (is_true()) {
        return true;
      }
      if (clock.sleepers() > 0 && clock.steady() < end) {
        clock.advance(seconds{1});
      }
      return false;
    });
  }

  Account account(const std::string& id) { return run(accounts->get(id, mod)).value().account; }

  static platform::Observation of(platform::Observation seen, std::string stable_id,
                                  std::string username = "") {
    seen.stable_id = std::move(stable_id);
    seen.username = std::move(username);
    return seen;
  }
  static platform::Observation not_live() {
    return FakeSource::saying(Evidence::not_live, "status_4");
  }

  WatchOptions options;
  FakeSource source;
  metrics::Registry metrics;
  log::QuietLog quiet;
  std::vector<std::unique_ptr<Watcher>> watchers;
  TaskGroup tasks{io.get_executor(), [](const std::string& name, const std::exception_ptr&) {
                    ADD_FAILURE() << name << " ended by an exception";
                  }};
};

INSTANTIATE_TEST_SUITE_P(Engines, Truth, testing::each_database());

Async<> record_of(Accounts& accounts, Check check, int& done) {
  auto copy = std::move(check);
  const auto recorded = co_await accounts.record(std::move(copy));
  EXPECT_TRUE(recorded) << recorded.error().what;
  ++done;
}

// C17: two processes notice the same live at the same moment.
TEST_P(Truth, MakesOneLiveAndOneNotificationAPersonOfTwoThatNoticeAtOnce) {
  constexpr int races = 1000;
  const auto id = follow("anna", "name");
  follow("bert", "name");
  const auto other_process = open_again();
  Accounts other{*other_process, clock, ids, *bus};
  int done = 0;
  for (int i = 0; i < races; ++i) {
    Check check;
    check.account_id = id;
    check.observation = FakeSource::on_air(std::to_string(1000 + i), clock.now());
    check.at = clock.now();
    check.next_check_at = clock.now();
    tasks.spawn("one", record_of(*accounts, check, done));
    tasks.spawn("two", record_of(other, check, done));
    ASSERT_TRUE(run_until([&] { return done == 2 * (i + 1); })) << i;
    clock.advance(seconds{1});
  }

  EXPECT_EQ(count("SELECT COUNT(*) FROM live"), races);
  EXPECT_EQ(count("SELECT COUNT(*) FROM live WHERE ended_at IS NULL"), 1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM notification"), 2 * races);
  EXPECT_EQ(count("SELECT COUNT(*) FROM live_lease"), races);
  EXPECT_EQ(count("SELECT COUNT(*) FROM event WHERE type = 'live.started'"), races);
}

TEST_P(Truth, LetsOneOfTwoWatchersLookAndTheOtherStandBy) {
  follow("anna", "name");
  FakeSource second;
  source.answers["name"] = not_live();
  second.answers["name"] = not_live();
  begin(source);
  ASSERT_TRUE(run_until([&] { return source.probed.size() == 1; }));
  begin(second);

  ASSERT_TRUE(in_time(minutes{5}, [&] { return source.probed.size() >= 4; }));
  EXPECT_TRUE(second.probed.empty());
}

TEST_P(Truth, HandsTheWatchOverWhenItsWatcherLeaves) {
  follow("anna", "name");
  source.answers["name"] = not_live();
  FakeSource second;
  second.answers["name"] = not_live();
  TaskGroup first{io.get_executor(),
                  [](const std::string&, const std::exception_ptr&) { ADD_FAILURE(); }};
  Watcher leaving{io.get_executor(), *accounts, source, *bus, clock, random,
                  quiet.log,         metrics,   options};
  first.spawn("first", leaving.run());
  ASSERT_TRUE(run_until([&] { return source.probed.size() == 1; }));
  begin(second);
  ASSERT_TRUE(run_until([&] { return clock.sleepers() > 1; }));

  first.cancel();
  run(first.join());

  EXPECT_TRUE(in_time(minutes{5}, [&] { return !second.probed.empty(); }));
}

TEST_P(Truth, GivesTheLeadToAnotherOnlyWhenItHasRunOut) {
  const Span lasts = seconds{20};
  EXPECT_TRUE(run(accounts->lead("tiktok", "a", lasts)).value());
  EXPECT_TRUE(run(accounts->lead("tiktok", "a", lasts)).value());
  EXPECT_FALSE(run(accounts->lead("tiktok", "b", lasts)).value());
  EXPECT_TRUE(run(accounts->lead("stream", "b", lasts)).value());

  ASSERT_TRUE(run(accounts->stop_leading("tiktok", "b")));  // not b's to give up
  EXPECT_FALSE(run(accounts->lead("tiktok", "b", lasts)).value());
  ASSERT_TRUE(run(accounts->stop_leading("tiktok", "a")));
  EXPECT_TRUE(run(accounts->lead("tiktok", "b", Span{0})).value());
  EXPECT_TRUE(run(accounts->lead("tiktok", "a", lasts)).value());  // b's has run out
}

TEST_P(Truth, FollowsAPersonToTheirNewName) {
  const auto id = follow("anna", "old");
  record(id, of(on_air(), "42"));
  record(id, of(not_live(), "42"));

  const auto recorded =
      record(id, of(FakeSource::saying(Evidence::unknown, "renamed"), "42", "new"));

  EXPECT_TRUE(recorded.has_moved);
  EXPECT_EQ(account(id).username, "new");
  EXPECT_EQ(account(id).url, "https://www.tiktok.com/@new");
  EXPECT_EQ(account(id).status_reason, "renamed");
  EXPECT_EQ(only_live().username, "new");
  EXPECT_EQ(event_types().back(), "account.status");
}

TEST_P(Truth, NeverContinuesAPersonUnderSomebodyElsesAnswers) {
  const auto id = follow("anna", "name");
  record(id, of(on_air("7"), "42"));
  clock.advance(minutes{1});

  record(id, of(FakeSource::on_air("9", clock.now()), "43"));
  record(id, of(not_live(), "43"));
  clock.advance(minutes{1});
  record(id, of(not_live(), "43"));

  EXPECT_EQ(account(id).status_reason, "other_account");
  EXPECT_EQ(only_live().room, "7");
  EXPECT_EQ(only_live().state, LiveState::live);
  EXPECT_EQ(count("SELECT COUNT(*) FROM account WHERE stable_id = '42'"), 1);
}

TEST_P(Truth, JoinsARowThatTurnsOutToBeAPersonWeKnow) {
  const auto old_id = follow("anna", "old");
  record(old_id, of(on_air("7"), "42"));
  const auto new_id = follow("bert", "new");
  follow("anna", "new");

  const auto recorded = record(new_id, of(on_air("7"), "42"));

  EXPECT_TRUE(recorded.has_moved);
  EXPECT_EQ(count("SELECT COUNT(*) FROM account"), 1);
  EXPECT_EQ(account(old_id).username, "new");
  EXPECT_TRUE(run(accounts->get(old_id, anna)));
  EXPECT_TRUE(run(accounts->get(old_id, bert)));
  EXPECT_EQ(only_live().account_id, old_id);
}

TEST_P(Truth, FindsTheNewNameByTheRoomOfTheLastLive) {
  const auto id = follow("anna", "old");
  record(id, of(on_air("7"), "42"));
  record(id, of(not_live(), "42"));
  clock.advance(seconds{6});
  record(id, of(not_live(), "42"));
  source.answers["old"] = FakeSource::saying(Evidence::not_found, "user_not_found");
  source.answers["new"] = of(not_live(), "42");
  source.owners["7"] = of(FakeSource::saying(Evidence::unknown, "room_over"), "42", "new");
  begin(source);

  ASSERT_TRUE(in_time(minutes{5}, [&] { return account(id).username == "new"; }));
  ASSERT_TRUE(in_time(minutes{1}, [&] { return account(id).status_reason == "status_4"; }));
  EXPECT_EQ(source.probed.back(), "new");
  EXPECT_EQ(account(id).status, AccountStatus::active);
}

TEST_P(Truth, AsksForLivesInBatchesAndOnlySeldomForEach) {
  source.batch = 49;
  for (int i = 0; i < 60; ++i) {
    const auto name = "name" + std::to_string(i);
    follow("anna", name);
    source.answers[name] = FakeSource::on_air(std::to_string(100 + i), start);
    source.rooms.alive[std::to_string(100 + i)] = true;
  }
  begin(source);
  ASSERT_TRUE(
      run_until([&] { return count("SELECT COUNT(*) FROM live WHERE ended_at IS NULL") == 60; }));

  const auto before = clock.steady();
  ASSERT_TRUE(in_time(minutes{20}, [&] { return source.probed_rooms.size() >= 40; }));

  EXPECT_EQ(source.probed_rooms[0].size(), 49U);
  EXPECT_EQ(source.probed_rooms[1].size(), 11U);
  const auto each_by_itself = 60 * to_seconds(clock.steady() - before) / 30;
  EXPECT_LT(static_cast<double>(source.probed.size()), each_by_itself / 2);
}

TEST_P(Truth, LooksAtOnceAtALiveThatIsCalledOverButBelievesOnlyTheLook) {
  source.batch = 49;
  const auto id = follow("anna", "name");
  source.answers["name"] = on_air("7");
  source.rooms.alive["7"] = true;
  begin(source);
  ASSERT_TRUE(in_time(minutes{2}, [&] { return source.probed_rooms.size() >= 2; }));

  source.rooms.alive["7"] = false;
  const auto before = source.probed.size();
  ASSERT_TRUE(in_time(seconds{40}, [&] { return source.probed.size() > before; }));
  EXPECT_EQ(account(id).status, AccountStatus::live);

  source.answers["name"] = not_live();
  ASSERT_TRUE(in_time(seconds{60}, [&] { return account(id).status == AccountStatus::active; }));
}

TEST_P(Truth, FallsBackToALookAtEachWhenBatchesLie) {
  source.batch = 49;
  follow("anna", "name");
  source.answers["name"] = on_air("7");
  source.rooms.poisoned = true;
  source.rooms.reason = "poisoned";
  begin(source);

  ASSERT_TRUE(in_time(minutes{6}, [&] { return source.probed.size() >= 8; }));

  EXPECT_EQ(source.probed_rooms.size(), 1U);  // not asked again for a while
  EXPECT_EQ(
      metrics.counter("vigie_watch_room_batches_total", "", {{"outcome", "poisoned"}}).value(), 1);
}

TEST_P(Truth, SaysHowEachLiveWasNoticedAndHowLate) {
  const auto id = follow("anna", "name");
  record(id, not_live());
  const Time began = clock.now() + seconds{10};
  clock.advance(seconds{25});
  record(id, FakeSource::on_air("7", began));
  const auto late = only_live();
  EXPECT_EQ(late.detected_by, "api_live");
  EXPECT_NEAR(late.detection_delay_s.value(), 15, 1e-6);

  const auto other = follow("anna", "other");
  Check first;
  first.account_id = other;
  first.observation = FakeSource::on_air("8", began);
  first.at = clock.now();
  first.detected_by = "restart";
  ASSERT_TRUE(run(accounts->record(first)));
  const auto all = run(lives->list(mod, {}, 10, "")).value().items;
  EXPECT_EQ(all[0].detected_by, "restart");
  EXPECT_FALSE(all[0].detection_delay_s);

  const auto figures = run(lives->detection_delays("")).value();
  EXPECT_EQ(figures.lives, 1);
  EXPECT_NEAR(figures.p50_s.value(), 15, 1e-6);
  EXPECT_FALSE(run(lives->detection_delays(other)).value().p95_s);
}

TEST_P(Truth, DoesNotGuessHowLateALiveOfUnknownStartIs) {
  const auto id = follow("anna", "name");
  record(id, not_live());
  clock.advance(seconds{25});

  const auto recorded = record(id, FakeSource::on_air("7", Time{}));

  EXPECT_TRUE(recorded.has_started);
  EXPECT_FALSE(recorded.detection_delay);
  EXPECT_FALSE(only_live().detection_delay_s);
}

TEST_P(Truth, KnowsPrioritiesFollowersAndHabitsOfWhoIsWatched) {
  const auto id = follow("anna", "name");
  follow("bert", "name");
  FollowEdit edit;
  edit.priority = 2;
  const auto before = run(accounts->watched_mark("tiktok")).value();
  ASSERT_TRUE(run(accounts->edit("bert", id, edit)));
  record(id, on_air());

  const auto watched = run(accounts->watched("tiktok")).value();

  ASSERT_EQ(watched.size(), 1U);
  EXPECT_EQ(watched[0].priority, 2);
  EXPECT_EQ(watched[0].followers, 2);
  EXPECT_EQ(watched[0].starts, std::vector<Time>{start});
  EXPECT_NE(run(accounts->watched_mark("tiktok")).value(), before);
}

}  // namespace
}  // namespace vigie::watch
