// SPDX-License-Identifier: Apache-2.0
// The watcher on both engines: when it looks, and what becomes of the answers.
#include "conformance/watch_store.hpp"

namespace vigie::watch {
namespace {

// The watcher itself, on a real database, its clock turned by hand.
class Watching : public WatchStore {
 protected:
  void begin() {
    watcher = std::make_unique<Watcher>(io.get_executor(), *accounts, source, *bus, clock, random,
                                        quiet.log, metrics, options);
    tasks.spawn("watcher", watcher->run());
  }

  void TearDown() override {
    tasks.cancel();
    run(tasks.join());
    watcher.reset();
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

  bool probes_reach(std::size_t number) {
    return run_until([&] { return source.probed.size() >= number && clock.sleepers() > 0; });
  }

  AccountStatus status(const std::string& id) {
    return run(accounts->get(id, mod)).value().account.status;
  }

  WatchOptions options;
  FakeSource source;
  metrics::Registry metrics;
  log::QuietLog quiet;
  std::unique_ptr<Watcher> watcher;
  TaskGroup tasks{io.get_executor(), [](const std::string& name, const std::exception_ptr&) {
                    ADD_FAILURE() << name << " ended by an exception";
                  }};
};

INSTANTIATE_TEST_SUITE_P(Engines, Watching, testing::each_database());

TEST_P(Watching, LooksAtEachAccountOnceHoweverManyFollowIt) {
  const auto id = follow("anna", "name");
  follow("bert", "name");
  source.answers["name"] = on_air();

  begin();

  ASSERT_TRUE(run_until([&] { return status(id) == AccountStatus::live; }));
  EXPECT_EQ(source.probed.size(), 1U);
}

TEST_P(Watching, LooksAtANewAccountAtOnce) {
  begin();
  ASSERT_TRUE(run_until([&] { return clock.sleepers() > 0; }));
  source.answers["name"] = FakeSource::saying(Evidence::not_live, "status_4");

  const auto id = follow("anna", "name");

  ASSERT_TRUE(run_until([&] { return status(id) == AccountStatus::active; }));
}

TEST_P(Watching, LooksAgainAtTheIntervalAndOnDemand) {
  source.answers["name"] = FakeSource::saying(Evidence::not_live, "status_4");
  const auto id = follow("anna", "name");
  begin();
  ASSERT_TRUE(probes_reach(1));

  clock.advance(seconds{20});
  ASSERT_TRUE(run(accounts->check_now(id, anna)));
  ASSERT_TRUE(probes_reach(2));

  clock.advance(seconds{67});
  ASSERT_TRUE(probes_reach(3));
}

TEST_P(Watching, EndsALiveWithinSecondsOfTheFirstSign) {
  const auto id = follow("anna", "name");
  source.answers["name"] = on_air();
  begin();
  ASSERT_TRUE(run_until([&] { return status(id) == AccountStatus::live; }));

  source.answers["name"] = FakeSource::saying(Evidence::not_live, "status_4");
  clock.advance(seconds{34});
  ASSERT_TRUE(probes_reach(2));
  clock.advance(seconds{5});

  ASSERT_TRUE(run_until([&] { return status(id) == AccountStatus::active; }));
  EXPECT_EQ(only_live().state, LiveState::ended);
}

TEST_P(Watching, TakesASecondLookBeforeItCallsAnAccountOffline) {
  const auto id = follow("anna", "name");
  source.answers["name"] = FakeSource::saying(Evidence::not_found, "user_not_found");
  source.second_looks["name"] = FakeSource::saying(Evidence::absent, "absent");
  begin();
  ASSERT_TRUE(run_until([&] { return source.looked_up.size() == 1; }));

  const Time first_denial = clock.now();
  const auto is_offline = [&] {
    clock.advance(seconds{5});
    return status(id) == AccountStatus::offline;
  };
  ASSERT_TRUE(run_until(is_offline));

  EXPECT_GE(clock.now() - first_denial, minutes{10});
  EXPECT_EQ(source.looked_up.size(), 2U);
}

TEST_P(Watching, CallsAnAccountActiveThatOnlyTheSecondSourceKnows) {
  const auto id = follow("anna", "name");
  source.answers["name"] = FakeSource::saying(Evidence::not_found, "user_not_found");
  source.second_looks["name"] = FakeSource::saying(Evidence::exists, "exists");

  begin();

  EXPECT_TRUE(run_until([&] { return status(id) == AccountStatus::active; }));
}

TEST_P(Watching, SlowsDownWhenRefused) {
  follow("anna", "name");
  source.answers["name"] = FakeSource::saying(Evidence::unknown, "captcha");
  source.answers["name"].blocked = true;
  begin();
  ASSERT_TRUE(probes_reach(1));

  for (const auto wait : {33, 66, 132}) {
    const auto before = source.probed.size();
    clock.advance(seconds{wait / 2});
    run_until([&] { return clock.sleepers() > 0; });
    EXPECT_EQ(source.probed.size(), before);
    clock.advance(seconds{wait - wait / 2});
    ASSERT_TRUE(probes_reach(before + 1)) << wait;
  }
}

TEST_P(Watching, StopsLookingAndClosesTheLiveWhenTheLastFollowerLeaves) {
  const auto id = follow("anna", "name");
  source.answers["name"] = on_air();
  begin();
  ASSERT_TRUE(run_until([&] { return status(id) == AccountStatus::live; }));

  ASSERT_TRUE(run(accounts->unfollow("anna", id)));

  ASSERT_TRUE(run_until([&] { return only_live().state == LiveState::ended; }));
  const auto before = source.probed.size();
  clock.advance(minutes{10});
  run_until([&] { return clock.sleepers() > 0; });
  testing::settle(io);
  EXPECT_EQ(source.probed.size(), before);
}

TEST_P(Watching, WritesAnUnchangedAnswerNoMoreThanOnceAMinuteAndStaysHonest) {
  const auto id = follow("anna", "name");
  options.poll.interval = seconds{10};
  options.poll.jitter = 0;
  source.answers["name"] = FakeSource::saying(Evidence::not_live, "status_4");
  begin();
  ASSERT_TRUE(run_until([&] { return status(id) == AccountStatus::active; }));
  const auto confirmed = [&] {
    return run(accounts->get(id, anna)).value().account.status_at.value();
  };
  const Time first = confirmed();

  for (std::size_t i = 1; i <= 5; ++i) {
    clock.advance(seconds{10});
    ASSERT_TRUE(probes_reach(1 + i));
  }
  EXPECT_EQ(confirmed(), first);
  EXPECT_EQ(events().size(), 1U);

  clock.advance(seconds{10});
  ASSERT_TRUE(run_until([&] { return confirmed() == first + seconds{60}; }));
  EXPECT_EQ(run(accounts->get(id, anna)).value().account.interval_s, 10);
  EXPECT_EQ(events().size(), 1U);
}

TEST_P(Watching, KeepsItsPlanAcrossARestart) {
  source.answers["name"] = FakeSource::saying(Evidence::not_live, "status_4");
  const auto id = follow("anna", "name");
  record(id, FakeSource::saying(Evidence::not_live,
                                "status_4"));  // an earlier process; next in a minute
  begin();
  ASSERT_TRUE(run_until([&] { return clock.sleepers() > 0; }));
  EXPECT_TRUE(source.probed.empty());

  clock.advance(seconds{60});
  EXPECT_TRUE(probes_reach(1));
}

TEST_P(Watching, HasAtMostEightLooksOutAtATime) {
  class SlowSource final : public platform::LiveSource {
   public:
    explicit SlowSource(Clock& slow_clock) : clock_{slow_clock} {}
    int out = 0;
    int most = 0;
    int done = 0;
    std::string_view platform() const override { return "tiktok"; }
    Async<platform::Observation> probe(std::string) override {
      most = std::max(most, ++out);
      const Span answer_time = seconds{1};
      co_await clock_.sleep(answer_time);
      --out;
      ++done;
      co_return FakeSource::saying(Evidence::not_live, "status_4");
    }
    Async<platform::Observation> look_up(std::string) override {
      co_return platform::Observation{};
    }
    Async<Result<platform::StreamAddress>> resolve(std::string, std::string) override {
      co_return make_error(Errc::unavailable, "no");
    }
    bool is_stream_host(std::string_view) const override { return false; }

   private:
    Clock& clock_;
  };
  for (int i = 0; i < 20; ++i) {
    follow("anna", "name" + std::to_string(i));
  }
  SlowSource slow{clock};
  Watcher busy{io.get_executor(), *accounts, slow,   *bus, clock, random,
               quiet.log,         metrics,   options};
  TaskGroup group{io.get_executor(),
                  [](const std::string&, const std::exception_ptr&) { ADD_FAILURE(); }};
  group.spawn("watcher", busy.run());

  ASSERT_TRUE(run_until([&] { return slow.out == 8; }));
  const auto is_done = [&] {
    clock.advance(std::chrono::milliseconds{100});
    return slow.done >= 20;
  };
  EXPECT_TRUE(run_until(is_done));
  EXPECT_EQ(slow.most, 8);
  group.cancel();
  run(group.join());
}

}  // namespace
}  // namespace vigie::watch
