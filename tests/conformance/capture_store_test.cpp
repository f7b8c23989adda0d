// SPDX-License-Identifier: Apache-2.0
// Leases, fences and the record of a capture, and the service that uses them, on both engines.
#include <set>

#include "base/json.hpp"
#include "bus/memory/memory_bus.hpp"
#include "capture/capture_service.hpp"
#include "capture/captures.hpp"
#include "capture/reader_rig.hpp"
#include "db/event_log.hpp"
#include "support/databases.hpp"

namespace vigie::capture {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class CaptureStore : public testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    if (IsSkipped()) {
      return;
    }
    execute(
        "INSERT INTO account (id, platform, username, url, created_at) VALUES ('A', 'tiktok', "
        "'name', '-', 0)",
        {});
    add_live("L");
    ours = std::make_unique<Captures>(db(), clock, ids, *bus, "ours");
    theirs_database = open_again();
    theirs = std::make_unique<Captures>(*theirs_database, clock, ids, *bus, "theirs");
  }

  void add_live(const std::string& id) {
    execute(
        "INSERT INTO live (id, account_id, room, state, started_at, detected_at) VALUES ($1, 'A', "
        "$1, 'live', $2, $2)",
        {id, clock.now() - seconds{20}});
    execute("INSERT INTO live_lease (live_id) VALUES ($1)", {id});
  }

  std::string text(std::string_view sql) {
    std::string found;
    const auto work = [&](db::Transaction& tx) -> Result<> {
      found = tx.query(sql, {}).value().at(0).text(0);
      return {};
    };
    EXPECT_TRUE(db().read_now(work));
    return found;
  }

  std::vector<Event> events() {
    std::vector<Event> all;
    const auto work = [&](db::Transaction& tx) -> Result<> {
      all = db::events_after(tx, 0, 1000).value();
      return {};
    };
    EXPECT_TRUE(db().read_now(work));
    return all;
  }

  void let_leases_expire() { execute("UPDATE live_lease SET expires_at = 1", {}); }

  LiveClaim claim_one(Captures& captures) {
    const auto taken = run(captures.claim(10)).value();
    EXPECT_EQ(taken.size(), 1U);
    return taken.at(0).claim;
  }

  static SoundPiece piece(std::int64_t sequence, Span from, Span to) {
    SoundPiece made;
    made.sequence = sequence;
    made.start = from;
    made.end = to;
    made.codec = "aac-adts";
    made.bytes = 10;
    made.sha256 = fmt::format("hash{}", sequence);
    made.blob_key = fmt::format("lives/L/{}.aac", sequence);
    return made;
  }

  std::unique_ptr<Bus> bus = create_memory_bus(io.get_executor());
  std::unique_ptr<db::Database> theirs_database;
  std::unique_ptr<Captures> ours;
  std::unique_ptr<Captures> theirs;
};

INSTANTIATE_TEST_SUITE_P(Engines, CaptureStore, testing::each_database());

TEST_P(CaptureStore, GivesALiveToOneOwnerAtATime) {
  const auto claim = claim_one(*ours);

  EXPECT_EQ(claim.live_id, "L");
  EXPECT_EQ(claim.owner, "ours");
  EXPECT_EQ(claim.token, 1);
  EXPECT_TRUE(run(theirs->claim(10)).value().empty());
  EXPECT_TRUE(run(ours->claim(10)).value().empty());
}

TEST_P(CaptureStore, KeepsALiveThatIsRenewed) {
  const auto claim = claim_one(*ours);

  const auto kept = run(ours->renew({claim})).value();

  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].claim.token, 1);
  EXPECT_TRUE(run(theirs->renew({claim})).value().empty());
  EXPECT_TRUE(run(ours->renew({})).value().empty());
}

TEST_P(CaptureStore, GivesAnExpiredLiveToTheNextWithAHigherToken) {
  const auto old = claim_one(*ours);
  let_leases_expire();

  const auto taken = claim_one(*theirs);

  EXPECT_GT(taken.token, old.token);
  EXPECT_TRUE(run(ours->renew({old})).value().empty());
}

TEST_P(CaptureStore, DoesNotRenewWhatHasExpiredEvenIfNobodyTookIt) {
  const auto claim = claim_one(*ours);
  let_leases_expire();

  EXPECT_TRUE(run(ours->renew({claim})).value().empty());
}

