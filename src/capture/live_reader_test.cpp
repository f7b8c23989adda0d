// SPDX-License-Identifier: Apache-2.0
// The reader on real connections and real AAC; only its waits are turned by hand.
#include "capture/live_reader.hpp"

#include "capture/reader_fixture.hpp"
#include "platform/refusals.hpp"

namespace vigie::capture {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_F(Reader, HandsContinuousSoundOnFromWhereTheLiveIs) {
  rig.add({.bytes = flv_tone(seconds{9}), .hangs = true});
  start(some_work());

  ASSERT_TRUE(rig.run_until([&] { return rig.sink.heard() > seconds{8}; }));
  conclude();

  EXPECT_NEAR(to_seconds(rig.sink.heard()), 9, 0.2);
  EXPECT_GT(rig.sink.loudest, 0.3F);
  ASSERT_GT(rig.sink.blocks.size(), 2U);
  EXPECT_EQ(rig.sink.blocks.front().at, age);
  for (std::size_t i = 0; i + 1 < rig.sink.blocks.size(); ++i) {
    const auto& block = rig.sink.blocks[i];
    EXPECT_GE(block.samples, 4'000U);
    const Span end = block.at + media::duration_of(block.samples);
    EXPECT_LE(std::abs((end - rig.sink.blocks[i + 1].at).count()), 1);
  }
  EXPECT_TRUE(rig.sink.gaps.empty());
  EXPECT_TRUE(rig.journal.gaps.empty());
  ASSERT_EQ(rig.journal.states.size(), 1U);
  EXPECT_EQ(rig.journal.states[0].first, CaptureState::running);
  EXPECT_EQ(rig.sink.finished, 1);
}

TEST_F(Reader, KeepsTheSoundInPiecesWhoseHashesAreChained) {
  rig.add({.bytes = flv_tone(seconds{9}), .hangs = true});
  auto work = some_work();
  work.next_sequence = 7;
  work.last_sha256 = "abc";
  start(work);
  ASSERT_TRUE(rig.run_until([&] { return rig.sink.heard() > seconds{8}; }));
  conclude();

  ASSERT_EQ(rig.journal.pieces.size(), 3U);
  std::string previous = "abc";
  Span end = age;
  std::int64_t sequence = 7;
  for (const auto& piece : rig.journal.pieces) {
    const auto bytes = rig.blobs.kept.at(piece.blob_key);
    EXPECT_EQ(piece.blob_key, fmt::format("lives/live/{:06}.aac", sequence));
    EXPECT_EQ(piece.sequence, sequence++);
    EXPECT_EQ(piece.start, end);
    EXPECT_EQ(piece.bytes, static_cast<std::int64_t>(bytes.size()));
    EXPECT_EQ(piece.sha256, chained_sha256(previous, bytes));
    EXPECT_EQ(bytes.substr(0, 1), "\xFF");  // ADTS
    previous = piece.sha256;
    end = piece.end;
  }
  EXPECT_EQ(rig.journal.heard_until, end);
}

TEST_F(Reader, ComesBackWithAFreshAddressAndRecordsTheHole) {
  rig.add({.bytes = flv_tone(seconds{12})});
  rig.add({.bytes = flv_tone(seconds{3}), .hangs = true, .first_advance = seconds{30}});
  start(some_work());

  ASSERT_TRUE(rig.run_until([&] { return rig.sink.heard() > seconds{14}; }));
  conclude();

  EXPECT_EQ(rig.source.resolved, 2);
  ASSERT_EQ(rig.journal.gaps.size(), 1U);
  const auto& gap = rig.journal.gaps[0];
  EXPECT_EQ(gap.reason, "stall");
  EXPECT_NEAR(to_seconds(gap.from), 32, 0.2);
  EXPECT_EQ(gap.to, Span{seconds{50}});
  ASSERT_EQ(rig.sink.gaps.size(), 1U);
  EXPECT_EQ(rig.sink.gaps[0], std::pair(gap.from, gap.to));
}

TEST_F(Reader, WaitsLongerAfterEachFailure) {
  rig.add({.status = 404, .bytes = "gone"});
  start(some_work());
  ASSERT_TRUE(rig.run_until([&] { return is_stalled_by("http_404"); }));
  EXPECT_EQ(rig.connections, 1);

  for (const auto wait : {2, 5, 10, 20, 30, 30}) {
    const int before = rig.connections;
    rig.run_until([&] { return rig.clock.sleepers() > 0; });
    rig.clock.advance(seconds{wait} - milliseconds{1});
    testing::settle(rig.io);
    EXPECT_EQ(rig.connections, before);
    rig.clock.advance(milliseconds{1});
    ASSERT_TRUE(rig.run_until([&] { return rig.connections > before; })) << wait;
    const auto ended = [&] { return rig.clock.sleepers() > 0; };
    ASSERT_TRUE(rig.run_until(ended));
  }
}

TEST_F(Reader, CallsAHoleAfterAnExpiredAddressByItsName) {
  rig.add({.bytes = flv_tone(seconds{2})});
  rig.add({.status = 403});
  rig.add({.bytes = flv_tone(seconds{2}), .hangs = true, .first_advance = seconds{60}});
  start(some_work());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(
        rig.run_until([&] { return rig.connections == i + 1 && rig.clock.sleepers() > 0; }));
    rig.clock.advance(seconds{5});
  }

