// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>

#include "async/clock_fake.hpp"
#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "async/worker_pool.hpp"

namespace vigie {
namespace {

using namespace std::chrono_literals;
using Failures = std::vector<std::string>;

TaskGroup::OnFailure into(Failures& failures) {
  return
      [&failures](const std::string& name, const std::exception_ptr&) { failures.push_back(name); };
}

// Says how a coroutine ended when it did not run to its end.
struct Ending {
  bool& left;
  ~Ending() { left = true; }
};

Async<> sleep_then_count(Clock& clock, Span duration, int& count) {
  co_await clock.sleep(duration);
  ++count;
}

Async<> sleep_for_ever(Clock& clock, bool& left) {
  const Ending ending{left};
  co_await clock.sleep(24h);
}

Async<> throw_at_once() {
  throw std::runtime_error("a bug");
  co_return;
}

Async<> throw_after(Clock& clock, Span duration) {
  co_await clock.sleep(duration);
  throw std::runtime_error("a bug");
}

TEST(ManualClock, WakesInOrderAndOnlyWhoIsDue) {
  asio::io_context io;
  ManualClock clock;
  Failures failures;
  TaskGroup group{io.get_executor(), into(failures)};
  int early = 0;
  int late = 0;
  group.spawn("early", sleep_then_count(clock, 1s, early));
  group.spawn("late", sleep_then_count(clock, 2s, late));
  testing::settle(io);
  EXPECT_EQ(clock.sleepers(), 2U);

  clock.advance(1s - 1us);
  testing::settle(io);
  EXPECT_EQ(early, 0);

  clock.advance(1us);
  testing::settle(io);
  EXPECT_EQ(early, 1);
  EXPECT_EQ(late, 0);
  EXPECT_EQ(clock.sleepers(), 1U);

  clock.advance(1s);
  testing::run(io, group.join());
  EXPECT_EQ(late, 1);
  EXPECT_TRUE(failures.empty());
}

TEST(ManualClock, DoesNotWakeAnybodyWhenTheWallClockJumps) {
  asio::io_context io;
  ManualClock clock;
  Failures failures;
  TaskGroup group{io.get_executor(), into(failures)};
  const auto before = clock.now();
  int count = 0;
  group.spawn("sleeper", sleep_then_count(clock, 1s, count));
  testing::settle(io);

  clock.jump_wall(1h);
  testing::settle(io);

  EXPECT_EQ(count, 0);
  EXPECT_EQ(clock.now(), before + 1h);
  EXPECT_EQ(clock.steady(), 0us);
  group.cancel();
  testing::run(io, group.join());
}

TEST(SystemClock, SleepsAtLeastAsLongAsAsked) {
  SystemClock clock;
  const auto before = clock.steady();
  testing::run(clock.sleep(5ms));
  EXPECT_GE(clock.steady() - before, 5ms);
}

TEST(TaskGroup, UnwindsEveryChildWhenCancelled) {
  asio::io_context io;
  ManualClock clock;
  Failures failures;
  TaskGroup group{io.get_executor(), into(failures)};
  bool one = false;
  bool two = false;
  group.spawn("one", sleep_for_ever(clock, one));
  group.spawn("two", sleep_for_ever(clock, two));
  testing::settle(io);
  EXPECT_EQ(group.size(), 2U);

  group.cancel();
  testing::run(io, group.join());

  EXPECT_TRUE(one);
  EXPECT_TRUE(two);
  EXPECT_EQ(group.size(), 0U);
  EXPECT_EQ(clock.sleepers(), 0U);
  EXPECT_TRUE(failures.empty()) << "cancelled is no failure";
}

TEST(TaskGroup, StopsAtOnceWhatIsSpawnedAfterItsCancellation) {
  asio::io_context io;
  ManualClock clock;
  Failures failures;
  TaskGroup group{io.get_executor(), into(failures)};
  int count = 0;
  group.cancel();

  group.spawn("late", sleep_then_count(clock, 1s, count));
  testing::run(io, group.join());

  EXPECT_EQ(count, 0);
  EXPECT_TRUE(failures.empty());
}

TEST(TaskGroup, ReportsAChildThatThrewAndKeepsTheOthers) {
  asio::io_context io;
  ManualClock clock;
  Failures failures;
  TaskGroup group{io.get_executor(), into(failures)};
  int count = 0;
  group.spawn("at once", throw_at_once());
  group.spawn("later", throw_after(clock, 1s));
  group.spawn("healthy", sleep_then_count(clock, 2s, count));
  testing::settle(io);
  EXPECT_EQ(failures, (Failures{"at once"}));

  clock.advance(1s);
  testing::settle(io);
  EXPECT_EQ(failures, (Failures{"at once", "later"}));
  EXPECT_EQ(group.size(), 1U);

  clock.advance(1s);
  testing::run(io, group.join());
  EXPECT_EQ(count, 1);
}

TEST(TaskGroup, JoinsAtOnceWhenItIsEmptyAndAgainAfterMoreChildren) {
  asio::io_context io;
  ManualClock clock;
  Failures failures;
  TaskGroup group{io.get_executor(), into(failures)};
  testing::run(io, group.join());

  for (int round = 0; round < 3; ++round) {
    int count = 0;
    group.spawn("child", sleep_then_count(clock, 0s, count));
    testing::run(io, group.join());
    EXPECT_EQ(count, 1);
  }
}

TEST(TaskGroup, HoldsManyChildrenThatEndInAnyOrder) {
  asio::io_context io;
  ManualClock clock;
  Failures failures;
  TaskGroup group{io.get_executor(), into(failures)};
  int count = 0;
  for (int i = 0; i < 200; ++i) {
    group.spawn("child", sleep_then_count(clock, Span{(i * 37) % 100}, count));
  }
  testing::settle(io);
  clock.advance(50us);
  testing::settle(io);
  EXPECT_GT(count, 90);
  EXPECT_LT(count, 110);

  group.cancel();
  testing::run(io, group.join());
  EXPECT_LT(count, 110);
}

TEST(TaskGroupDeathTest, EndsTheProgramWhenItsOwnerForgotToJoin) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto forget = [] {
    asio::io_context io;
    ManualClock clock;
    Failures failures;
    bool left = false;
    TaskGroup group{io.get_executor(), into(failures)};
    group.spawn("forgotten", sleep_for_ever(clock, left));
  };
  EXPECT_DEATH(forget(), "1 children, first: forgotten");
}

Async<> wait_and_count(Signal& signal, int& count) {
  for (;;) {
    co_await signal.wait();
    ++count;
  }
}

TEST(Signal, RemembersRingsAsOne) {
  asio::io_context io;
  Signal signal{io.get_executor()};
  Failures failures;
  TaskGroup group{io.get_executor(), into(failures)};
  int count = 0;
  signal.ring();
  signal.ring();

  group.spawn("waiter", wait_and_count(signal, count));
  testing::settle(io);
  EXPECT_EQ(count, 1);

  signal.ring();
  testing::settle(io);
  EXPECT_EQ(count, 2);

  group.cancel();
  testing::run(io, group.join());
  EXPECT_EQ(count, 2);
  EXPECT_TRUE(failures.empty());
}

Async<> wait_with_patience(Signal& signal, Clock& clock, std::optional<bool>& rang) {
  rang = co_await signal.wait_for(clock, 10s);
}

TEST(Signal, TellsARingFromTheEndOfPatience) {
  asio::io_context io;
  ManualClock clock;
  Signal signal{io.get_executor()};
  Failures failures;
  TaskGroup group{io.get_executor(), into(failures)};
  std::optional<bool> first;
  group.spawn("first", wait_with_patience(signal, clock, first));
  testing::settle(io);

  clock.advance(10s);
  testing::run(io, group.join());
  EXPECT_EQ(first, false);

  std::optional<bool> second;
  group.spawn("second", wait_with_patience(signal, clock, second));
  testing::settle(io);
  signal.ring();
  testing::run(io, group.join());
  EXPECT_EQ(second, true);
  EXPECT_EQ(clock.sleepers(), 0U);
}

TEST(Signal, UnwindsAPatientWaiterWhenCancelled) {
  asio::io_context io;
  ManualClock clock;
  Signal signal{io.get_executor()};
  Failures failures;
  TaskGroup group{io.get_executor(), into(failures)};
  std::optional<bool> rang;
  group.spawn("waiter", wait_with_patience(signal, clock, rang));
  testing::settle(io);

  group.cancel();
  testing::run(io, group.join());

  EXPECT_FALSE(rang.has_value());
  EXPECT_TRUE(failures.empty());
}

TEST(WorkerPool, ReturnsWhatTheJobReturnsOnTheCallersThread) {
  asio::io_context io;
  WorkerPool pool{"a name longer than fifteen", 2};
  std::thread::id worker;
  std::function<std::string(std::stop_token)> job = [&worker](const std::stop_token&) {
    worker = std::this_thread::get_id();
    return std::string(1000, 'x');
  };

  const auto text = testing::run(io, pool.run(std::move(job)));

  EXPECT_EQ(text.size(), 1000U);
  EXPECT_NE(worker, std::this_thread::get_id());
  EXPECT_EQ(pool.waiting(), 0U);
}

TEST(WorkerPool, ThrowsWhereItIsAwaitedWhatTheJobThrows) {
  asio::io_context io;
  WorkerPool pool{"pool", 1};
  std::function<int(std::stop_token)> job = [](const std::stop_token&) -> int {
    throw std::runtime_error("a bug");
  };
  EXPECT_THROW(testing::run(io, pool.run(std::move(job))), std::runtime_error);
}

Async<> run_until_stopped(WorkerPool& pool, std::latch& started, bool& was_stopped) {
  std::function<bool(std::stop_token)> job = [&started](const std::stop_token& stop) {
    started.count_down();
    std::mutex mutex;
    std::condition_variable_any condition;
    std::unique_lock lock{mutex};
    return !condition.wait_for(lock, stop, 30s, [] { return false; }) && stop.stop_requested();
  };
  was_stopped = co_await pool.run(std::move(job));
  const auto executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
  ADD_FAILURE() << "a cancelled coroutine went on";
}

TEST(WorkerPool, AsksACancelledJobToStopAndStillAwaitsIt) {
  asio::io_context io;
  WorkerPool pool{"pool", 1};
  Failures failures;
  TaskGroup group{io.get_executor(), into(failures)};
  std::latch started{1};
  bool was_stopped = false;
  group.spawn("job", run_until_stopped(pool, started, was_stopped));
  testing::settle(io);
  started.wait();

  group.cancel();
  testing::run(io, group.join());

  EXPECT_TRUE(was_stopped);
  EXPECT_TRUE(failures.empty());
}

Async<> run_once(WorkerPool& pool, std::latch& gate, std::vector<int>& order, int number) {
  std::function<int(std::stop_token)> job = [&gate, number](const std::stop_token&) {
    gate.wait();
    return number;
  };
  order.push_back(co_await pool.run(std::move(job)));
}

TEST(WorkerPool, ServesFirstComeFirstServedAndCountsWhoWaits) {
  asio::io_context io;
  WorkerPool pool{"pool", 1};
  Failures failures;
  TaskGroup group{io.get_executor(), into(failures)};
  std::latch gate{1};
  std::vector<int> order;
  for (int i = 0; i < 5; ++i) {
    group.spawn("job", run_once(pool, gate, order, i));
  }
  testing::settle(io);
  EXPECT_GE(pool.waiting(), 4U);

  gate.count_down();
  testing::run(io, group.join());

  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(pool.waiting(), 0U);
}

}  // namespace
}  // namespace vigie