TEST_P(CaptureStore, RefusesEveryLateWordOfAFormerOwner) {
  const auto old = claim_one(*ours);
  let_leases_expire();
  claim_one(*theirs);
  const auto before = events().size();

  EXPECT_EQ(run(ours->set_state(old, CaptureState::running, "")).error().code, Errc::conflict);
  EXPECT_EQ(run(ours->add_gap(old, seconds{1}, seconds{3}, "stall")).error().code, Errc::conflict);
  EXPECT_EQ(run(ours->add_piece(old, piece(0, seconds{0}, seconds{4}))).error().code,
            Errc::conflict);
  EXPECT_EQ(run(ours->set_heard_until(old, seconds{9})).error().code, Errc::conflict);
  EXPECT_TRUE(run(ours->release(old)));

  EXPECT_EQ(text("SELECT capture FROM live"), "none");
  EXPECT_EQ(number("SELECT COUNT(*) FROM gap"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM sound_piece"), 0);
  EXPECT_EQ(number("SELECT heard_until FROM live"), 0);
  EXPECT_EQ(text("SELECT owner FROM live_lease"), "theirs");
  EXPECT_EQ(events().size(), before);
}

TEST_P(CaptureStore, LetsALiveGoAtOnceWhenItIsReleased) {
  const auto claim = claim_one(*ours);

  ASSERT_TRUE(run(ours->release(claim)));

  EXPECT_EQ(claim_one(*theirs).token, 2);
}

TEST_P(CaptureStore, ClaimsOnlyWhatCanAndShouldBeHeard) {
  for (const auto* sql :
       {"UPDATE live SET capture_wanted = FALSE", "UPDATE live SET capture = 'restricted'",
        "UPDATE live SET capture = 'failed'", "UPDATE live SET ended_at = 1, state = 'ended'"}) {
    execute(
        "UPDATE live SET capture_wanted = TRUE, capture = 'none', ended_at = NULL, state = 'live'",
        {});
    execute(sql, {});
    EXPECT_TRUE(run(ours->claim(10)).value().empty()) << sql;
  }
}

TEST_P(CaptureStore, TakesNoMoreThanItHasRoomFor) {
  add_live("M");
  add_live("N");

  EXPECT_EQ(run(ours->claim(2)).value().size(), 2U);
  EXPECT_EQ(run(theirs->claim(2)).value().size(), 1U);
}

TEST_P(CaptureStore, NeverGivesOneLiveToTwoWhoAskTogether) {
  for (int i = 0; i < 30; ++i) {
    add_live("live" + std::to_string(i));
  }
  std::vector<std::string> taken;
  const auto take = [](Captures& captures, std::vector<std::string>& into) -> Async<> {
    for (int i = 0; i < 40; ++i) {
      const auto some = co_await captures.claim(2);
      for (const auto& work : some.value()) {
        into.push_back(work.claim.live_id);
      }
    }
  };
  TaskGroup group{io.get_executor(),
                  [](const std::string&, const std::exception_ptr&) { ADD_FAILURE(); }};
  group.spawn("ours", take(*ours, taken));
  group.spawn("theirs", take(*theirs, taken));
  run(group.join());

  EXPECT_EQ(taken.size(), 31U);
  EXPECT_EQ(std::set<std::string>(taken.begin(), taken.end()).size(), 31U);
}

TEST_P(CaptureStore, RecordsAGapWithItsEvent) {
  const auto claim = claim_one(*ours);

  ASSERT_TRUE(run(ours->add_gap(claim, seconds{12}, seconds{30}, "expired")));
  ASSERT_TRUE(
      run(ours->add_gap(claim, seconds{12}, seconds{31}, "stall")));  // the same hole, better known

  EXPECT_EQ(number("SELECT COUNT(*) FROM gap"), 1);
  EXPECT_EQ(number("SELECT end_us FROM gap"), 31'000'000);
  const auto told = events();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].type, "segment.final");
  EXPECT_EQ(told[0].account_id, "A");
  EXPECT_EQ(told[0].live_id, "L");
  const auto data = parse_json(told[0].data).value();
  EXPECT_EQ(get_string(data, "gap"), "expired");
  EXPECT_EQ(get_string(data, "live_id"), "L");
  EXPECT_EQ(get_number(data, "start"), 12);
}

TEST_P(CaptureStore, HandsTheStateOfTheRecordToTheNextOwner) {
  const auto claim = claim_one(*ours);
  ASSERT_TRUE(run(ours->add_piece(claim, piece(0, seconds{20}, seconds{24}))));
  ASSERT_TRUE(run(ours->add_piece(claim, piece(1, seconds{24}, seconds{28}))));
  ASSERT_TRUE(
      run(ours->add_piece(claim, piece(1, seconds{24}, seconds{28}))));  // said twice, kept once
  ASSERT_TRUE(run(ours->release(claim)));

  const auto work = run(theirs->claim(10)).value().at(0);

  EXPECT_EQ(work.heard_until, Span{seconds{28}});
  EXPECT_EQ(work.next_sequence, 2);
  EXPECT_EQ(work.last_sha256, "hash1");
  EXPECT_EQ(work.username, "name");
  EXPECT_EQ(work.room, "L");
  EXPECT_EQ(work.state, LiveState::live);
}

