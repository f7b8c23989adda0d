// SPDX-License-Identifier: Apache-2.0
// The words of lives, on both engines.
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "db/event_log.hpp"
#include "log/log_fake.hpp"
#include "support/databases.hpp"
#include "transcribe/leftovers.hpp"
#include "transcribe/segments.hpp"
#include "transcribe/speech_detector_fake.hpp"
#include "transcribe/transcriber_fake.hpp"
#include "transcribe/urgency.hpp"

namespace vigie::transcribe {
namespace {

using std::chrono::seconds;

class CountingBus final : public Bus {
 public:
  void publish(std::string_view topic, std::string) override {
    hints += topic == topic::events ? 1 : 0;
  }
  std::unique_ptr<Subscription> subscribe(std::string,
                                          std::function<void(std::string_view)>) override {
    return nullptr;
  }
  int hints = 0;
};

Segment words(double start, double end, std::string text) {
  return Segment{.id = {},
                 .live_id = {},
                 .start = from_seconds(start),
                 .end = from_seconds(end),
                 .text = std::move(text),
                 .language = "fr",
                 .confidence = 0.75,
                 .uncertain = false,
                 .engine = "ctranslate2",
                 .model = "base-int8"};
}

class Segments : public testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    const auto made = db().write_now([](db::Transaction& transaction) -> Result<> {
      for (const std::string_view sql :
           {"INSERT INTO account (id, platform, username, url, created_at) "
            "VALUES ('A', 'tiktok', 'marie', '-', 0)",
            "INSERT INTO live (id, account_id, room, state, started_at, detected_at) "
            "VALUES ('L', 'A', '1', 'live', 0, 0)",
            "INSERT INTO live (id, account_id, room, state, started_at, detected_at) "
            "VALUES ('M', 'A', '2', 'live', 0, 0)",
            "INSERT INTO live_lease (live_id, owner, token, expires_at) "
            "VALUES ('L', 'me', 7, 9000000000000000)",
            "INSERT INTO live_lease (live_id, owner, token, expires_at) "
            "VALUES ('M', 'me', 7, 1)"}) {
        if (const auto done = transaction.execute(sql, {}); !done) {
          return done.error();
        }
      }
      return {};
    });
    ASSERT_TRUE(made) << made.error().what;
    store = make_segment_store(db(), bus, ids, clock);
  }

  Result<std::int64_t> append(LiveClaim under, std::vector<Segment> segments) {
    return run(store->append(std::move(under), Settled{.segments = std::move(segments)}));
  }

  template <class T>
  T read(std::function<Result<T>(db::Transaction&)> work) {
    return run(db::read<T>(db(), std::move(work))).value();
  }

  std::vector<Segment> all(std::string_view live_id = "L") {
    return read<std::vector<Segment>>([live_id](db::Transaction& transaction) {
      return segments_after(transaction, live_id, std::nullopt, 100);
    });
  }

  std::vector<Event> events() {
    return read<std::vector<Event>>(
        [](db::Transaction& transaction) { return db::events_after(transaction, 0, 100); });
  }

  const LiveClaim claim{.live_id = "L", .owner = "me", .token = 7};
  CountingBus bus;
  std::unique_ptr<SegmentStore> store;
};
INSTANTIATE_TEST_SUITE_P(Engines, Segments, testing::each_database());

TEST_P(Segments, AreFoundAgainInTheOrderOfTheirStart) {
  ASSERT_EQ(append(claim, {words(5, 8, "après"), words(0.5, 4.25, "l'été")}).value(), 2);

  const auto found = all();

  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].text, "l'été");
  EXPECT_EQ(found[0].live_id, "L");
  EXPECT_FALSE(found[0].id.empty());
  EXPECT_EQ(found[0].start, from_seconds(0.5));
  EXPECT_EQ(found[0].end, from_seconds(4.25));
  EXPECT_EQ(found[0].language, "fr");
  EXPECT_DOUBLE_EQ(found[0].confidence, 0.75);
  EXPECT_FALSE(found[0].uncertain);
  EXPECT_EQ(found[0].engine, "ctranslate2");
  EXPECT_EQ(found[0].model, "base-int8");
  EXPECT_EQ(found[1].text, "après");
}

TEST_P(Segments, AreToldAsEventsOfTheirAccountAndHintedOnce) {
  append(claim, {words(0, 4, "un"), words(4, 8, "deux")}).value();

  const auto told = events();

  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].type, event_type::segment_final);
  EXPECT_EQ(told[0].account_id, "A");
  EXPECT_EQ(told[0].live_id, "L");
  EXPECT_TRUE(told[0].person_id.empty());
  const auto data = parse_json(told[1].data).value();
  EXPECT_EQ(get_string(data, "text"), "deux");
  EXPECT_EQ(get_string(data, "live_id"), "L");
  EXPECT_EQ(get_number(data, "start"), 4.0);
  EXPECT_EQ(get_string(data, "id"), all()[1].id);
  EXPECT_EQ(bus.hints, 1);
}

