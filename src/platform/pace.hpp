// SPDX-License-Identifier: Apache-2.0
// Politeness towards one host: how often it is asked, and when it is left alone. Pure: what is
// known of a host is a value that outlives the process and is shared by all (host_ledger.hpp); its
// times are the ledger's. Random numbers are given, in [0, 1).
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "platform/live_source.hpp"

namespace vigie::platform {

// Nobody documents TikTok's limit; peers are blocked above about 20 accounts a minute (failures
// 15).
struct PaceLimits {
  double requests_per_second = 1;    // the budget of a host, whoever asks
  double jitter = 0.1;               // of a distance: a request leaves so much later, never earlier
  double floor = 0.1;                // the least share of the budget that 429s leave
  double recovery_per_minute = 0.1;  // of the budget, while answers are good
  std::size_t parallel = 4;          // requests at a time: a slow answer holds nobody up
  int faults_allowed = 8;            // 5xx, timeouts… in a row, before they count as a refusal
  int blocks_allowed = 5;            // refusals in a row, before longest_pause
  Span first_pause{std::chrono::seconds{30}};
  Span longest_fault_pause{std::chrono::minutes{5}};
  Span longest_pause{std::chrono::minutes{30}};
  Span repeated_pause{std::chrono::minutes{60}};  // when the canaries go on dying
  Span hold{std::chrono::seconds{5}};  // a process takes the host for so long: one write an hold
  Span canary_hold{std::chrono::seconds{15}};  // the time a canary may take to come back
};

// What is known of a host.
struct HostState {
  double share = 1;      // of the budget: halved by a 429
  Time grown_at{};       // up to when good answers have been counted
  int blocks = 0;        // refusals in a row; above 0 and the pause over: one canary decides
  std::string reason;    // of the last refusal
  Time blocked_since{};  // of the first in the row
  Time refused_at{};     // of the last: answers to requests of before say nothing new
  Time paused_until{};
  std::string holder;  // the process that may ask
  Time held_until{};
  std::string waiting;  // the process that comes next
};

struct Refusal {
  Treatment treatment = Treatment::blocked;
  std::string reason;
  Span retry_after{0};
  Time sent_at{};
  double random = 0;
};

inline bool is_paused(const HostState& state, Time now) {
  return now < state.paused_until;
}

// Between two requests, at the least.
Span distance(const HostState& state, const PaceLimits& limits);

// A 429 halves the share; each refusal in a row doubles the pause. The platform's own wish
// (retry_after) is waited out, and at most a tenth more.
void refuse(HostState& state, const Refusal& refusal, const PaceLimits& limits, Time now);

// A good answer forgives the refusals of before it was asked for.
void serve(HostState& state, Time sent_at, Time now);

// Good answers came since the last time: the share grows, by a minute's worth at most.
void grow(HostState& state, const PaceLimits& limits, Time now);

// Who holds the host may ask it, the last time one distance before the end of the hold: so whoever
// comes next, also after a kill -9, may ask at once.
struct Hold {
  bool is_mine = false;
  Time until{};  // or, when it is somebody else's, when to try again
};

// Takes the host for `me`, or stays its holder, unless somebody else holds it or waits for it.
// Nobody takes a host that is paused.
Hold take(HostState& state, std::string_view me, const PaceLimits& limits, Time now);

// The part of a hold that must be left for a request to leave.
Span needed_hold(const HostState& state, const PaceLimits& limits);

}  // namespace vigie::platform