TEST_P(CaptureStore, TellsOfAStateOnceAndNeverOverAPersonsStop) {
  const auto claim = claim_one(*ours);

  ASSERT_TRUE(run(ours->set_state(claim, CaptureState::running, "")));
  ASSERT_TRUE(run(ours->set_state(claim, CaptureState::running, "")));
  EXPECT_EQ(events().size(), 1U);
  EXPECT_EQ(events()[0].type, "live.updated");

  execute("UPDATE live SET capture_wanted = FALSE, capture = 'stopped'", {});
  ASSERT_TRUE(run(ours->set_state(claim, CaptureState::stalled, "x")));
  EXPECT_EQ(text("SELECT capture FROM live"), "stopped");
}

TEST_P(CaptureStore, SettlesTheLivesThatEndedInNobodysHands) {
  add_live("M");
  execute("UPDATE live SET ended_at = 1, state = 'ended' WHERE id = 'M'", {});
  claim_one(*ours);
  execute("UPDATE live SET ended_at = 1, state = 'ended', capture = 'running' WHERE id = 'L'", {});

  EXPECT_EQ(run(ours->settle_ended()).value(), 1);
  EXPECT_EQ(text("SELECT capture FROM live WHERE id = 'M'"), "done");
  EXPECT_EQ(text("SELECT capture FROM live WHERE id = 'L'"), "running");
  EXPECT_EQ(run(ours->settle_ended()).value(), 0);
}

// The service with real streams; its waits, but not the database's leases on PostgreSQL, are turned
// by hand.
class Capturing : public CaptureStore {
 protected:
  void SetUp() override {
    CaptureStore::SetUp();
    if (!IsSkipped()) {
      mine = std::make_unique<Captures>(db(), rig.clock, ids, *bus, "mine", hours{1});
    }
  }

  void begin() {
    service =
        std::make_unique<CaptureService>(rig.io.get_executor(), *mine, *bus, rig.service_tools());
    tasks = std::make_unique<TaskGroup>(rig.io.get_executor(),
                                        [](const std::string& name, const std::exception_ptr&) {
                                          ADD_FAILURE() << name << " ended by an exception";
                                        });
    tasks->spawn("capture", service->run());
  }

  void end() {
    if (tasks) {
      tasks->cancel();
      testing::run(rig.io, tasks->join());
      tasks.reset();
      service.reset();
    }
  }

  void TearDown() override { end(); }

  // Turns until something has come true, the hand of the clock moving on beside.
  template <class Predicate>
  bool comes_true(Predicate is_true) {
    return rig.run_until([&] {
      rig.clock.advance(milliseconds{100});
      return is_true();
    });
  }

  bool state_becomes(std::string_view state) {
    return comes_true([&] { return text("SELECT capture FROM live WHERE id = 'L'") == state; });
  }

  ReaderRig rig;
  std::unique_ptr<Captures> mine;
  std::unique_ptr<CaptureService> service;
  std::unique_ptr<TaskGroup> tasks;
};

INSTANTIATE_TEST_SUITE_P(Engines, Capturing, testing::each_database());

TEST_P(Capturing, HearsALiveToItsEnd) {
  rig.add({.bytes = flv_tone(seconds{9})});
  begin();
  ASSERT_TRUE(comes_true([&] { return rig.sink.heard() > seconds{8}; }));
  ASSERT_TRUE(comes_true([&] { return text("SELECT capture FROM live") != "none"; }));

  execute("UPDATE live SET state = 'ended', ended_at = $1", {rig.clock.now()});

  ASSERT_TRUE(state_becomes("done"));
  ASSERT_TRUE(comes_true([&] { return service->size() == 0; }));
  EXPECT_EQ(rig.sink.finished, 1);
  EXPECT_EQ(number("SELECT expires_at FROM live_lease"), 0);
  EXPECT_GE(number("SELECT COUNT(*) FROM sound_piece"), 3);
  EXPECT_EQ(rig.blobs.kept.size(),
            static_cast<std::size_t>(number("SELECT COUNT(*) FROM sound_piece")));
}

TEST_P(Capturing, StopsForAPersonAndRecordsTheHoleWhenResumed) {
  rig.add({.bytes = flv_tone(seconds{2}), .hangs = true});
  rig.add({.bytes = flv_tone(seconds{2}), .hangs = true});
  begin();
  ASSERT_TRUE(state_becomes("running"));
  ASSERT_TRUE(comes_true([&] { return rig.sink.heard() > milliseconds{1500}; }));

  execute("UPDATE live SET capture_wanted = FALSE, capture = 'stopped', capture_reason = 'person'",
          {});
  ASSERT_TRUE(comes_true([&] { return service->size() == 0; }));
  EXPECT_EQ(text("SELECT capture FROM live"), "stopped");
  EXPECT_EQ(rig.sink.finished, 1);

  rig.clock.advance(seconds{60});
  execute("UPDATE live SET capture_wanted = TRUE, capture = 'none', capture_reason = 'stopped'",
          {});
  ASSERT_TRUE(state_becomes("running"));
  EXPECT_EQ(text("SELECT reason FROM gap"), "stopped");
  EXPECT_EQ(number("SELECT token FROM live_lease"), 2);
}

