// SPDX-License-Identifier: Apache-2.0
// What is to be judged and what was judged, and the role that does it, on both engines.
#include <gtest/gtest.h>

#include "analyse/analyser_fake.hpp"
#include "analyse/analysis.hpp"
#include "analyse/assessments.hpp"
#include "base/json.hpp"
#include "bus/memory/memory_bus.hpp"
#include "db/event_log.hpp"
#include "support/databases.hpp"

namespace vigie::analyse {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view insert_segment =
    "INSERT INTO segment (id, live_id, start_us, end_us, text, language, confidence, uncertain, "
    "engine, model, token, created_at) VALUES ($1, $2, $3, $4, $5, 'fr', 1, FALSE, '-', '-', 1, "
    "$6)";

class AssessmentStore : public testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    if (IsSkipped()) {
      return;
    }
    const auto done = db().write_now([](db::Transaction& transaction) {
      return transaction.script(R"(
        INSERT INTO person (id, username, username_folded, password_hash, role, created_at) VALUES
          ('anna', 'anna', 'anna', 'x', 'user', 0), ('ben', 'ben', 'ben', 'x', 'user', 0);
        INSERT INTO account (id, platform, username, url, created_at) VALUES
          ('A', 'tiktok', 'marie', 'u', 0);
        INSERT INTO follow (person_id, account_id, created_at) VALUES ('anna', 'A', 0);
        INSERT INTO live (id, account_id, room, state, started_at, detected_at) VALUES
          ('L', 'A', '1', 'live', 0, 0), ('M', 'A', '2', 'live', 1, 1);)");
    });
    ASSERT_TRUE(done) << done.error().what;
    bus = create_memory_bus(io.get_executor());
    store = std::make_unique<Assessments>(db(), clock, ids, *bus);
  }

  void say(double start, double end, std::string text, std::string live = "L") {
    execute(insert_segment, {ids.next(clock.now()), live, from_seconds(start), from_seconds(end),
                             std::move(text), clock.now()});
  }

  std::vector<Pending> pending(Time ended_after = Time{}) {
    return run(store->pending(ended_after)).value();
  }

  Work work() { return run(store->next_work(pending().at(0))).value(); }

  static Judgement verdict(bool hateful = false) {
    Judgement judgement;
    judgement.category = hateful ? Category::hateful : Category::neutral;
    judgement.hateful = hateful;
    judgement.virality = Virality::medium;
    judgement.target = Target::ethnicity;
    judgement.justification = "« été » : rien";
    judgement.score = 0.25;
    judgement.undecided = true;
    judgement.injection = true;
    judgement.evidence = "été";
    judgement.analyser = "fake";
    judgement.model = "m";
    judgement.prompt_sha256 = "p";
    judgement.fallback = true;
    judgement.tokens_in = 3;
    judgement.tokens_out = 4;
    judgement.error = "why";
    judgement.cost_usd = 0.000159;
    judgement.embedded_version = "masked-1-0";
    judgement.embedded_score = 0.71;
    judgement.disagreement = true;
    return judgement;
  }

  bool judge_next(Judgement judgement = verdict()) {
    const auto live = pending().at(0);
    auto next = run(store->next_work(live)).value();
    return run(store->store(live, std::move(next), std::move(judgement), seconds{1})).value();
  }

  Page<Assessment> list(std::int64_t limit = 50, std::string cursor = {}) {
    return run(store->list("L", Sight{"anna", false}, limit, std::move(cursor))).value();
  }

  std::vector<Event> events() {
    std::function<Result<std::vector<Event>>(db::Transaction&)> ask =
        [](db::Transaction& transaction) { return db::events_after(transaction, 0, 100); };
    return run(db::read<std::vector<Event>>(db(), std::move(ask))).value();
  }

  std::unique_ptr<Bus> bus;
  std::unique_ptr<Assessments> store;
};
INSTANTIATE_TEST_SUITE_P(Engines, AssessmentStore, testing::each_database());

