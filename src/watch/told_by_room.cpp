// SPDX-License-Identifier: Apache-2.0
#include "watch/told_by_room.hpp"

#include <algorithm>

namespace vigie::watch {

using platform::RoomSign;

Decision told_by_room(Decision unchanged, const Known& known, const platform::Observation& seen,
                      Time now) {
  auto decision = std::move(unchanged);
  if (!known.live || !seen.live || !seen.from_room || seen.live->room != known.live->room) {
    return decision;
  }
  if (seen.from_room == RoomSign::ended) {
    decision.status = AccountStatus::active;
    decision.status_at = now;
    decision.status_reason = seen.reason;
    decision.ending_since.reset();
    decision.negative_since.reset();
    decision.ends = Ending{std::max(now, known.live->started_at), seen.reason};
    return decision;
  }
  const bool says_state = seen.from_room != RoomSign::goes_on;
  if (says_state) {
    decision.state = seen.from_room == RoomSign::paused ? LiveState::paused : LiveState::live;
    decision.ending_since.reset();
  }
  if (!decision.ending_since) {
    const bool is_known = known.status == AccountStatus::live && !says_state;
    decision.status = AccountStatus::live;
    decision.status_at = now;
    decision.status_reason = is_known ? known.status_reason : seen.reason;
    decision.negative_since.reset();
  }
  platform::LiveFacts facts;
  facts.room = known.live->room;
  facts.title = known.live->title;
  facts.started_at = known.live->started_at;
  facts.viewers = seen.live->viewers ? seen.live->viewers : known.live->viewers;
  facts.restricted = known.live->restricted;
  decision.goes_on = std::move(facts);
  return decision;
}

}  // namespace vigie::watch