TEST_P(Capturing, FallsSilentWhenAnotherHasTakenOver) {
  rig.add({.bytes = flv_tone(seconds{2}), .hangs = true});
  begin();
  ASSERT_TRUE(state_becomes("running"));

  execute("UPDATE live_lease SET owner = 'other', token = token + 1, expires_at = 9000000000000000",
          {});

  ASSERT_TRUE(comes_true([&] { return service->size() == 0; }));
  EXPECT_EQ(rig.sink.finished, 1);
  EXPECT_EQ(text("SELECT owner FROM live_lease"), "other");
  EXPECT_EQ(text("SELECT capture FROM live"), "running");
}

TEST_P(Capturing, GivesItsLivesBackWhenItIsStopped) {
  rig.add({.bytes = flv_tone(seconds{3}), .hangs = true});
  begin();
  ASSERT_TRUE(comes_true([&] { return rig.sink.heard() > seconds{2}; }));

  end();

  EXPECT_EQ(rig.sink.finished, 1);
  EXPECT_EQ(number("SELECT expires_at FROM live_lease"), 0);
  EXPECT_EQ(text("SELECT capture FROM live"), "stalled");
  EXPECT_EQ(text("SELECT capture_reason FROM live"), "restart");
  EXPECT_EQ(number("SELECT COUNT(*) FROM sound_piece"), 1);
  EXPECT_GT(number("SELECT heard_until FROM live"), 22'000'000);
}

TEST_P(Capturing, LeavesWhatWasSetAsideAsItIsToTheEndAndAfterARestart) {
  const auto of = [&](std::string_view id) {
    return text(
        fmt::format("SELECT capture || ' ' || capture_reason FROM live WHERE id = '{}'", id));
  };
  for (int i = 0; i < 3; ++i) {
    rig.add({.bytes = "\x89PNG\r\n\x1A\n" + std::string(5'000, 'x')});
  }
  rig.add({.bytes = flv_tone(seconds{9}), .hangs = true});
  begin();
  ASSERT_TRUE(comes_true([&] { return of("L") == "failed image"; }));
  add_live("M");
  ASSERT_TRUE(comes_true([&] { return rig.sink.heard() > seconds{8}; })) << "others are heard";

  execute("UPDATE live SET state = 'ended', ended_at = $1 WHERE id = 'L'", {rig.clock.now()});
  ASSERT_TRUE(comes_true([&] { return service->size() == 1; }));
  EXPECT_EQ(of("L"), "failed image");
  end();
  begin();
  ASSERT_TRUE(comes_true([&] { return service->size() == 1; }));
  ASSERT_TRUE(run(mine->settle_ended()));

  EXPECT_EQ(of("L"), "failed image");
  EXPECT_NE(of("M").substr(0, 6), "failed");
  EXPECT_EQ(number("SELECT COUNT(*) FROM sound_piece WHERE live_id = 'L'"), 0);
}

TEST_P(Capturing, RecordsWhatWasMissedBetweenTwoProcesses) {
  rig.add({.bytes = flv_tone(seconds{3}), .hangs = true});
  rig.add({.bytes = flv_tone(seconds{3}), .hangs = true});
  begin();
  ASSERT_TRUE(comes_true([&] { return rig.sink.heard() > seconds{2}; }));
  end();
  rig.clock.advance(seconds{45});

  begin();

  ASSERT_TRUE(state_becomes("running"));
  EXPECT_EQ(text("SELECT reason FROM gap"), "restart");
  EXPECT_GT(number("SELECT end_us - start_us FROM gap"), 40'000'000);
}

TEST_P(Capturing, LeavesARestrictedLiveAloneUntilItIsOpen) {
  rig.source.addresses.push_back(make_error(Errc::denied, "age_restricted"));
  begin();
  ASSERT_TRUE(state_becomes("restricted"));
  ASSERT_TRUE(comes_true([&] { return service->size() == 0; }));
  EXPECT_EQ(text("SELECT capture_reason FROM live"), "age_restricted");

  rig.source.addresses.clear();
  rig.add({.bytes = flv_tone(seconds{2}), .hangs = true});
  execute("UPDATE live SET capture = 'none', capture_reason = ''", {});

  EXPECT_TRUE(state_becomes("running"));
}

}  // namespace
}  // namespace vigie::capture
