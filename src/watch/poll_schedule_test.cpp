// SPDX-License-Identifier: Apache-2.0
#include "watch/poll_schedule.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace vigie::watch {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr double middle = 0.5;  // no jitter after a good answer
constexpr double none = 0;      // none after a refusal

// The schedule by the accounts' names.
class Schedule {
 public:
  explicit Schedule(PollLimits limits) : schedule_{limits} {}
  void add(const std::string& name, Span due, Span measured) {
    schedule_.add(account(name), due, measured);
  }
  void remove(const std::string& name) { schedule_.remove(account(name)); }
  void urge(const std::string& name, Span now) { schedule_.urge(account(name), now); }
  void hasten(const std::string& name, Span due) { schedule_.hasten(account(name), due); }
  std::optional<std::string> take(Span now) {
    const auto* taken = schedule_.take(now);
    return taken == nullptr ? std::nullopt
                            : std::optional{static_cast<const Account*>(taken)->name};
  }
  NextLook answered(const std::string& name, Span now, LookOutcome outcome, double random) {
    return schedule_.answered(account(name), now, outcome, random);
  }
  bool is_urgent(const std::string& name) { return account(name).is_urgent(); }
  std::optional<Span> next_due() const { return schedule_.next_due(); }
  Span overdue(Span now) const { return schedule_.overdue(now); }
  std::size_t size() const { return schedule_.size(); }
  double stretch() const { return schedule_.stretch(); }

 private:
  struct Account final : PollSchedule::Entry {
    std::string name;
  };
  Account& account(const std::string& name) {
    auto& account = accounts_[name];
    account.name = name;
    return account;
  }
  std::map<std::string, Account> accounts_;
  PollSchedule schedule_;
};

LookOutcome wishing(Span interval) {
  LookOutcome outcome;
  outcome.interval = interval;
  return outcome;
}

LookOutcome refused(Span retry_after = Span{0}) {
  LookOutcome outcome;
  outcome.is_refused = true;
  outcome.retry_after = retry_after;
  return outcome;
}

TEST(PollSchedule, LooksAtANewAccountAtOnceAndThenAtItsInterval) {
  Schedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});

  EXPECT_EQ(schedule.take(seconds{0}), "a");
  EXPECT_EQ(schedule.take(seconds{0}), std::nullopt);
  EXPECT_EQ(schedule.answered("a", seconds{1}, {}, middle).wait, Span{seconds{60}});

  EXPECT_EQ(schedule.next_due(), Span{seconds{61}});
  EXPECT_EQ(schedule.take(seconds{60}), std::nullopt);
  EXPECT_EQ(schedule.take(seconds{61}), "a");
}

TEST(PollSchedule, GivesTheMostOverdueFirst) {
  Schedule schedule{PollLimits{}};
  schedule.add("late", seconds{3}, Span{0});
  schedule.add("later", seconds{7}, Span{0});

  EXPECT_EQ(schedule.overdue(seconds{10}), Span{seconds{7}});
  EXPECT_EQ(schedule.take(seconds{10}), "late");
  EXPECT_EQ(schedule.take(seconds{10}), "later");
}

TEST(PollSchedule, KeepsToTheIntervalThatIsWished) {
  Schedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});

  EXPECT_EQ(schedule.answered("a", seconds{0}, wishing(seconds{30}), middle).wait,
            Span{seconds{30}});
}

TEST(PollSchedule, AsksAgainSoonToConfirmAnEnd) {
  Schedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});
  LookOutcome ending;
  ending.asks_again_soon = true;

  EXPECT_EQ(schedule.answered("a", seconds{0}, ending, middle).wait, Span{seconds{5}});
}

TEST(PollSchedule, WaitsLongerAfterEachRefusalUpToTheCeilingAndForgivesAtOnce) {
  Schedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  Span now{0};
  for (const auto expected : {30, 60, 120, 240, 480, 960, 1800, 1800}) {
    ASSERT_EQ(schedule.take(now), "a");
    const auto next = schedule.answered("a", now, refused(), none);
    EXPECT_EQ(next.wait, Span{seconds{expected}});
    now += next.wait;
  }

  schedule.take(now);
  EXPECT_EQ(schedule.answered("a", now, {}, middle).wait, Span{seconds{60}});
  schedule.take(now + seconds{60});
  EXPECT_EQ(schedule.answered("a", now, refused(), none).wait, Span{seconds{30}});
}

TEST(PollSchedule, ObeysRetryAfter) {
  Schedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});

  EXPECT_EQ(schedule.answered("a", seconds{0}, refused(minutes{7}), none).wait, Span{minutes{7}});
}

TEST(PollSchedule, SpreadsAccountsByJitter) {
  Schedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});

  EXPECT_EQ(schedule.answered("a", seconds{0}, {}, 0).wait, Span{seconds{54}});
  EXPECT_EQ(schedule.answered("a", seconds{0}, {}, 1).wait, Span{seconds{66}});
}