TEST_P(AssessmentStore, FindsTheWordsNobodyHasJudged) {
  say(0, 4, "un");
  say(4, 9, "deux");
  clock.advance(seconds{5});
  say(0, 3, "ailleurs", "M");

  const auto found = pending();

  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].live_id, "L") << "the oldest words first";
  EXPECT_EQ(found[0].account_id, "A");
  EXPECT_EQ(found[0].unjudged, seconds{9});
  EXPECT_EQ(found[0].judged_until, seconds{0});
  EXPECT_FALSE(found[0].ended);
  EXPECT_EQ(found[1].live_id, "M");
}

TEST_P(AssessmentStore, JudgesAtOnceFifteenSecondsOfSpeechAndSoonerWhenItWaitsOrEnds) {
  say(0, 9, "un");
  const auto now = clock.now();
  EXPECT_FALSE(is_ready(pending().at(0), now));

  EXPECT_TRUE(is_ready(pending().at(0), now + seconds{10})) << "nobody waits more than 10 s";
  execute("UPDATE live SET state = 'ended', ended_at = $1 WHERE id = 'L'", {now});
  EXPECT_TRUE(is_ready(pending().at(0), now)) << "nothing more will come";
  execute("UPDATE live SET state = 'live', ended_at = NULL WHERE id = 'L'", {});
  say(9, 15, "deux");
  EXPECT_TRUE(is_ready(pending().at(0), now));
}

TEST_P(AssessmentStore, LeavesLivesThatEndedLongAgoToTheFullSweep) {
  say(0, 9, "un");
  execute("UPDATE live SET state = 'ended', ended_at = 1000 WHERE id = 'L'", {});

  EXPECT_TRUE(pending(clock.now() - minutes{60}).empty());
  EXPECT_EQ(pending(Time{}).size(), 1U);
}

TEST_P(AssessmentStore, MakesAWindowOfAboutFifteenSecondsWithTheMinuteBefore) {
  say(0, 10, "avant");
  judge_next();
  say(10, 19, "un");
  say(23, 31, "deux");
  say(36, 46, "trois");
  say(46, 50, "quatre");

  const auto next = work();

  EXPECT_EQ(next.window.text, "un deux");
  EXPECT_EQ(next.window.context, "avant");
  EXPECT_EQ(next.window.start, seconds{10});
  EXPECT_EQ(next.window.end, seconds{31});
  EXPECT_EQ(next.window.language, "fr");
  EXPECT_EQ(next.behind, seconds{14});
}

TEST_P(AssessmentStore, TakesASegmentLongerThanAWindowWhole) {
  say(0, 40, "un très long souffle");
  say(40, 45, "suite");

  EXPECT_EQ(work().window.text, "un très long souffle");
}

TEST_P(AssessmentStore, ForgetsContextOlderThanAMinute) {
  say(0, 10, "vieux");
  judge_next();
  say(100, 110, "récent");
  judge_next();
  say(120, 130, "maintenant");

  EXPECT_EQ(work().window.context, "récent");
}

