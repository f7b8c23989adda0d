// SPDX-License-Identifier: Apache-2.0
// What the soak plays: accounts with lives at random moments, and every fault in turn; and so what
// is true at each moment.
#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "sim/scenario.hpp"

namespace vigie::soak {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

inline Span between(Random& random, Span from, Span to) {
  return std::chrono::floor<seconds>(from + from_seconds(to_seconds(to - from) * random.unit()));
}

inline std::vector<sim::LivePlan> random_lives(Random& random, Span length) {
  std::vector<sim::LivePlan> lives;
  Span at = between(random, minutes{2}, hours{3});
  while (at < length - minutes{10}) {
    sim::LivePlan live;
    live.start = at;
    live.end = at + between(random, minutes{2}, minutes{150});
    live.title = "Direct";
    live.viewers = {5, 80, 20};
    if (random.unit() < 0.4 && *live.end - at > minutes{20}) {
      sim::LiveEvent pause;
      pause.what = sim::LiveEvent::What::pause;
      pause.at = minutes{8};
      pause.span = between(random, seconds{20}, minutes{9});
      live.events.push_back(pause);
    }
    at = *live.end + between(random, seconds{40}, hours{6});
    lives.push_back(std::move(live));
  }
  return lives;
}

// Every way of TikTok to fail, one after the other, for everybody.
inline std::vector<sim::FaultPlan> faults_in_turn(Span length, Span distance) {
  using sim::Mode;
  constexpr std::array modes{Mode::http_429,  Mode::captcha,      Mode::http_500, Mode::waf,
                             Mode::poison,    Mode::garbage,      Mode::slow,     Mode::reset,
                             Mode::empty,     Mode::truncated,    Mode::login,    Mode::region,
                             Mode::forbidden, Mode::params_error, Mode::huge};
  std::vector<sim::FaultPlan> faults;
  std::size_t turn = 0;
  for (Span at = minutes{25}; at < length; at += distance) {
    sim::FaultPlan fault;
    fault.at = at;
    fault.mode = modes.at(turn++ % modes.size());
    fault.duration = fault.mode == Mode::huge ? seconds{20} : seconds{180};
    fault.retry_after = seconds{40};
    faults.push_back(fault);
  }
  return faults;
}

struct Plan {
  sim::Scenario scenario;
  Span length{0};

  // From its beginning until the last pause it can have brought is over.
  bool is_blocked(Span at) const {
    return std::ranges::any_of(scenario.faults, [at](const sim::FaultPlan& fault) {
      return fault.user.empty() && fault.at <= at && at <= fault.at + *fault.duration + minutes{35};
    });
  }
};

inline Plan make_plan(Random& random, std::size_t accounts, Span length) {
  Plan plan;
  plan.length = length;
  for (std::size_t i = 0; i < accounts; ++i) {
    sim::AccountPlan account;
    account.username = "soak" + std::to_string(i);
    account.followers = 10;
    if (i % 10 == 9) {
      account.access = i % 20 == 9 ? sim::Access::absent : sim::Access::private_account;
    } else {
      account.lives = random_lives(random, length);
    }
    plan.scenario.accounts.push_back(std::move(account));
  }
  const Span distance = length > hours{6} ? minutes{100} : minutes{50};
  plan.scenario.faults = faults_in_turn(length, distance);
  // One account of its own that is refused for half an hour, again and again.
  for (Span at = minutes{10}; at < length; at += hours{2}) {
    sim::FaultPlan alone;
    alone.at = at;
    alone.duration = minutes{30};
    alone.mode = sim::Mode::http_500;
    alone.user = "soak0";
    plan.scenario.faults.push_back(alone);
  }
  return plan;
}

}  // namespace vigie::soak