TEST(PollSchedule, ChecksNowBeforeEverythingElseThatIsDue) {
  Schedule schedule{PollLimits{}};
  schedule.add("due", seconds{1}, Span{0});
  schedule.add("asked", seconds{500}, Span{0});

  schedule.urge("asked", seconds{10});

  EXPECT_EQ(schedule.take(seconds{10}), "asked");
  EXPECT_EQ(schedule.take(seconds{10}), "due");
}

TEST(PollSchedule, KeepsADecentDistanceHoweverOftenOneAsks) {
  Schedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});
  schedule.answered("a", seconds{10}, {}, middle);

  schedule.urge("a", seconds{11});

  EXPECT_EQ(schedule.take(seconds{11}), std::nullopt);
  EXPECT_EQ(schedule.take(seconds{15}), "a");
}

TEST(PollSchedule, RemembersAnUrgentWishDuringALook) {
  Schedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});

  schedule.urge("a", seconds{1});

  EXPECT_EQ(schedule.take(seconds{1}), std::nullopt);
  EXPECT_EQ(schedule.answered("a", seconds{2}, {}, middle).wait, Span{seconds{5}});
}

TEST(PollSchedule, MeasuresTheRealIntervalWithoutTheLooksPeopleAskedFor) {
  Schedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});
  EXPECT_EQ(schedule.answered("a", seconds{0}, {}, middle).interval, Span{0});

  schedule.take(seconds{80});
  EXPECT_EQ(schedule.answered("a", seconds{80}, {}, middle).interval, Span{seconds{80}});

  schedule.urge("a", seconds{90});
  schedule.take(seconds{90});
  EXPECT_EQ(schedule.answered("a", seconds{90}, {}, middle).interval, Span{seconds{80}});

  schedule.take(seconds{150});
  EXPECT_EQ(schedule.answered("a", seconds{150}, {}, middle).interval, Span{seconds{75}});
}

TEST(PollSchedule, StretchesAllIntervalsEvenlyWhenTheBudgetIsNotEnough) {
  PollLimits limits;
  limits.interval = seconds{10};
  limits.budget_per_s = 1;
  limits.jitter = 0;
  Schedule schedule{limits};
  for (int i = 0; i < 18; ++i) {
    schedule.add(std::to_string(i), seconds{0}, Span{0});
  }
  EXPECT_NEAR(schedule.stretch(), 2.0, 1e-9);  // 1.8 looks a second wished, 0.9 to be had
  const auto twice = [&](Span wished) {
    const auto name = schedule.take(seconds{0}).value();
    const auto next = schedule.answered(name, seconds{0}, wishing(wished), middle);
    EXPECT_NEAR(to_seconds(next.wait), to_seconds(wished) * schedule.stretch(), 1e-5);
  };

  twice(seconds{10});
  twice(seconds{20});
  twice(seconds{900});

  for (int i = 0; i < 18; ++i) {
    schedule.remove(std::to_string(i));
  }
  EXPECT_DOUBLE_EQ(schedule.stretch(), 1);
}

TEST(PollSchedule, StretchesNothingWithinTheBudget) {
  PollLimits limits;
  limits.budget_per_s = 1;
  Schedule schedule{limits};
  for (int i = 0; i < 54; ++i) {  // 0.9 a second
    schedule.add(std::to_string(i), seconds{0}, Span{0});
  }
  EXPECT_NEAR(schedule.stretch(), 1, 1e-9);
}

TEST(PollSchedule, KnowsForWhomSomebodyWaits) {
  Schedule schedule{PollLimits{}};
  schedule.add("asked", seconds{500}, Span{0});
  schedule.add("planned", seconds{5}, Span{0});
  schedule.urge("asked", seconds{10});

  EXPECT_EQ(schedule.take(seconds{10}), "asked");
  EXPECT_TRUE(schedule.is_urgent("asked"));
  EXPECT_EQ(schedule.take(seconds{10}), "planned");
  EXPECT_FALSE(schedule.is_urgent("planned"));
  schedule.answered("asked", seconds{10}, {}, middle);
  EXPECT_FALSE(schedule.is_urgent("asked"));
}

TEST(PollSchedule, HastensALookButNeverPutsItOff) {
  Schedule schedule{PollLimits{}};
  schedule.add("a", seconds{100}, Span{0});

  schedule.hasten("a", seconds{200});
  EXPECT_EQ(schedule.next_due(), Span{seconds{100}});
  schedule.hasten("a", seconds{30});
  EXPECT_EQ(schedule.next_due(), Span{seconds{30}});
  schedule.take(seconds{30});
  schedule.hasten("a", seconds{10});
  EXPECT_EQ(schedule.next_due(), std::nullopt);
}

TEST(PollSchedule, ForgetsWhoWasRemovedEvenDuringALook) {
  Schedule schedule{PollLimits{}};
  schedule.add("a", seconds{0}, Span{0});
  schedule.take(seconds{0});
  schedule.remove("a");

  schedule.answered("a", seconds{1}, {}, middle);

  EXPECT_EQ(schedule.size(), 0U);
  EXPECT_EQ(schedule.next_due(), std::nullopt);
}

}  // namespace
}  // namespace vigie::watch
