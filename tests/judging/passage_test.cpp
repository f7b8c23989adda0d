// SPDX-License-Identifier: Apache-2.0
// Ten minutes of market talk and blunt politics with one hateful passage in them: one alert, with
// the right sentence at the right time, and nothing else. The real embedded judge, the real stores.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "alert/alerts.hpp"
#include "analyse/assessments.hpp"
#include "analyse/embedded/embedded_analyser.hpp"
#include "analyse/judge.hpp"
#include "bus/memory/memory_bus.hpp"
#include "log/log_fake.hpp"
#include "support/databases.hpp"

namespace vigie::analyse {
namespace {

// The demonstration's scripts, without their pauses and comments.
std::vector<std::string> lines_of(const std::string& name) {
  const auto* root = std::getenv("VIGIE_SOURCE_DIR");
  std::ifstream file{std::filesystem::path{root == nullptr ? "." : root} / "sim/demo" / name};
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '#' && line.front() != '[') {
      lines.push_back(line);
    }
  }
  return lines;
}

class Passage : public testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    if (IsSkipped()) {
      return;
    }
    script(R"(
      INSERT INTO person (id, username, username_folded, password_hash, role, created_at) VALUES
        ('anna', 'anna', 'anna', 'x', 'user', 0), ('mod', 'mod', 'mod', 'x', 'moderator', 0);
      INSERT INTO account (id, platform, username, url, created_at) VALUES
        ('A', 'tiktok', 'marie', 'u', 0);
      INSERT INTO follow (person_id, account_id, created_at) VALUES ('anna', 'A', 0);
      INSERT INTO live (id, account_id, room, state, started_at, detected_at) VALUES
        ('L', 'A', '1', 'live', 0, 0);)");
    bus = create_memory_bus(io.get_executor());
    assessments = std::make_unique<Assessments>(db(), clock, ids, *bus);
    alerts = std::make_unique<alert::Alerts>(db(), clock, ids, *bus);
    judge = std::make_unique<Judge>(*embedded, nullptr, clock, quiet.log, metrics);
  }

  void script(std::string_view sql) {
    const auto done =
        db().write_now([sql](db::Transaction& transaction) { return transaction.script(sql); });
    ASSERT_TRUE(done) << done.error().what;
  }

  // About 2.6 words a second, as people speak.
  void say(const std::string& text) {
    const auto words = 1 + std::count(text.begin(), text.end(), ' ');
    const Span end = spoken + from_seconds(static_cast<double>(words) / 2.6);
    execute(
        "INSERT INTO segment (id, live_id, start_us, end_us, text, language, confidence, "
        "uncertain, "
        "engine, model, token, created_at) VALUES ($1, 'L', $2, $3, $4, 'fr', 1, FALSE, '-', '-', "
        "1, $5)",
        {ids.next(clock.now()), spoken, end, text, clock.now()});
    clock.advance(end - spoken);
    spoken = end;
    judge_what_is_ready();
  }

  void judge_what_is_ready() {
    const auto pending = run(assessments->pending(Time{})).value();
    for (const auto& one : pending) {
      if (!is_ready(one, clock.now())) {
        continue;
      }
      auto work = run(assessments->next_work(one)).value();
      auto judgement = run(judge->judge(work.window, Judge::Haste::none)).value();
      run(assessments->store(one, std::move(work), std::move(judgement), Span{1000})).value();
      ++windows;
    }
    while (run(alerts->take_in(0.7)).value().events > 0) {
    }
  }

  std::vector<Alert> all_alerts() {
    return run(alerts->list(Sight{"mod", true}, {}, 100, "")).value().items;
  }

  std::unique_ptr<Bus> bus;
  log::QuietLog quiet;
  metrics::Registry metrics;
  std::unique_ptr<Analyser> embedded = create_embedded_analyser();
  std::unique_ptr<Assessments> assessments;
  std::unique_ptr<alert::Alerts> alerts;
  std::unique_ptr<Judge> judge;
  Span spoken{0};
  int windows = 0;
};

INSTANTIATE_TEST_SUITE_P(Engines, Passage, testing::each_database(), testing::engine_name);

TEST_P(Passage, RaisesOneAlertAmongTenMinutesOfPoliticsAndEverydayTalk) {
  auto talk = lines_of("debat.txt");
  const auto market = lines_of("marche.txt");
  talk.insert(talk.end(), market.begin(), market.end());
  ASSERT_GT(talk.size(), 40U);
  const Span passage_at = std::chrono::minutes{6};
  const std::string hateful = "Les Roms sont des parasites, il faut tous les chasser d'ici.";

  std::optional<Span> said_at;
  for (std::size_t index = 0; spoken < std::chrono::minutes{10}; ++index) {
    if (!said_at && spoken >= passage_at) {
      said_at = spoken;
      say(hateful);
    }
    say(talk[index % talk.size()]);
  }
  clock.advance(std::chrono::minutes{1});
  judge_what_is_ready();

  EXPECT_GT(windows, 30);
  const auto found = all_alerts();
  for (const auto& one : found) {
    SCOPED_TRACE(fmt::format("{} {}: {}", to_string(one.kind), one.score, one.sentence));
    EXPECT_TRUE(hateful.starts_with(one.sentence)) << "the evidence is to the letter";
  }
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, AlertKind::hate);
  EXPECT_EQ(found[0].severity, Severity::high);
  EXPECT_GT(found[0].sentence.size(), hateful.size() / 2);
  EXPECT_EQ(found[0].at, *said_at);
  EXPECT_LE(found[0].clip_from, *said_at);
  EXPECT_GE(found[0].clip_to, *said_at + std::chrono::seconds{4});
}

}  // namespace
}  // namespace vigie::analyse