TEST_P(Segments, ToldTwiceAreKeptOnce) {
  append(claim, {words(0, 4, "un")}).value();

  const auto again = append(claim, {words(0, 4, "un"), words(4, 8, "deux")});

  EXPECT_EQ(again.value(), 1);
  EXPECT_EQ(all().size(), 2U);
  EXPECT_EQ(events().size(), 2U);
}

TEST_P(Segments, OfAnotherOwnerTokenOrTimeAreRefusedAndLeaveNothing) {
  const std::vector<LiveClaim> claims{{.live_id = "L", .owner = "you", .token = 7},
                                      {.live_id = "L", .owner = "me", .token = 6},
                                      {.live_id = "M", .owner = "me", .token = 7},
                                      {.live_id = "N", .owner = "me", .token = 7}};
  for (const auto& refused : claims) {
    const auto written = append(refused, {words(0, 4, "un")});

    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Errc::conflict);
  }
  EXPECT_TRUE(all("L").empty());
  EXPECT_TRUE(all("M").empty());
  EXPECT_TRUE(events().empty());
  EXPECT_EQ(bus.hints, 0);
}

TEST_P(Segments, AreReadPageByPage) {
  append(claim, {words(0, 1, "a"), words(1, 2, "b"), words(2, 3, "c")}).value();

  const auto page = [this](std::optional<Span> after) {
    return read<std::vector<Segment>>([after](db::Transaction& transaction) {
      return segments_after(transaction, "L", after, 2);
    });
  };
  const auto first = page(std::nullopt);
  const auto second = page(first.back().start);

  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].text, "a");
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].text, "c");
  EXPECT_TRUE(page(second.back().start).empty());
}

TEST_P(Segments, OfAStretchAreThoseThatOverlapIt) {
  append(claim, {words(0, 10, "a"), words(10, 20, "b"), words(20, 30, "c")}).value();

  const auto found = read<std::vector<Segment>>([](db::Transaction& transaction) {
    return segments_between(transaction, "L", from_seconds(10), from_seconds(20.5));
  });

  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].text, "b");
  EXPECT_EQ(found[1].text, "c");
}

TEST_P(Segments, EndWhereTheLastOneEnds) {
  const auto last_end = [this] {
    return read<std::optional<Span>>(
        [](db::Transaction& transaction) { return last_segment_end(transaction, "L"); });
  };

  EXPECT_EQ(last_end(), std::nullopt);
  append(claim, {words(0, 10, "a"), words(10, 19.5, "b")}).value();

  EXPECT_EQ(last_end(), from_seconds(19.5));
}

TEST_P(Segments, MoveTheMarkOfWhatIsSettledAndNeverBack) {
  execute("UPDATE live SET heard_until = 30000000 WHERE id = 'L'", {});

  run(store->append(claim, Settled{.segments = {words(0, 10, "a")}, .until = seconds{12}})).value();
  run(store->append(claim, Settled{.until = seconds{9}})).value();
  const auto standing = run(store->standing("L")).value();

  EXPECT_EQ(standing.account_id, "A");
  EXPECT_EQ(standing.heard_until, seconds{30});
  EXPECT_EQ(standing.words_until, seconds{12});
  EXPECT_EQ(run(store->standing("nobody")).error().code, Errc::not_found);
}

TEST_P(Segments, ReachTheEndOfWhatWasHeardDespiteRounding) {
  execute("UPDATE live SET heard_until = 30000003 WHERE id = 'L'", {});

  run(store->append(claim, Settled{.until = seconds{30}})).value();

  EXPECT_EQ(run(store->standing("L")).value().words_until, Span{30'000'003});
}

