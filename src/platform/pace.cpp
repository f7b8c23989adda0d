// SPDX-License-Identifier: Apache-2.0
#include "platform/pace.hpp"

#include <algorithm>

namespace vigie::platform {
namespace {

// Who waits for the host and does not come within this time is gone.
constexpr Span patience_with_waiting = std::chrono::seconds{2};
// The holder lets who waits for it come first.
constexpr Span courtesy = std::chrono::milliseconds{50};
constexpr Span least_margin = std::chrono::seconds{1};
// Of a pause. C9 allows a tenth of what the platform asked for, all told.
constexpr double late_at_most = 0.08;
constexpr Span minute = std::chrono::minutes{1};

Span longer(Span span, double by) {
  return from_seconds(to_seconds(span) * (1 + by));
}

// After `blocks` refusals in a row.
Span pause_after(int blocks, Treatment treatment, const PaceLimits& limits) {
  const auto doubled = [&](Span first, int times, Span longest) {
    return std::min<Span>(first * (std::int64_t{1} << std::clamp(times, 0, 20)), longest);
  };
  if (treatment == Treatment::failed) {
    return doubled(limits.first_pause, blocks - 1, limits.longest_fault_pause);
  }
  if (blocks < limits.blocks_allowed) {
    return doubled(limits.first_pause, blocks - 1, limits.longest_pause);
  }
  return doubled(limits.longest_pause, blocks - limits.blocks_allowed, limits.repeated_pause);
}

Span hold_length(const HostState& state, const PaceLimits& limits) {
  return std::max(limits.hold, needed_hold(state, limits)) +
         std::max(least_margin, distance(state, limits));
}

// A clock that was put back must not silence a host for as long.
void clamp_to_the_possible(HostState& state, const PaceLimits& limits, Time now) {
  HostState slowest;
  slowest.share = limits.floor;
  slowest.blocks = 1;
  state.held_until = std::min(state.held_until, now + hold_length(slowest, limits));
  const auto longest = std::max<Span>(limits.repeated_pause, std::chrono::hours{1});
  state.paused_until = std::min(state.paused_until, now + longer(longest, late_at_most));
  state.grown_at = std::min(state.grown_at, now);
}

}  // namespace

Span distance(const HostState& state, const PaceLimits& limits) {
  return from_seconds(1 / (limits.requests_per_second * std::max(state.share, limits.floor)));
}

Span needed_hold(const HostState& state, const PaceLimits& limits) {
  const auto between = distance(state, limits);
  return state.blocks > 0 ? std::max(limits.canary_hold, between) : between;
}

void refuse(HostState& state, const Refusal& refusal, const PaceLimits& limits, Time now) {
  const Span asked = longer(refusal.retry_after, late_at_most * refusal.random);
  if (refusal.sent_at < state.refused_at && state.blocks > 0) {
    if (refusal.retry_after > Span{0}) {
      state.paused_until = std::max(state.paused_until, now + asked);
    }
    return;
  }
  if (state.blocks == 0) {
    state.blocked_since = now;
  }
  ++state.blocks;
  state.reason = refusal.reason;
  state.refused_at = now;
  if (refusal.treatment == Treatment::throttled) {
    state.share = std::max(limits.floor, state.share / 2);
    state.grown_at = now;
  }
  const bool is_wish = refusal.retry_after > Span{0} && state.blocks < limits.blocks_allowed;
  const Span own =
      longer(pause_after(state.blocks, refusal.treatment, limits), late_at_most * refusal.random);
  state.paused_until = now + (is_wish ? asked : std::max(own, asked));
}

void serve(HostState& state, Time sent_at, Time now) {
  if (state.blocks == 0 || sent_at < state.refused_at) {
    return;
  }
  state.blocks = 0;
  state.reason.clear();
  state.blocked_since = Time{};
  state.paused_until = Time{};
  state.grown_at = now;
}

void grow(HostState& state, const PaceLimits& limits, Time now) {
  const Span good = std::clamp(now - state.grown_at, Span{0}, minute);
  state.grown_at = now;
  state.share = std::min(
      1.0, state.share + limits.recovery_per_minute * to_seconds(good) / to_seconds(minute));
}

Hold take(HostState& state, std::string_view me, const PaceLimits& limits, Time now) {
  clamp_to_the_possible(state, limits, now);
  if (is_paused(state, now)) {
    return {false, state.paused_until};
  }
  const bool is_over = state.held_until <= now;
  if (!is_over && state.holder != me) {
    if (state.waiting.empty()) {
      state.waiting = me;
    }
    return {false, state.held_until};
  }
  const bool is_awaited = !state.waiting.empty() && state.waiting != me &&
                          now < state.held_until + patience_with_waiting;
  if (is_awaited) {
    return {false, state.held_until + (is_over ? patience_with_waiting : courtesy)};
  }
  state.holder = me;
  state.waiting.clear();
  state.held_until = now + hold_length(state, limits);
  return {true, state.held_until};
}

}  // namespace vigie::platform
