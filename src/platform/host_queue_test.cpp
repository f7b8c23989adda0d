// SPDX-License-Identifier: Apache-2.0
#include "platform/host_queue.hpp"

#include <cmath>
#include <optional>

#include "platform/host_rig.hpp"

namespace vigie::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// What a test's host answers to everything.
struct Answer {
  Treatment treatment = Treatment::served;
  Span retry_after{0};
  Span takes{0};
};

struct Sent {
  std::string who;
  Span at;
};

class AHostQueue : public ::testing::Test {
 protected:
  HostQueue& queue() {
    if (!queue_) {
      queue_.emplace("host", limits, *rig.ledger, rig.clock, rig.random, rig.metrics);
    }
    return *queue_;
  }

  void ask(std::string who, Urgency urgency = Urgency::scheduled, TaskGroup* group = nullptr) {
    auto& tasks = group == nullptr ? rig.tasks : *group;
    tasks.spawn("request", request(queue(), std::move(who), urgency));
    testing::settle(rig.io);
  }

  Async<> request(HostQueue& host, std::string who, Urgency urgency) {
    HostQueue::Turn turn{host, urgency, who};
    if (!co_await turn.wait()) {
      refused.push_back(who);
      co_return;
    }
    sent.push_back({who, rig.clock.steady()});
    const auto now = answers.contains(who) ? answers.at(who) : answer;
    if (now.takes > Span{0}) {
      co_await rig.clock.sleep(now.takes);
    }
    co_await turn.end(now.treatment, "captcha", now.retry_after);
  }

  std::vector<std::string> order() const {
    std::vector<std::string> names;
    for (const auto& one : sent) {
      names.push_back(one.who);
    }
    return names;
  }

  HostStatus status() { return testing::run(rig.io, queue().status()); }

  HostRig rig;
  PaceLimits limits;
  Answer answer;
  std::map<std::string, Answer> answers;
  std::vector<Sent> sent;
  std::vector<std::string> refused;

 private:
  std::optional<HostQueue> queue_;
  struct Stop {
    HostRig& rig;
    ~Stop() { rig.stop(); }
  } stop_{rig};  // before the queue goes
};

TEST_F(AHostQueue, LetsOneRequestASecondGoWithoutABurst) {
  rig.pass(seconds{100});  // saves nothing up
  for (int i = 0; i < 30; ++i) {
    ask("a" + std::to_string(i));
  }

  rig.pass(seconds{40});

  ASSERT_EQ(sent.size(), 30U);
  for (std::size_t i = 1; i < sent.size(); ++i) {
    const auto distance = sent[i].at - sent[i - 1].at;
    EXPECT_GE(distance, Span{seconds{1}}) << i;
    EXPECT_LE(distance, Span{milliseconds{1120}}) << i;
    EXPECT_EQ(sent[i].who, "a" + std::to_string(i));
  }
}

TEST_F(AHostQueue, LetsUrgentRequestsGoFirst) {
  for (const auto* who : {"first", "scheduled 1", "scheduled 2"}) {
    ask(who);
  }
  ask("urgent 1", Urgency::urgent);
  ask("urgent 2", Urgency::urgent);

  rig.pass(seconds{10});

  EXPECT_EQ(order(), (std::vector<std::string>{"first", "urgent 1", "urgent 2", "scheduled 1",
                                               "scheduled 2"}));
}

TEST_F(AHostQueue, GivesThePlaceOfACancelledRequestToTheNext) {
  TaskGroup leaving{rig.io.get_executor(), [](const std::string&, const std::exception_ptr&) {}};
  ask("first");
  ask("leaves", Urgency::scheduled, &leaving);
  ask("stays");
  rig.pass(milliseconds{500});

  leaving.cancel();
  testing::run(rig.io, leaving.join());
  rig.pass(milliseconds{650});

  EXPECT_EQ(order(), (std::vector<std::string>{"first", "stays"}));
}

TEST_F(AHostQueue, AsksTheLedgerOnceInAWhileAndNotForEachRequest) {
  limits.requests_per_second = 100;
  class Counting final : public HostLedger {
   public:
    explicit Counting(std::unique_ptr<HostLedger> real) : real_{std::move(real)} {}
    int changes = 0;
    Async<Result<Known>> change(std::string host, Change change) override {
      ++changes;
      return real_->change(std::move(host), std::move(change));
    }
    Async<Result<Known>> read(std::string host) override { return real_->read(std::move(host)); }

   private:
    std::unique_ptr<HostLedger> real_;
  };
  auto counting = std::make_unique<Counting>(std::move(rig.ledger));
  auto& changes = counting->changes;
  rig.ledger = std::move(counting);
  for (int i = 0; i < 2000; ++i) {
    ask("a");
  }

  rig.pass(seconds{15}, milliseconds{2});

  EXPECT_GT(sent.size(), 1000U);
  EXPECT_LE(changes, 4);
}

TEST_F(AHostQueue, HoldsNobodyUpForASlowAnswerAndKeepsToItsParallelRequests) {
  limits.requests_per_second = 10;
  answers["slow"] = {.takes = seconds{10}};
  for (int i = 0; i < 5; ++i) {
    ask("slow");
  }
  ask("quick");

  rig.pass(seconds{5});
  EXPECT_EQ(sent.size(), 4U);
  rig.pass(seconds{6});
  EXPECT_EQ(order().back(), "quick");
}