  ASSERT_TRUE(rig.run_until([&] { return !rig.journal.gaps.empty(); }));

  EXPECT_EQ(rig.journal.gaps[0].reason, "stall");  // the first connection's end began it
  EXPECT_EQ(
      rig.metrics.counter("vigie_capture_reconnects_total", "", {{"reason", "expired"}}).value(),
      1);
}

TEST_F(Reader, GivesGarbageUp) {
  rig.add({.bytes = std::string(400 * 1024, 'x'), .hangs = true});
  rig.add({.bytes = "<html>Please wait...</html>"});
  start(some_work());

  ASSERT_TRUE(rig.run_until([&] { return is_stalled_by("garbage"); }));
  rig.clock.advance(seconds{2});
  ASSERT_TRUE(rig.run_until([&] { return is_stalled_by("html"); }));

  EXPECT_EQ(
      rig.metrics.counter("vigie_capture_reconnects_total", "", {{"reason", "garbage"}}).value(),
      1);
  EXPECT_GT(rig.metrics.counter("vigie_capture_dropped_bytes_total", "").value(), 200'000);
  EXPECT_TRUE(rig.sink.blocks.empty());
}

TEST_F(Reader, LeavesASilentConnection) {
  rig.add({.bytes = flv_tone(seconds{1}), .hangs = true});
  ReaderLimits limits;
  limits.silence = milliseconds{150};
  start(some_work(), limits);

  EXPECT_TRUE(rig.run_until([&] { return is_stalled_by("silence"); }));
}

TEST_F(Reader, SleepsThroughAPauseAndNamesIt) {
  rig.add({.bytes = flv_tone(seconds{2})});
  auto work = some_work();
  work.state = LiveState::paused;
  auto& live = start(work);
  ASSERT_TRUE(rig.run_until([&] { return is_stalled_by("paused"); }));
  rig.plays[0].first_advance = seconds{40};
  rig.plays[0].hangs = true;

  auto resumed = live.work();
  resumed.state = LiveState::live;
  live.update(resumed);  // no need to wait the ten seconds out

  ASSERT_TRUE(rig.run_until([&] { return !rig.journal.gaps.empty(); }));
  EXPECT_EQ(rig.journal.gaps[0].reason, "paused");
  EXPECT_TRUE(
      rig.run_until([&] { return rig.journal.states.back().first == CaptureState::running; }));
}

// Before the watch has seen it: the refused address says it too.
TEST_F(Reader, CallsAPauseByItsNameWhenTheAddressIsRefusedForIt) {
  rig.add({.bytes = flv_tone(seconds{12})});
  rig.source.addresses.push_back(make_error(Errc::unavailable, "{}", platform::paused_by_host));
  rig.add({.bytes = flv_tone(seconds{2}), .hangs = true, .first_advance = seconds{30}});
  start(some_work());
  ASSERT_TRUE(rig.run_until([&] { return is_stalled_by("paused") && rig.clock.sleepers() > 0; }));
  rig.clock.advance(seconds{5});

  ASSERT_TRUE(rig.run_until([&] { return !rig.journal.gaps.empty(); }));
  EXPECT_EQ(rig.journal.gaps[0].reason, "paused");
}

TEST_F(Reader, LeavesARestrictedLiveAlone) {
  rig.source.addresses.push_back(make_error(Errc::denied, "login_required"));
  auto& live = start(some_work());

  ASSERT_TRUE(rig.run_until([&] { return has_ended(); }));

  EXPECT_TRUE(live.is_restricted());
  ASSERT_EQ(rig.journal.states.size(), 1U);
  EXPECT_EQ(rig.journal.states[0],
            (std::pair{CaptureState::restricted, std::string{"login_required"}}));
}

TEST_F(Reader, CallsNoForeignHost) {
  rig.source.addresses.push_back(platform::StreamAddress{"http://localhost:9/x.flv"});
  start(some_work());

  EXPECT_TRUE(rig.run_until([&] { return is_stalled_by("foreign_host"); }));
  EXPECT_EQ(rig.connections, 0);
}

TEST_F(Reader, ObeysARefusalsRetryAfter) {
  Error refusal{Errc::rate_limited, "429"};
  refusal.retry_after = seconds{90};
  rig.source.addresses.push_back(refusal);
  start(some_work());
  ASSERT_TRUE(rig.run_until([&] { return is_stalled_by("refused") && rig.clock.sleepers() > 0; }));

  rig.clock.advance(seconds{89});
  testing::settle(rig.io);
  EXPECT_EQ(rig.source.resolved, 1);
  rig.clock.advance(seconds{1});
  EXPECT_TRUE(rig.run_until([&] { return rig.source.resolved == 2; }));
}

TEST_F(Reader, EndsWithTheLiveAndRecordsWhatItMissedOfIt) {
  rig.add({.bytes = flv_tone(seconds{2})});
  start(some_work());
  ASSERT_TRUE(rig.run_until([&] { return is_stalled_by("ended") && rig.clock.sleepers() > 0; }));

  end_live(seconds{30});
  ASSERT_TRUE(rig.run_until([&] { return has_ended(); }));
  conclude();

  ASSERT_EQ(rig.journal.gaps.size(), 1U);
  EXPECT_EQ(rig.journal.gaps[0].to, Span{seconds{30}});
  EXPECT_EQ(rig.sink.finished, 1);
}

// A sink that is far behind makes the reader wait: what lies unread in the connection is missed.
TEST_F(Reader, RecordsWhatLayUnreadWhenTheLiveEnded) {
  rig.add({.bytes = flv_tone(seconds{2}), .hangs = true});
  start(some_work());
  ASSERT_TRUE(rig.run_until([&] { return rig.sink.heard() > milliseconds{1'500}; }));
  testing::settle(rig.io);

  end_live(seconds{60});
  conclude();

  ASSERT_EQ(rig.journal.gaps.size(), 1U);
  EXPECT_NEAR(to_seconds(rig.journal.gaps[0].from), 22, 0.3);
  EXPECT_EQ(rig.journal.gaps[0].to, Span{seconds{60}});
  EXPECT_EQ(rig.journal.gaps[0].reason, "stall");
}

TEST_F(Reader, StopsWhenItsClaimIsLost) {
  rig.journal.failure = Errc::conflict;
  rig.add({.bytes = flv_tone(seconds{9}), .hangs = true});
  auto& live = start(some_work());

  ASSERT_TRUE(rig.run_until([&] { return has_ended(); }));
  conclude();

  EXPECT_TRUE(live.is_lost());
  EXPECT_TRUE(rig.blobs.kept.empty());
  EXPECT_EQ(rig.sink.finished, 1);
}

TEST_F(Reader, GoesOnListeningWhileTheDatabaseIsAway) {
  rig.journal.failure = Errc::unavailable;
  rig.add({.bytes = flv_tone(seconds{9}), .hangs = true});
  start(some_work());
  ASSERT_TRUE(rig.run_until([&] { return rig.sink.heard() > seconds{8}; }));

  rig.journal.failure.reset();
  conclude();

  EXPECT_EQ(rig.journal.pieces.size(), 3U);
  EXPECT_EQ(rig.sink.kept_until, rig.journal.heard_until);
}

TEST_F(Reader, NeverCallsKeptWhatTheRecordDoesNotHave) {
  rig.sink.on_kept = [&] {
    EXPECT_LE(rig.sink.kept_until, std::max(age, rig.journal.heard_until));
  };
  rig.add({.bytes = flv_tone(seconds{9}), .hangs = true});
  start(some_work());
  ASSERT_TRUE(rig.run_until([&] { return rig.sink.heard() > seconds{8}; }));
  EXPECT_GT(rig.sink.kept_until, age + milliseconds{3'900});

  rig.journal.failure = Errc::unavailable;
  conclude();

  EXPECT_LT(rig.sink.kept_until, age + milliseconds{8'500});
}

TEST_F(Reader, KeepsSoonerWhatWordsWaitForButNoCrumbs) {
  rig.sink.awaits = std::chrono::hours{1};
  rig.add({.bytes = flv_tone(seconds{9}), .hangs = true});
  start(some_work());
  ASSERT_TRUE(rig.run_until([&] { return rig.sink.heard() > seconds{8}; }));
  conclude();

  EXPECT_GE(rig.journal.pieces.size(), 7U);
  EXPECT_LE(rig.journal.pieces.size(), 9U);
  EXPECT_EQ(rig.sink.kept_until, rig.journal.heard_until);
}

TEST_F(Reader, SaysAtOnceThatALiveHeardBeforeIsInItsHands) {
  auto work = some_work();
  work.heard_until = seconds{8};
  start(work);  // no address

  ASSERT_TRUE(rig.run_until([&] { return rig.sink.begun == 1; }));
  EXPECT_TRUE(rig.sink.blocks.empty());
}

TEST_F(Reader, GoesOnListeningWhenTheDiskIsFull) {
  rig.blobs.is_full = true;
  rig.add({.bytes = flv_tone(seconds{9}), .hangs = true});
  start(some_work());
  ASSERT_TRUE(rig.run_until([&] { return rig.sink.heard() > seconds{8}; }));
  conclude();

  EXPECT_TRUE(rig.journal.pieces.empty());
  EXPECT_NEAR(
      rig.metrics.counter("vigie_capture_unarchived_seconds_total", "", {{"reason", "disk"}})
          .value(),
      to_seconds(rig.sink.heard()), 0.3);
  Span end = age;
  for (const auto& gap : rig.journal.gaps) {
    EXPECT_EQ(gap.from, end);
    EXPECT_EQ(gap.reason, "disk");
    end = gap.to;
  }
  EXPECT_GT(end, age + seconds{8});
  EXPECT_EQ(rig.sink.kept_until, end) << "its words need not wait for what never comes";
  EXPECT_GT(rig.journal.heard_until, age + seconds{8});
}

TEST_F(Reader, RecordsTheHoleOfARestart) {
  rig.add({.bytes = flv_tone(seconds{1}), .hangs = true});
  auto work = some_work();
  work.heard_until = seconds{8};
  start(work);

  ASSERT_TRUE(rig.run_until([&] { return !rig.journal.gaps.empty(); }));
  EXPECT_EQ(rig.journal.gaps[0].reason, "restart");
  EXPECT_EQ(rig.journal.gaps[0].from, Span{seconds{8}});
  EXPECT_EQ(rig.journal.gaps[0].to, age);
}

TEST_F(Reader, RecordsTheHoleAPersonMade) {
  rig.add({.bytes = flv_tone(seconds{1}), .hangs = true});
  auto work = some_work();
  work.heard_until = seconds{8};
  work.capture_reason = "stopped";
  start(work);

  ASSERT_TRUE(rig.run_until([&] { return !rig.journal.gaps.empty(); }));
  EXPECT_EQ(rig.journal.gaps[0].reason, "stopped");
}

// A disk that is full to the last byte takes the leases too: another reader comes back.
TEST_F(Reader, RecordsTheHoleThatAFullDiskMadeForAnotherReader) {
  rig.add({.bytes = flv_tone(seconds{1}), .hangs = true});
  auto work = some_work();
  work.heard_until = seconds{8};
  work.capture = CaptureState::stalled;
  work.capture_reason = "disk";
  start(work);

  ASSERT_TRUE(rig.run_until([&] { return !rig.journal.gaps.empty(); }));
  EXPECT_EQ(rig.journal.gaps[0].reason, "disk");
}

TEST_F(Reader, HearsThroughJumpsAndChangesOfTheCodec) {
  auto bytes = flv_tone(seconds{2}) + flv_tone(seconds{2}, std::chrono::hours{1}) +
               flv_tone(seconds{2}, seconds{5}, 48'000) + flv_tone(seconds{2});
  rig.add({.bytes = std::move(bytes), .hangs = true});
  start(some_work());

  ASSERT_TRUE(rig.run_until([&] { return rig.sink.heard() > seconds{7}; }));
  conclude();

  EXPECT_TRUE(rig.journal.gaps.empty());
  Span end = age;
  for (const auto& block : rig.sink.blocks) {
    EXPECT_GE(block.at + Span{1}, end);
    end = block.at + media::duration_of(block.samples);
  }
}

TEST_F(Reader, KeepsWhatItHeardWhenItIsStoppedInTheMiddle) {
  rig.add({.bytes = flv_tone(seconds{2}), .hangs = true});
  start(some_work());
  ASSERT_TRUE(rig.run_until([&] { return rig.sink.heard() > seconds{1}; }));

  conclude();

  EXPECT_EQ(rig.journal.pieces.size(), 1U);
  EXPECT_EQ(rig.sink.finished, 1);
  EXPECT_EQ(rig.metrics.gauge("vigie_capture_streams", "").value(), 0);
}

}  // namespace
}  // namespace vigie::capture