TEST_P(Segments, AreToldBesideWhatIsLostInTheOrderOfTheLive) {
  const Gap gone{{}, {}, seconds{10}, seconds{40}, "purged"};
  const Settled settled{.segments = {words(0, 10, "a"), words(40, 44, "b")}, .losses = {gone}};

  run(store->append(claim, settled)).value();
  run(store->append(claim, settled)).value();

  const auto told = events();
  ASSERT_EQ(told.size(), 3U);
  const auto loss = parse_json(told[1].data).value();
  EXPECT_EQ(get_string(loss, "gap"), "purged");
  EXPECT_EQ(get_number(loss, "start"), 10.0);
  EXPECT_EQ(get_number(loss, "end"), 40.0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM gap"), 1);
}

TEST_P(Segments, StandAsPeopleAreTold) {
  const LiveClaim old{.live_id = "L", .owner = "me", .token = 6};

  ASSERT_TRUE(run(store->set_state(claim, WordsState::put_off)));
  ASSERT_TRUE(run(store->set_state(claim, WordsState::put_off)));

  EXPECT_EQ(number("SELECT COUNT(*) FROM live WHERE words_state = 'put_off'"), 1);
  EXPECT_EQ(run(store->set_state(old, WordsState::on_time)).error().code, Errc::conflict);
  const auto told = events();
  ASSERT_EQ(told.size(), 1U) << "once";
  EXPECT_EQ(told[0].type, event_type::live_updated);
  EXPECT_EQ(get_string(parse_json(told[0].data).value(), "words.state"), "put_off");
}

class LivesLeft : public Segments {
 protected:
  void SetUp() override {
    Segments::SetUp();
    if (IsSkipped()) {
      return;
    }
    leases = std::make_unique<LeftoverLeases>(db(), "sweeper");
    execute(
        "UPDATE live SET heard_until = 9000000, words_until = 4000000, capture = 'done', "
        "state = 'ended', ended_at = 9000000 WHERE id = 'M'",
        {});
  }
  std::unique_ptr<LeftoverLeases> leases;
};
INSTANTIATE_TEST_SUITE_P(Engines, LivesLeft, testing::each_database());

TEST_P(LivesLeft, AreClaimedOnceAndFenced) {
  const auto claims = run(leases->claim(4)).value();
  ASSERT_EQ(claims.size(), 1U);
  EXPECT_EQ(claims[0].live_id, "M");
  EXPECT_EQ(claims[0].token, 8);
  EXPECT_TRUE(run(leases->claim(4)).value().empty());
  EXPECT_TRUE(append(claims[0], {words(4, 9, "fin")}));
  EXPECT_TRUE(run(leases->renew(claims[0])).value());

  ASSERT_TRUE(run(leases->release(claims[0])));

  EXPECT_FALSE(run(leases->renew(claims[0])).value());
  EXPECT_EQ(run(leases->claim(4)).value().front().token, 9);
}

TEST_P(LivesLeft, BelongToCapturesWhereThoseMayStillCome) {
  for (const auto* capture : {"none", "running", "stalled"}) {
    execute("UPDATE live SET capture = $1 WHERE id = 'M'", {capture});
    EXPECT_TRUE(run(leases->claim(4)).value().empty()) << capture;
  }
  execute("UPDATE live SET capture = 'stopped', ended_at = NULL WHERE id = 'M'", {});
  const auto claims = run(leases->claim(4)).value();
  ASSERT_EQ(claims.size(), 1U);

  execute("UPDATE live SET capture = 'none' WHERE id = 'M'", {});  // a person resumes it

  EXPECT_FALSE(run(leases->renew(claims[0])).value());
}

TEST_P(LivesLeft, AreHeardToTheirEndAndGivenBack) {
  KeptSounds archive;
  archive.stretches["M"].push_back(
      {seconds{0}, std::vector<float>(std::size_t{9} * 16'000, 0.3F), {}, {}});
  ScriptedTranscriber transcriber;
  log::KeptLog log;
  metrics::Registry metrics;
  Transcription transcription{
      io.get_executor(), [] { return std::make_unique<LoudnessDetector>(); },
      &transcriber,      *store,
      archive,           clock,
      log.log,           metrics};
  Leftovers leftovers{io.get_executor(), *leases, transcription, clock, log.log};
  TaskGroup service{io.get_executor(),
                    [](const std::string& name, std::exception_ptr) { ADD_FAILURE() << name; }};
  TaskGroup pipeline{io.get_executor(),
                     [](const std::string& name, std::exception_ptr) { ADD_FAILURE() << name; }};
  service.spawn("transcription", transcription.run());
  pipeline.spawn("leftovers", leftovers.run());

  for (int i = 0; i < 200 && !log.says("every word"); ++i) {
    io.run_one_for(std::chrono::milliseconds{20});
    clock.advance(Span{50'000});
  }
  for (auto* group : {&pipeline, &service}) {
    group->cancel();
    while (group->size() > 0) {
      io.run_one();
    }
  }

  const auto found = all("M");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].start, seconds{4});
  EXPECT_EQ(found[0].end, seconds{9});
  EXPECT_EQ(number("SELECT words_until FROM live WHERE id = 'M'"), 9'000'000);
  EXPECT_EQ(number("SELECT expires_at FROM live_lease WHERE live_id = 'M'"), 0);
}

TEST_P(Segments, OfUrgentLivesComeFirst) {
  log::KeptLog log;
  Urgencies urgencies{db(), clock, log.log};
  execute("UPDATE live SET viewers = 99999 WHERE id = 'M'", {});
  execute("UPDATE live SET ended_at = 5 WHERE id = 'L'", {});

  ASSERT_TRUE(run(urgencies.look()));

  EXPECT_GT(urgencies.of("M"), 1.9);
  EXPECT_EQ(urgencies.of("L"), 1.0) << "over and done";
  EXPECT_EQ(urgencies.of("nobody"), 1.0);
  EXPECT_DOUBLE_EQ(urgency_of(false, 0, 0), 1.0);
  EXPECT_DOUBLE_EQ(urgency_of(true, 0, 0), 4.0);
  EXPECT_DOUBLE_EQ(urgency_of(false, 2, 0), 2.0);
  EXPECT_GT(urgency_of(true, 0, 0), urgency_of(false, 2, 50'000));
}

}  // namespace
}  // namespace vigie::transcribe
