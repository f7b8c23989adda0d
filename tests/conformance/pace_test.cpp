// SPDX-License-Identifier: Apache-2.0
// One budget a host, whatever the number of processes and restarts: the queues on each engine.
#include <map>

#include "async/task_group.hpp"
#include "platform/host_queue.hpp"
#include "platform/stored/stored_ledger.hpp"
#include "support/databases.hpp"

namespace vigie::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// The real ledger, at the test's time: PostgreSQL's own clock cannot be turned by hand.
class AtTestTime final : public HostLedger {
 public:
  AtTestTime(std::unique_ptr<HostLedger> real, Clock& clock, int& under_way, int& writes)
      : real_{std::move(real)}, clock_{clock}, under_way_{under_way}, writes_{writes} {}

  Async<Result<Known>> change(std::string host, Change change) override {
    ++under_way_;
    ++writes_;
    const auto now = clock_.now();
    Change timed = [now, change = std::move(change)](HostState& state, Time) {
      change(state, now);
    };
    auto known = co_await real_->change(std::move(host), std::move(timed));
    --under_way_;
    if (known) {
      known->now = clock_.now();
    }
    co_return known;
  }
  Async<Result<Known>> read(std::string host) override {
    auto known = co_await real_->read(std::move(host));
    if (known) {
      known->now = clock_.now();
    }
    co_return known;
  }

 private:
  std::unique_ptr<HostLedger> real_;
  Clock& clock_;
  int& under_way_;
  int& writes_;
};

// What dies with a process and what it leaves behind.
class Process {
 public:
  Process(asio::io_context& io, HostLedger& ledger, Clock& clock, Random& random)
      : io_{io}, queue_{"www.tiktok.com", PaceLimits{}, ledger, clock, random, metrics_} {}
  ~Process() {
    tasks_.cancel();
    testing::run(io_, tasks_.join());
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void spawn(Async<> work) { tasks_.spawn("request", std::move(work)); }
  HostQueue& queue() { return queue_; }

 private:
  asio::io_context& io_;
  metrics::Registry metrics_;
  HostQueue queue_;
  TaskGroup tasks_{io_.get_executor(), [](const std::string& name, const std::exception_ptr& why) {
                     ADD_FAILURE() << name << ": " << words_of(why);
                   }};
};

class OneBudget : public testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    if (!IsSkipped()) {
      ledger = at_test_time(db());
    }
  }

  std::unique_ptr<HostLedger> at_test_time(db::Database& database) {
    return std::make_unique<AtTestTime>(create_stored_ledger(database), clock, under_way, writes);
  }

  std::unique_ptr<Process> start(HostLedger& with, int requests) {
    auto process = std::make_unique<Process>(io, with, clock, random);
    for (int i = 0; i < requests; ++i) {
      process->spawn(request(process->queue()));
    }
    return process;
  }

  Async<> request(HostQueue& queue) {
    HostQueue::Turn turn{queue, Urgency::scheduled, ""};
    if (!co_await turn.wait()) {
      ++refused[&queue];
      co_return;
    }
    sent.push_back(clock.steady());
    ++by_queue[&queue];
    const auto treatment = refuses ? Treatment::throttled : Treatment::served;
    const Span no_wish{0};
    co_await turn.end(treatment, "http_429", no_wish);
  }

  void pass(Span time, Span step = milliseconds{20}) {
    for (const auto end = clock.steady() + time; clock.steady() < end;) {
      clock.advance(step);
      testing::settle(io);
      while (under_way > 0) {
        io.restart();
        io.run_one_for(milliseconds{5});
      }
    }
  }

  void expect_a_second_between_requests() {
    for (std::size_t i = 1; i < sent.size(); ++i) {
      EXPECT_GE(sent[i] - sent[i - 1], Span{seconds{1}}) << i;
    }
  }

  int under_way = 0;
  int writes = 0;
  bool refuses = false;
  std::unique_ptr<HostLedger> ledger;
  std::vector<Span> sent;
  std::map<HostQueue*, int> by_queue;
  std::map<HostQueue*, int> refused;
};