TEST_F(AHostQueue, LeavesARefusingHostAloneAndLetsOneCanaryDecide) {
  answer.treatment = Treatment::blocked;
  ask("a");
  ask("b");
  rig.pass(milliseconds{100});
  EXPECT_EQ(refused, (std::vector<std::string>{"b"})) << "who waits hears it at once";
  EXPECT_GE(queue().refusal().retry_after, seconds{29});

  rig.pass(seconds{33});
  answer = {.treatment = Treatment::served, .takes = seconds{3}};
  for (const auto* who : {"b", "a", "c"}) {
    ask(who);
  }
  rig.pass(seconds{2});
  ASSERT_EQ(order(), (std::vector<std::string>{"a", "b"})) << "one canary";
  EXPECT_TRUE(status().since);

  rig.pass(seconds{20});
  EXPECT_EQ(sent.size(), 4U);
  EXPECT_FALSE(status().since);
  EXPECT_EQ(status().reason, "");
}

TEST_F(AHostQueue, SendsAnotherCanaryWhenTheFirstWasGivenUpAndRatherNotTheOneThatWasRefused) {
  answer.treatment = Treatment::blocked;
  ask("a");
  rig.pass(seconds{33});
  answer = {.takes = minutes{1}};
  TaskGroup leaving{rig.io.get_executor(), [](const std::string&, const std::exception_ptr&) {}};
  ask("b", Urgency::scheduled, &leaving);
  ask("a");
  ask("c");
  rig.pass(seconds{2});
  ASSERT_EQ(order().back(), "b");

  leaving.cancel();
  testing::run(rig.io, leaving.join());
  rig.pass(seconds{2});

  EXPECT_EQ(order().back(), "c");
}

TEST_F(AHostQueue, TakesFaultsForThoseOfTheirRequestUntilThereAreMany) {
  answer.treatment = Treatment::failed;
  for (int i = 0; i < 7; ++i) {
    ask("a" + std::to_string(i));
  }
  rig.pass(seconds{10});
  EXPECT_EQ(sent.size(), 7U);
  EXPECT_EQ(status().reason, "");

  ask("the last straw");
  rig.pass(seconds{2});

  EXPECT_TRUE(status().paused_until);
}

TEST_F(AHostQueue, DoesNotBlameTheHostForOneAccount) {
  answers["odd"] = {.treatment = Treatment::blocked};
  ask("odd");
  rig.pass(seconds{33});
  ask("good");
  rig.pass(seconds{2});
  ASSERT_FALSE(status().since);

  ask("odd");
  rig.pass(seconds{2});
  ask("good");
  rig.pass(seconds{2});

  EXPECT_EQ(order(), (std::vector<std::string>{"odd", "good", "odd", "good"}));
  EXPECT_FALSE(status().since);
}

TEST_F(AHostQueue, TellsPeopleHowTheHostStands) {
  for (int i = 0; i < 40; ++i) {
    ask("a");
  }
  rig.pass(seconds{20});

  const auto busy = status();
  EXPECT_EQ(busy.host, "host");
  EXPECT_DOUBLE_EQ(busy.allowed_per_s, 1);
  EXPECT_NEAR(busy.used_per_s, 1, 0.1);
  EXPECT_NEAR(static_cast<double>(busy.queue), 20, 2);
  EXPECT_GT(busy.wait_p95_s, busy.wait_p50_s);
  EXPECT_FALSE(busy.paused_until);

  answer = {.treatment = Treatment::throttled, .retry_after = seconds{90}};
  rig.pass(seconds{2});
  const auto blocked = status();
  EXPECT_DOUBLE_EQ(blocked.allowed_per_s, 0.5);
  EXPECT_EQ(blocked.reason, "captcha");
  ASSERT_TRUE(blocked.since);
  EXPECT_LE(rig.clock.now() - *blocked.since, Span{seconds{2}});
  ASSERT_TRUE(blocked.paused_until);
  EXPECT_GE(*blocked.paused_until - *blocked.since, Span{seconds{90}});
  EXPECT_EQ(blocked.queue, 0U);
}

TEST_F(AHostQueue, WaitsWhenTheSharedBudgetCannotBeRead) {
  class Flaky final : public HostLedger {
   public:
    explicit Flaky(std::unique_ptr<HostLedger> real) : real_{std::move(real)} {}
    bool is_gone = true;
    Async<Result<Known>> change(std::string host, Change change) override {
      if (is_gone) {
        co_return make_error(Errc::unavailable, "the test took it away");
      }
      co_return co_await real_->change(std::move(host), std::move(change));
    }
    Async<Result<Known>> read(std::string) override {
      co_return make_error(Errc::unavailable, "the test took it away");
    }

   private:
    std::unique_ptr<HostLedger> real_;
  };
  auto flaky = std::make_unique<Flaky>(std::move(rig.ledger));
  auto& is_gone = flaky->is_gone;
  rig.ledger = std::move(flaky);
  ask("a");

  rig.pass(seconds{5});
  EXPECT_TRUE(sent.empty());
  is_gone = false;
  rig.pass(seconds{2});
  EXPECT_EQ(sent.size(), 1U);

  is_gone = true;
  answer.treatment = Treatment::blocked;
  ask("b");
  rig.pass(seconds{2});
  ask("c");
  EXPECT_EQ(refused.size(), 1U) << "what is known here counts at once";
  is_gone = false;
  rig.pass(seconds{33});
  ask("d");
  rig.pass(seconds{3});
  EXPECT_EQ(testing::run(rig.io, rig.ledger->change("host", [](HostState&, Time) {}))
                .value()
                .state.blocks,
            2)
      << "and is written when that is possible again";
}

}  // namespace
}  // namespace vigie::platform
