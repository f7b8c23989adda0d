// SPDX-License-Identifier: Apache-2.0
#include "platform/paced_source.hpp"

#include <gtest/gtest.h>

#include "async/clock_fake.hpp"
#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "base/random_fake.hpp"
#include "platform/live_source_fake.hpp"

namespace vigie::platform {
namespace {

using std::chrono::seconds;

class PacedSource : public ::testing::Test {
 protected:
  Observation probe() { return testing::run(io, paced->probe("a")); }

  void spawn_probes(int count) {
    for (int i = 0; i < count; ++i) {
      tasks.spawn("probe", discard(paced->probe("a")));
    }
    testing::settle(io);
  }

  static Async<> discard(Async<Observation> work) { co_await std::move(work); }

  void TearDown() override {
    tasks.cancel();
    testing::run(io, tasks.join());
  }

  asio::io_context io;
  ManualClock clock;
  SeededRandom random;
  metrics::Registry metrics;
  std::unique_ptr<FakeSource> owned = std::make_unique<FakeSource>();
  FakeSource& source = *owned;
  PaceLimits limits{.jitter = 0};
  std::unique_ptr<LiveSource> paced =
      create_paced(std::move(owned), limits, clock, random, metrics);
  TaskGroup tasks{io.get_executor(), [](const std::string&, const std::exception_ptr&) { FAIL(); }};
};

TEST_F(PacedSource, MakesRequestsWaitTheirTurn) {
  spawn_probes(3);
  EXPECT_EQ(source.probed.size(), 1U);

  clock.advance(seconds{1});
  testing::settle(io);
  EXPECT_EQ(source.probed.size(), 2U);

  clock.advance(seconds{1});
  testing::settle(io);
  EXPECT_EQ(source.probed.size(), 3U);
}

TEST_F(PacedSource, AnswersForARefusingPlatformWithoutAskingIt) {
  source.answers["a"] = FakeSource::saying(Evidence::unknown, "captcha");
  source.answers["a"].blocked = true;
  for (int i = 0; i < 3; ++i) {
    probe();
    clock.advance(seconds{1});
  }

  const auto seen = probe();

  EXPECT_EQ(source.probed.size(), 3U);
  EXPECT_EQ(seen.evidence, Evidence::unknown);
  EXPECT_EQ(seen.reason, "captcha");
  EXPECT_TRUE(seen.blocked);
  EXPECT_GE(seen.retry_after, seconds{28});
  const auto address = testing::run(io, paced->resolve("a", "1"));
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().code, Errc::rate_limited);
  EXPECT_EQ(source.resolved, 0);
}

TEST_F(PacedSource, RecoversThroughOneCanary) {
  source.answers["a"] = FakeSource::saying(Evidence::unknown, "http_429");
  source.answers["a"].blocked = true;
  for (int i = 0; i < 3; ++i) {
    probe();
    clock.advance(seconds{1});
  }
  source.answers["a"] = FakeSource::saying(Evidence::not_live, "status_4");
  clock.advance(seconds{60});

  EXPECT_EQ(probe().evidence, Evidence::not_live);
  clock.advance(seconds{1});
  EXPECT_EQ(probe().evidence, Evidence::not_live);
}

TEST_F(PacedSource, GivesTheTurnOfACancelledRequestBack) {
  source.answers["a"] = FakeSource::saying(Evidence::unknown, "waf");
  source.answers["a"].blocked = true;
  spawn_probes(5);  // the first leaves, four wait

  tasks.cancel();
  testing::run(io, tasks.join());

  EXPECT_EQ(source.probed.size(), 1U);
  EXPECT_EQ(clock.sleepers(), 0U);
}

}  // namespace
}  // namespace vigie::platform
