// SPDX-License-Identifier: Apache-2.0
// What a live's own socket may change, row by row.
#include "watch/told_by_room.hpp"

#include <gtest/gtest.h>

namespace vigie::watch {
namespace {

using platform::Observation;
using platform::RoomSign;
using std::chrono::minutes;
using std::chrono::seconds;

const Time now = from_micros(1'795'000'000'000'000);

Known on_air(LiveState state = LiveState::live) {
  OpenLive open;
  open.id = "live";
  open.room = "7";
  open.started_at = now - minutes{30};
  open.state = state;
  open.title = "Direct";
  open.viewers = 10;
  open.restricted = true;
  Known known;
  known.status = AccountStatus::live;
  known.status_at = now - seconds{50};
  known.status_reason = "status_2";
  known.live = std::move(open);
  return known;
}

Observation saying(RoomSign sign, std::optional<std::int64_t> viewers = {},
                   std::string room = "7") {
  Observation seen;
  seen.from_room = sign;
  seen.reason = "socket";
  seen.live.emplace();
  seen.live->room = std::move(room);
  seen.live->viewers = viewers;
  return seen;
}

// failures.md row 10.
TEST(ToldByRoom, Row10AnEndIsAnEndAtOnce) {
  const auto decision = decide(on_air(), saying(RoomSign::ended), now);

  ASSERT_TRUE(decision.ends);
  EXPECT_EQ(decision.ends->at, now);
  EXPECT_EQ(decision.status, AccountStatus::active);
  EXPECT_EQ(decision.status_at, now);
  EXPECT_FALSE(decision.asks_again_soon);
  EXPECT_TRUE(decision.is_news);
}

// failures.md row 11.
TEST(ToldByRoom, Row11APauseIsTheSameLiveAndItsEndIsToldToo) {
  const auto paused = decide(on_air(), saying(RoomSign::paused), now);
  const auto resumed = decide(on_air(LiveState::paused), saying(RoomSign::resumed), now);

  EXPECT_FALSE(paused.ends);
  EXPECT_FALSE(paused.starts);
  ASSERT_TRUE(paused.goes_on);
  EXPECT_EQ(paused.state, LiveState::paused);
  EXPECT_EQ(paused.goes_on->title, "Direct");
  EXPECT_EQ(paused.goes_on->viewers, 10);
  EXPECT_TRUE(paused.goes_on->restricted) << "a socket does not say who may watch";
  EXPECT_EQ(resumed.state, LiveState::live);
  EXPECT_TRUE(resumed.is_news);
}

TEST(ToldByRoom, ViewersAreNewsOfNothingElse) {
  auto known = on_air(LiveState::paused);

  const auto decision = decide(known, saying(RoomSign::goes_on, 99), now);

  EXPECT_EQ(decision.state, LiveState::paused);
  EXPECT_EQ(decision.goes_on->viewers, 99);
  EXPECT_EQ(decision.status_reason, "status_2");
  EXPECT_EQ(decision.status_at, now);
  EXPECT_TRUE(decision.has_new_viewers);
  EXPECT_FALSE(decision.is_news);
}

TEST(ToldByRoom, ViewersConfirmWhatNobodyCouldConfirm) {
  auto known = on_air();
  known.status = AccountStatus::unknown;
  known.status_reason = "http_429";

  const auto decision = decide(known, saying(RoomSign::goes_on, 99), now);

  EXPECT_EQ(decision.status, AccountStatus::live);
  EXPECT_EQ(decision.status_reason, "socket");
}

// failures.md row 10: a socket that goes on must not hide the end that the other source saw.
TEST(ToldByRoom, Row10ViewersDoNotUndoTheFirstSignOfAnEnd) {
  auto known = on_air();
  known.ending_since = now - seconds{3};
  known.status_reason = "ending";

  const auto decision = decide(known, saying(RoomSign::goes_on, 99), now);

  EXPECT_EQ(decision.ending_since, known.ending_since);
  EXPECT_EQ(decision.status_reason, "ending");
  EXPECT_EQ(decision.status_at, known.status_at);
}

TEST(ToldByRoom, ARoomSpeaksOfNoOtherLive) {
  Known idle;
  idle.status = AccountStatus::active;
  idle.status_reason = "status_4";

  for (const auto sign :
       {RoomSign::goes_on, RoomSign::paused, RoomSign::resumed, RoomSign::ended}) {
    const auto other = decide(on_air(), saying(sign, 5, "8"), now);
    const auto none = decide(idle, saying(sign, 5), now);
    EXPECT_FALSE(other.ends || other.starts || other.goes_on || other.is_news);
    EXPECT_FALSE(none.ends || none.starts || none.goes_on || none.is_news);
    EXPECT_EQ(other.status_at, on_air().status_at);
  }
}

}  // namespace
}  // namespace vigie::watch
