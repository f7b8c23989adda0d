// SPDX-License-Identifier: Apache-2.0
#include "sim/faults.hpp"

#include <gtest/gtest.h>

#include "async/clock_fake.hpp"
#include "base/json.hpp"
#include "sim/stats.hpp"

namespace vigie::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

FaultPlan fault(Mode mode, const std::string& user = {}, const std::string& route = {}) {
  FaultPlan plan;
  plan.mode = mode;
  plan.user = user;
  plan.route = route;
  return plan;
}

TEST(Faults, OneAccountComesBeforeEverybodyAndTheHandBeforeThePlan) {
  Faults faults;
  auto first = fault(Mode::http_429, "a");
  first.at = minutes{1};
  first.duration = seconds{30};
  auto second = fault(Mode::waf);
  second.at = minutes{1};
  faults.plan({first, second}, seconds{10});

  EXPECT_EQ(faults.at("a", "api-live", minutes{1}).mode, Mode::ok);
  EXPECT_EQ(faults.at("a", "api-live", seconds{75}).mode, Mode::http_429);
  EXPECT_EQ(faults.at("b", "api-live", seconds{75}).mode, Mode::waf);
  EXPECT_EQ(faults.at("a", "api-live", minutes{3}).mode, Mode::waf);
  faults.set(fault(Mode::captcha), Span{0});
  faults.set(fault(Mode::reset, "a"), Span{0});
  EXPECT_EQ(faults.at("a", "api-live", Span{0}).mode, Mode::reset);
  EXPECT_EQ(faults.at("b", "api-live", Span{0}).mode, Mode::captcha);
  faults.set(fault(Mode::ok), Span{0});
  EXPECT_EQ(faults.at("b", "api-live", Span{0}).mode, Mode::ok);
}

TEST(Faults, MeetOnlyTheirRoute) {
  Faults faults;
  faults.set(fault(Mode::http_500), Span{0});
  faults.set(fault(Mode::garbage, {}, "embed"), Span{0});

  EXPECT_EQ(faults.at("a", "embed", Span{0}).mode, Mode::garbage);
  EXPECT_TRUE(faults.at("a", "embed", Span{0}).names_route);
  EXPECT_EQ(faults.at("a", "profile", Span{0}).mode, Mode::http_500);
  EXPECT_FALSE(faults.at("a", "profile", Span{0}).names_route);
  faults.set(fault(Mode::ok, {}, "embed"), Span{0});
  EXPECT_EQ(faults.at("a", "embed", Span{0}).mode, Mode::http_500);
}

TEST(Faults, AreUsedUpOrPassByThemselves) {
  Faults faults;
  auto twice = fault(Mode::http_429, "a");
  twice.times = 2;
  auto brief = fault(Mode::waf, "b");
  brief.duration = seconds{10};
  faults.set(twice, Span{0});
  faults.set(brief, seconds{100});

  EXPECT_EQ(faults.take("a", "api-live", Span{0}).mode, Mode::http_429);
  EXPECT_EQ(faults.at("a", "api-live", Span{0}).mode, Mode::http_429);
  EXPECT_EQ(faults.take("a", "api-live", Span{0}).mode, Mode::http_429);
  EXPECT_EQ(faults.take("a", "api-live", Span{0}).mode, Mode::ok);
  EXPECT_EQ(faults.at("b", "api-live", seconds{109}).mode, Mode::waf);
  EXPECT_EQ(faults.at("b", "api-live", seconds{110}).mode, Mode::ok);
}

TEST(Stats, FindTheDensestSecondWhereverItBegins) {
  ManualClock clock;
  Stats stats{clock};
  // 0.9, 1.0, 1.1 … three within one second across a full one.
  clock.advance(milliseconds{900});
  stats.request("api-live", Host::web);
  clock.advance(milliseconds{100});
  stats.request("api-live", Host::web);
  clock.advance(milliseconds{100});
  stats.request("embed", Host::web);
  stats.request("check_alive", Host::webcast);
  clock.advance(seconds{1});
  stats.request("api-live", Host::web);

  const auto said = stats.to_json();

  EXPECT_EQ(get_integer(said, "hosts.web.total"), 4);
  EXPECT_EQ(get_integer(said, "hosts.web.peak_per_s"), 3);
  EXPECT_EQ(get_integer(said, "hosts.web.peak_per_min"), 4);
  EXPECT_EQ(get_integer(said, "hosts.webcast.peak_per_s"), 1);
  stats.reset();
  EXPECT_EQ(get_integer(stats.to_json(), "hosts.web.total"), 0);
  EXPECT_EQ(get_integer(stats.to_json(), "requests.api-live.total"), 0);
}

}  // namespace
}  // namespace vigie::sim
