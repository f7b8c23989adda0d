// SPDX-License-Identifier: Apache-2.0
#include "watch/decision.hpp"

#include <algorithm>

#include "watch/told_by_room.hpp"

namespace vigie::watch {
namespace {

using platform::Evidence;
using platform::LiveFacts;
using platform::Observation;

// A start this far ahead of our clock is no start; less is two clocks that disagree a little.
constexpr Span clock_tolerance{std::chrono::minutes{10}};

Decision unchanged(const Known& known) {
  Decision decision;
  decision.status = known.status;
  decision.status_at = known.status_at;
  decision.status_reason = known.status_reason;
  decision.ending_since = known.ending_since;
  decision.negative_since = known.negative_since;
  if (known.live) {
    decision.state = known.live->state;
  }
  return decision;
}

void confirm(Decision& decision, AccountStatus status, std::string reason, Time now) {
  decision.status = status;
  decision.status_at = now;
  decision.status_reason = std::move(reason);
  decision.negative_since.reset();
}

bool is_start_known(const LiveFacts& facts, Time now) {
  return facts.started_at > Time{} && facts.started_at <= now + clock_tolerance;
}

// Room and start together are the identity of a live (protocol §1.1).
bool is_same_live(const OpenLive& open, const LiveFacts& facts, Time now) {
  return open.room == facts.room &&
         (!is_start_known(facts, now) || facts.started_at == open.started_at);
}

// A platform that numbers no rooms: what is open goes on, else one begins now.
void name_room(LiveFacts& facts, const Known& known, Time now) {
  facts.started_at = known.live ? known.live->started_at : Time{};
  facts.room = known.live ? known.live->room : std::to_string(to_micros(now));
}

Decision on_air(const Known& known, const Observation& seen, Time now) {
  auto decision = unchanged(known);
  confirm(decision, AccountStatus::live, seen.reason, now);
  decision.ending_since.reset();
  decision.state = seen.evidence == Evidence::paused ? LiveState::paused : LiveState::live;
  auto facts = *seen.live;
  if (facts.room.empty()) {
    name_room(facts, known, now);
  }
  if (known.live && is_same_live(*known.live, facts, now)) {
    if (decision.state == LiveState::paused) {
      facts.restricted = known.live->restricted;  // a pause has no streams to judge by
    }
    decision.goes_on = std::move(facts);
    return decision;
  }
  decision.is_start_known = is_start_known(facts, now);
  if (!decision.is_start_known) {
    facts.started_at = now;
  }
  if (known.live) {
    const auto handover = std::max(facts.started_at, known.live->started_at);
    decision.ends = Ending{std::min(handover, now), "new_room"};
  }
  decision.starts = std::move(facts);
  return decision;
}

Decision off_air(const Known& known, const Observation& seen, Time now) {
  auto decision = unchanged(known);
  if (!known.live) {
    confirm(decision, AccountStatus::active, seen.reason, now);
    decision.ending_since.reset();
    return decision;
  }
  decision.negative_since.reset();
  if (known.ending_since && now - *known.ending_since >= end_confirmation) {
    confirm(decision, AccountStatus::active, seen.reason, now);
    decision.ends = Ending{std::max(*known.ending_since, known.live->started_at), seen.reason};
    decision.ending_since.reset();
    return decision;
  }
  decision.ending_since = known.ending_since.value_or(now);
  decision.status_reason = "ending";
  decision.asks_again_soon = true;
  return decision;
}

Decision existing(const Known& known, const Observation& seen, Time now) {
  auto decision = unchanged(known);
  decision.negative_since.reset();
  if (!known.live) {  // it says nothing about a live: an open one stays as it was last confirmed
    confirm(decision, AccountStatus::active, seen.reason, now);
  }
  return decision;
}

Decision not_found(const Known& known, const Observation& seen) {
  auto decision = unchanged(known);
  decision.wants_second_look = true;
  decision.wants_owner = !known.stable_id.empty();
  if (known.status != AccountStatus::offline) {
    decision.status_reason = seen.reason;
  }
  return decision;
}

Decision absent(const Known& known, const Observation& seen, Time now) {
  auto decision = unchanged(known);
  const bool is_confirmed =
      known.status == AccountStatus::offline ||
      (known.negative_since && now - *known.negative_since >= absence_confirmation);
  if (!is_confirmed) {
    decision.negative_since = known.negative_since.value_or(now);
    decision.status_reason = "absent_once";
    return decision;
  }
  const auto since = known.negative_since.value_or(now);
  confirm(decision, AccountStatus::offline, seen.reason, now);
  decision.negative_since = since;
  decision.ending_since.reset();
  if (known.live) {
    decision.ends = Ending{std::max(since, known.live->started_at), seen.reason};
  }
  return decision;
}

bool is_somebody_else(const Known& known, const Observation& seen) {
  return !known.stable_id.empty() && !seen.stable_id.empty() && known.stable_id != seen.stable_id;
}

Decision other_account(const Known& known) {
  auto decision = unchanged(known);
  decision.status_reason = "other_account";
  decision.wants_owner = true;
  return decision;
}

Decision doubtful(const Known& known, const Observation& seen) {
  auto decision = unchanged(known);
  decision.status_reason = seen.reason.empty() ? "unknown" : seen.reason;
  decision.asks_again_soon =
      seen.reason == "contradiction" && known.status_reason != "contradiction";
  return decision;
}

Decision judge(const Known& known, const Observation& seen, Time now) {
  if (seen.from_room) {
    return told_by_room(unchanged(known), known, seen, now);
  }
  if (is_somebody_else(known, seen)) {
    return other_account(known);
  }
  switch (seen.evidence) {
    case Evidence::live:
    case Evidence::paused:
      if (seen.live) {
        return on_air(known, seen, now);
      }
      break;
    case Evidence::not_live:
      return off_air(known, seen, now);
    case Evidence::exists:
      return existing(known, seen, now);
    case Evidence::not_found:
      return not_found(known, seen);
    case Evidence::absent:
      return absent(known, seen, now);
    case Evidence::unknown:
      break;
  }
  return doubtful(known, seen);
}

bool changes_live(const OpenLive& open, const LiveFacts& facts, LiveState state) {
  return open.state != state || open.title != facts.title || open.restricted != facts.restricted;
}

}  // namespace

Decision decide(const Known& known, const Observation& seen, Time now) {
  auto decision = judge(known, seen, now);
  decision.is_news =
      decision.status != known.status || decision.status_reason != known.status_reason ||
      decision.ending_since != known.ending_since ||
      decision.negative_since != known.negative_since || decision.ends || decision.starts ||
      (decision.goes_on && changes_live(*known.live, *decision.goes_on, decision.state));
  decision.has_new_viewers = decision.goes_on && decision.goes_on->viewers != known.live->viewers;
  return decision;
}

}  // namespace vigie::watch