TEST_P(AssessmentStore, KeepsAnAssessmentToTheLetterAndTellsOfIt) {
  say(0, 10, "c'est l'été");
  ASSERT_TRUE(judge_next(verdict(true)));

  const auto page = list();
  ASSERT_EQ(page.items.size(), 1U);
  const auto& kept = page.items[0];
  EXPECT_EQ(kept.live_id, "L");
  EXPECT_EQ(kept.end, seconds{10});
  EXPECT_DOUBLE_EQ(kept.risk, 0.9) << "0.2 + 0.3 + 0.4: ours, never the model's";
  EXPECT_EQ(kept.latency, seconds{1});
  const auto wished = verdict(true);
  EXPECT_EQ(kept.judgement.category, wished.category);
  EXPECT_EQ(kept.judgement.virality, wished.virality);
  EXPECT_EQ(kept.judgement.target, wished.target);
  EXPECT_EQ(kept.judgement.justification, wished.justification);
  EXPECT_EQ(kept.judgement.score, wished.score);
  EXPECT_TRUE(kept.judgement.undecided && kept.judgement.injection && kept.judgement.fallback);
  EXPECT_EQ(kept.judgement.evidence, "été");
  EXPECT_EQ(kept.judgement.tokens_in + kept.judgement.tokens_out, 7);
  EXPECT_EQ(kept.judgement.error, "why");
  EXPECT_DOUBLE_EQ(kept.judgement.cost_usd, 0.000159);
  EXPECT_EQ(kept.judgement.embedded_version, "masked-1-0");
  EXPECT_DOUBLE_EQ(kept.judgement.embedded_score, 0.71);
  EXPECT_TRUE(kept.judgement.disagreement);
  ASSERT_TRUE(kept.evidence_start && kept.evidence_end);
  EXPECT_NEAR(to_seconds(*kept.evidence_start), 10.0 * 8 / 13, 0.1) << "the last word";
  EXPECT_EQ(*kept.evidence_end, seconds{10});

  const auto told = events();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].type, event_type::assessment);
  EXPECT_EQ(told[0].account_id, "A");
  EXPECT_EQ(told[0].live_id, "L");
  const auto data = parse_json(told[0].data).value();
  EXPECT_EQ(get_string(data, "id"), kept.id);
  EXPECT_EQ(get_string(data, "live_id"), "L");
  EXPECT_TRUE(pending().empty());
}

TEST_P(AssessmentStore, JudgesAWindowOnceWhoeverJudgesIt) {
  say(0, 10, "un");
  const auto live = pending().at(0);
  auto mine = run(store->next_work(live)).value();
  auto theirs = mine;

  EXPECT_TRUE(run(store->store(live, std::move(mine), verdict(), seconds{1})).value());
  auto other = verdict();
  other.analyser = "another";
  EXPECT_FALSE(run(store->store(live, std::move(theirs), std::move(other), seconds{1})).value());

  EXPECT_EQ(list().items.size(), 1U);
  EXPECT_EQ(events().size(), 1U);
}

TEST_P(AssessmentStore, GivesNoWorkThatSomebodyHasDoneMeanwhile) {
  say(0, 16, "un");
  say(16, 32, "deux");
  const auto seen_before = pending().at(0);
  ASSERT_TRUE(judge_next());

  EXPECT_EQ(run(store->next_work(seen_before)).error().code, Errc::not_found);
}

TEST_P(AssessmentStore, SetsAWindowAsideOnceAndLetsTheLiveGoOn) {
  say(0, 16, "un");
  say(16, 32, "deux");
  const auto next = work();

  EXPECT_TRUE(run(store->set_aside(next, 3, "it broke")).value());
  EXPECT_FALSE(run(store->set_aside(next, 3, "it broke")).value()) << "somebody did so meanwhile";

  EXPECT_EQ(run(store->count_set_aside()).value(), 1);
  const Sight anybody{.person_id = "", .all_accounts = true};
  const auto aside = run(store->list_set_aside("L", anybody)).value();
  ASSERT_EQ(aside.size(), 1U);
  EXPECT_EQ(aside[0].reason, "it broke");
  EXPECT_EQ(aside[0].attempts, 3);
  EXPECT_EQ(aside[0].start, seconds{0});
  const Sight stranger{.person_id = "carl", .all_accounts = false};
  EXPECT_EQ(run(store->list_set_aside("L", stranger)).error().code, Errc::not_found);
  EXPECT_EQ(work().window.text, "deux");
  EXPECT_TRUE(list().items.empty());
}

