// SPDX-License-Identifier: Apache-2.0
#include "analyse/judge.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "analyse/analyser_fake.hpp"
#include "analyse/command.hpp"
#include "async/clock_fake.hpp"
#include "async/testing.hpp"
#include "base/json.hpp"

namespace vigie::analyse {
namespace {

Judgement verdict(bool hateful, double score, std::string analyser) {
  Judgement judgement;
  judgement.hateful = hateful;
  judgement.category = hateful ? Category::hateful : Category::neutral;
  judgement.score = score;
  judgement.analyser = std::move(analyser);
  judgement.evidence = "preuve de " + judgement.analyser;
  return judgement;
}

class Judges : public ::testing::Test {
 protected:
  Result<Judgement> judge(Judge& judge, Judge::Haste haste = Judge::Haste::none) {
    Window window;
    window.text = "un deux trois";
    return testing::run(judge.judge(std::move(window), haste));
  }

  ManualClock clock;
  std::vector<std::string> lines;
  log::Log log{[this](std::string_view line) { lines.emplace_back(line); },
               [this] { return clock.now(); }};
  metrics::Registry metrics;
  Judgement of_embedded = verdict(false, 0.1, "embedded-lexicon");
  Result<Judgement> of_model = verdict(true, 0.9, "llm");
  FakeAnalyser embedded{[this](const Window&) { return Result<Judgement>{of_embedded}; }};
  FakeAnalyser model{[this](const Window&) { return of_model; }, "llm"};
  Judge both{embedded, &model, clock, log, metrics};
};

TEST_F(Judges, LetTheModelHaveTheLastWord) {
  const auto judgement = judge(both);

  ASSERT_TRUE(judgement);
  EXPECT_TRUE(judgement->hateful);
  EXPECT_EQ(judgement->analyser, "llm");
  EXPECT_FALSE(judgement->fallback);
  EXPECT_EQ(embedded.windows.size(), 1U) << "the embedded judge reads every window";
}

TEST_F(Judges, DoWithoutAModel) {
  Judge alone{embedded, nullptr, clock, log, metrics};

  const auto judgement = judge(alone);

  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->analyser, "embedded-lexicon");
  EXPECT_FALSE(judgement->fallback);
}

TEST_F(Judges, FallBackAloudWhenTheModelFails) {
  of_model = make_error(Errc::corrupt, "the model gave no JSON object");

  const auto judgement = judge(both);

  ASSERT_TRUE(judgement);
  EXPECT_TRUE(judgement->fallback);
  EXPECT_EQ(judgement->analyser, "embedded-lexicon");
  EXPECT_EQ(judgement->error, "the model gave no JSON object");
  EXPECT_EQ(lines.size(), 1U);
}

TEST_F(Judges, LeaveTheModelAloneForAsLongAsItSaid) {
  auto busy = make_error(Errc::rate_limited, "429");
  busy.retry_after = std::chrono::seconds{30};
  of_model = busy;
  judge(both);

  clock.advance(std::chrono::seconds{29});
  judge(both);
  EXPECT_EQ(model.windows.size(), 1U);

  clock.advance(std::chrono::seconds{2});
  of_model = verdict(false, 0, "llm");
  EXPECT_FALSE(judge(both)->fallback);
  EXPECT_EQ(model.windows.size(), 2U);
}

TEST_F(Judges, WaitTwiceAsLongAfterEachSilenceUpToTwoMinutes) {
  Breaker breaker;
  const auto error = make_error(Errc::timeout, "no answer");
  Span now{0};

  std::vector<std::int64_t> waits;
  for (int i = 0; i < 9; ++i) {
    breaker.failed(error, now);
    const auto since = now;
    while (breaker.is_open(now)) {
      now += std::chrono::seconds{1};
    }
    waits.push_back((now - since) / std::chrono::seconds{1});
  }

  EXPECT_EQ(waits, (std::vector<std::int64_t>{2, 4, 8, 16, 32, 64, 120, 120, 120}));
}

TEST_F(Judges, AskAgainAtOnceAfterAWrongAnswer) {
  of_model = make_error(Errc::corrupt, "HTML");
  judge(both);
  judge(both);

  EXPECT_EQ(model.windows.size(), 2U);
}

TEST_F(Judges, ReadLateWindowsWithTheEmbeddedJudgeAlone) {
  const auto judgement = judge(both, Judge::Haste::late);

  ASSERT_TRUE(judgement);
  EXPECT_TRUE(judgement->fallback);
  EXPECT_NE(judgement->error.find("late"), std::string::npos);
  EXPECT_TRUE(model.windows.empty());
}

TEST_F(Judges, SendAModelThatSeesNothingWhereTheOtherSeesHatredToAPerson) {
  of_model = verdict(false, 0.05, "llm");
  of_model->evidence.clear();
  of_embedded = verdict(true, 0.70, "embedded-lexicon");

  const auto judgement = judge(both);

  ASSERT_TRUE(judgement);
  EXPECT_FALSE(judgement->hateful);
  EXPECT_TRUE(judgement->undecided);
  EXPECT_EQ(judgement->category, Category::neutral);
  EXPECT_EQ(judgement->evidence, "preuve de embedded-lexicon");
}

TEST_F(Judges, BelieveAModelThatDisagreesALittle) {
  of_model = verdict(false, 0.05, "llm");
  of_embedded = verdict(false, 0.69, "embedded-lexicon");

  EXPECT_FALSE(judge(both)->undecided);
}

TEST_F(Judges, KeepTheAlarmOfWordsToTheMachineWhateverTheModelSays) {
  of_model = verdict(false, 0, "llm");
  of_embedded.injection = true;
  of_embedded.undecided = true;

  const auto judgement = judge(both);

  EXPECT_TRUE(judgement->injection);
  EXPECT_TRUE(judgement->undecided);
}

TEST_F(Judges, NeverLowerTheModelsVerdict) {
  of_embedded = verdict(false, 0.0, "embedded-lexicon");

  EXPECT_TRUE(judge(both)->hateful);
}

TEST_F(Judges, AnswerEachLineInOrder) {
  std::istringstream in{"premier\n\ndeux \xff\x01\n" + std::string(200'000, 'x') + "\nlast"};
  std::ostringstream out;
  Judge alone{embedded, nullptr, clock, log, metrics};

  const auto done = testing::run(analyse_lines(in, out, alone));

  ASSERT_TRUE(done);
  EXPECT_EQ(done->lines, 5);
  EXPECT_EQ(embedded.windows[0].text, "premier");
  EXPECT_EQ(embedded.windows[1].text, "");
  EXPECT_EQ(embedded.windows[2].text, "deux \xef\xbf\xbd");
  EXPECT_EQ(embedded.windows[3].text.size(), 200'000U);
  EXPECT_EQ(embedded.windows[4].text, "last");
  std::istringstream answers{out.str()};
  std::string line;
  int count = 0;
  while (std::getline(answers, line)) {
    const auto object = parse_json(line);
    ASSERT_TRUE(object) << line;
    for (const auto* field :
         {"categorie", "viralite", "discours_haineux", "cible", "justification", "risque_score",
          "score", "indetermine", "preuve", "analyser", "injection"}) {
      EXPECT_NE(find(*object, field), nullptr) << field;
    }
    ++count;
  }
  EXPECT_EQ(count, 5);
}

TEST_F(Judges, StopWhenNobodyReadsTheAnswers) {
  std::istringstream in{"a\nb\n"};
  std::ostringstream out;
  out.setstate(std::ios::badbit);

  const auto done = testing::run(analyse_lines(in, out, both));

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::unavailable);
}

}  // namespace
}  // namespace vigie::analyse