INSTANTIATE_TEST_SUITE_P(Engines, OneBudget, testing::each_database(), testing::engine_name);

TEST_P(OneBudget, IsKeptWithoutAWriteARequest) {
  const auto process = start(*ledger, 100);

  pass(minutes{1});

  EXPECT_GE(sent.size(), 54U);
  EXPECT_LE(sent.size(), 60U);
  expect_a_second_between_requests();
  EXPECT_LE(writes, 15);
}

TEST_P(OneBudget, IsNotExceededByFiftyRestartsInAMinute) {
  for (int i = 0; i < 50; ++i) {
    const auto process = start(*ledger, 20);
    pass(milliseconds{1200});
  }

  EXPECT_LE(sent.size(), 60U);
  EXPECT_GE(sent.size(), 8U) << "and yet it goes on";
  expect_a_second_between_requests();
}

TEST_P(OneBudget, IsSharedByTwoProcesses) {
  const auto other_database = open_again();
  const auto other_ledger = at_test_time(*other_database);
  const auto one = start(*ledger, 100);
  const auto other = start(*other_ledger, 100);

  pass(minutes{2});

  EXPECT_LE(sent.size(), 120U);
  EXPECT_GE(sent.size(), 90U);
  expect_a_second_between_requests();
  EXPECT_GE(by_queue[&one->queue()], 40);
  EXPECT_GE(by_queue[&other->queue()], 40);
}

TEST_P(OneBudget, KeepsItsPausesAndItsRateAcrossARestart) {
  refuses = true;
  {
    const auto process = start(*ledger, 1);
    pass(seconds{1});
  }
  refuses = false;
  ASSERT_EQ(sent.size(), 1U);

  const auto process = start(*ledger, 1);
  pass(seconds{1});

  EXPECT_EQ(sent.size(), 1U);
  EXPECT_EQ(refused[&process->queue()], 1);
  const auto status = run(process->queue().status());
  EXPECT_EQ(status.reason, "http_429");
  EXPECT_DOUBLE_EQ(status.allowed_per_s, 0.5);
  EXPECT_TRUE(status.paused_until);
  EXPECT_TRUE(status.since);
}

TEST_P(OneBudget, TellsTheOtherProcessOfARefusal) {
  const auto other_database = open_again();
  const auto other_ledger = at_test_time(*other_database);
  refuses = true;
  const auto one = start(*ledger, 1);
  pass(milliseconds{100});
  ASSERT_EQ(sent.size(), 1U);

  const auto other = start(*other_ledger, 5);
  pass(seconds{8});

  EXPECT_EQ(sent.size(), 1U);
  EXPECT_EQ(refused[&other->queue()], 5);
}

TEST_P(OneBudget, HasAStateThatIsReadAsItWasWritten) {
  HostState written{.share = 0.25,
                    .grown_at = clock.now(),
                    .blocks = 3,
                    .reason = "captcha",
                    .blocked_since = clock.now() - seconds{9},
                    .refused_at = clock.now() - seconds{8},
                    .paused_until = clock.now() + seconds{7},
                    .holder = "me",
                    .held_until = clock.now() + seconds{6},
                    .waiting = "you"};
  const auto real = create_stored_ledger(db());
  HostLedger::Change write = [written](HostState& state, Time) { state = written; };
  ASSERT_TRUE(run(real->change("host", std::move(write))));

  const auto read = run(real->read("host")).value().state;
  EXPECT_DOUBLE_EQ(read.share, written.share);
  EXPECT_EQ(read.grown_at, written.grown_at);
  EXPECT_EQ(read.blocks, written.blocks);
  EXPECT_EQ(read.reason, written.reason);
  EXPECT_EQ(read.blocked_since, written.blocked_since);
  EXPECT_EQ(read.refused_at, written.refused_at);
  EXPECT_EQ(read.paused_until, written.paused_until);
  EXPECT_EQ(read.holder, written.holder);
  EXPECT_EQ(read.held_until, written.held_until);
  EXPECT_EQ(read.waiting, written.waiting);
  EXPECT_EQ(run(real->read("another")).value().state.blocks, 0);
}

}  // namespace
}  // namespace vigie::platform