TEST_P(AssessmentStore, ListsNewestFirstInPages) {
  for (int i = 0; i < 5; ++i) {
    say(i * 20, i * 20 + 10, "mot " + std::to_string(i));
    ASSERT_TRUE(judge_next());
  }

  const auto first = list(2);
  const auto second = list(2, first.next_cursor);
  const auto third = list(2, second.next_cursor);

  ASSERT_EQ(first.items.size(), 2U);
  EXPECT_EQ(first.items[0].start, seconds{80});
  EXPECT_EQ(second.items[0].start, seconds{40});
  ASSERT_EQ(third.items.size(), 1U);
  EXPECT_TRUE(third.next_cursor.empty());
}

TEST_P(AssessmentStore, ShowsOthersNothing) {
  say(0, 10, "un");
  ASSERT_TRUE(judge_next());
  const auto id = list().items[0].id;

  EXPECT_EQ(run(store->list("L", Sight{"ben", false}, 50, "")).error().code, Errc::not_found);
  EXPECT_EQ(run(store->get(id, Sight{"ben", false})).error().code, Errc::not_found);
  EXPECT_TRUE(run(store->get(id, Sight{"anna", false})));
  EXPECT_TRUE(run(store->get(id, Sight{"ben", true})));
  EXPECT_EQ(run(store->list("nope", Sight{"anna", true}, 50, "")).error().code, Errc::not_found);
  EXPECT_EQ(run(store->list("L", Sight{"anna", false}, 50, "'; DROP")).error().code, Errc::invalid);
}

// ---- the role

class AnalysisRole : public AssessmentStore {
 protected:
  AnalysisRole() {
    of_model = [](const Window& window) -> Result<Judgement> {
      Judgement judgement;
      judgement.analyser = "llm";
      judgement.evidence = window.text;
      return judgement;
    };
  }

  void SetUp() override {
    AssessmentStore::SetUp();
    if (IsSkipped()) {
      return;
    }
    analysis =
        std::make_unique<Analysis>(io.get_executor(), *store, judge, *bus, clock, log, metrics);
    tasks.spawn("analysis", analysis->run());
  }
  void TearDown() override {
    tasks.cancel();
    run(tasks.join());
  }

  std::size_t assessments() {
    std::int64_t count = 0;
    const auto done = db().read_now([&](db::Transaction& transaction) -> Result<> {
      count = transaction.query("SELECT COUNT(*) FROM assessment", {})->front().integer(0);
      return {};
    });
    EXPECT_TRUE(done);
    return static_cast<std::size_t>(count);
  }

  // Turns the clock, and io while the database works on its threads.
  bool comes(const std::function<bool()>& what) {
    for (int turn = 0; turn < 2000; ++turn) {
      clock.advance(std::chrono::milliseconds{100});
      io.restart();
      io.run_for(std::chrono::milliseconds{2});
      if (what()) {
        return true;
      }
    }
    return false;
  }
  bool comes_to(std::size_t count) {
    return comes([&] { return assessments() >= count; });
  }

  log::Log log{[](std::string_view) {}, [this] { return clock.now(); }};
  metrics::Registry metrics;
  FakeAnalyser::Answer of_model;
  FakeAnalyser embedded{[](const Window& window) -> Result<Judgement> {
    if (window.text == "poison") {
      throw std::logic_error("a bug");
    }
    if (window.text == "trouble") {
      return make_error(Errc::corrupt, "a broken promise");
    }
    Judgement judgement;
    judgement.analyser = "embedded-lexicon";
    return judgement;
  }};
  FakeAnalyser model{[this](const Window& window) { return of_model(window); }, "llm"};
  Judge judge{embedded, &model, clock, log, metrics};
  TaskGroup tasks{io.get_executor(), [](const std::string& name, std::exception_ptr) {
                    ADD_FAILURE() << name << " ended by an exception";
                  }};
  std::unique_ptr<Analysis> analysis;
};
INSTANTIATE_TEST_SUITE_P(Engines, AnalysisRole, testing::each_database());

TEST_P(AnalysisRole, JudgesWhatIsSpoken) {
  say(0, 8, "un");
  say(8, 16, "deux");
  bus->publish(topic::events, {});

  ASSERT_TRUE(comes_to(1));

  EXPECT_EQ(list().items[0].judgement.evidence, "un deux");
  EXPECT_EQ(list().items[0].judgement.analyser, "llm");
}

TEST_P(AnalysisRole, FindsWorkWithoutAHint) {
  say(0, 16, "un");
  EXPECT_TRUE(comes_to(1));
}

TEST_P(AnalysisRole, JudgesAFewWordsOnceTheyHaveWaited) {
  say(0, 2, "oui");
  EXPECT_TRUE(comes_to(1));
  EXPECT_GE(clock.now() - from_micros(1'795'000'000'000'000), patience_for_words);
}

TEST_P(AnalysisRole, GivesABacklogToTheEmbeddedJudgeAndTheNewestWordsToTheModel) {
  for (int i = 0; i < 12; ++i) {
    say(i * 10, i * 10 + 10, "mot" + std::to_string(i));
  }

  ASSERT_TRUE(comes_to(6));

  EXPECT_TRUE(pending().empty()) << "nothing is left unjudged";
  const auto judged = list().items;  // newest first
  EXPECT_EQ(judged.front().judgement.analyser, "llm");
  EXPECT_EQ(judged.back().judgement.analyser, "embedded-lexicon");
  EXPECT_TRUE(judged.back().judgement.fallback);
  EXPECT_LE(model.windows.size(), 2U);
}

TEST_P(AnalysisRole, GoesOnWhenTheModelIsGone) {
  of_model = [](const Window&) -> Result<Judgement> { return make_error(Errc::timeout, "30 s"); };
  say(0, 16, "un");
  say(0, 16, "ailleurs", "M");

  ASSERT_TRUE(comes_to(2));

  EXPECT_TRUE(list().items[0].judgement.fallback);
  EXPECT_FALSE(list().items[0].judgement.error.empty());
  EXPECT_EQ(model.windows.size(), 1U) << "the breaker spares the second window the wait";
}

TEST_P(AnalysisRole, SetsAsideWhatNobodyCanJudgeAndGoesOn) {
  say(0, 16, "poison");
  say(16, 32, "après");
  say(0, 16, "trouble", "M");
  say(16, 32, "ensuite", "M");

  ASSERT_TRUE(comes_to(2));

  EXPECT_EQ(list().items.at(0).judgement.evidence, "après");
  EXPECT_TRUE(comes([&] { return analysis->set_aside() == 2; })) << analysis->set_aside();
  const auto metrics_text = metrics.render();
  EXPECT_NE(metrics_text.find("vigie_analyse_set_aside_total 2"), std::string::npos);
  EXPECT_NE(metrics_text.find("vigie_analyse_set_aside_windows 2"), std::string::npos);
}

// A model slower than the speech: windows do not pile up, the newest of each live go to the model.
TEST_P(AnalysisRole, KeepsUpWithAFloodOfLivesBehindASlowModel) {
  for (int live = 0; live < 20; ++live) {
    const auto id = fmt::format("F{:02}", live);
    execute(
        "INSERT INTO live (id, account_id, room, state, started_at, detected_at) VALUES ($1, 'A', "
        "$1, 'live', 0, 0)",
        {id});
    for (int i = 0; i < 6; ++i) {
      say(i * 15, i * 15 + 15, fmt::format("mot {} {}", live, i), id);
    }
  }
  of_model = [this](const Window&) -> Result<Judgement> {
    clock.advance(seconds{1});  // each answer takes a second of everybody's time
    Judgement judgement;
    judgement.analyser = "llm";
    return judgement;
  };

  ASSERT_TRUE(comes_to(20 * 6));

  EXPECT_TRUE(pending().empty());
  EXPECT_LE(model.windows.size(), 20U * 3) << "only what is at most 30 s behind";
  for (const auto& window : model.windows) {
    EXPECT_GE(window.start, seconds{45}) << window.text;
  }
}

}  // namespace
}  // namespace vigie::analyse
