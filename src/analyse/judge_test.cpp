// SPDX-License-Identifier: Apache-2.0
#include "analyse/judge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
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
  judgement.evidence = hateful ? "preuve de " + judgement.analyser : "";
  judgement.model = judgement.analyser + "-1";
  return judgement;
}

class Judges : public ::testing::Test {
 protected:
  Result<Judgement> judge(Judge& judge, Judge::Haste haste = Judge::Haste::none) {
    Window window;
    window.text = "un, preuve de llm, preuve de embedded-lexicon, deux";
    window.live_id = "L";
    return testing::run(judge.judge(std::move(window), haste));
  }

  // The same, turning the clock whenever the judge waits.
  Result<Judgement> judge_with_patience(Judge& judge) {
    asio::io_context io;
    std::optional<Result<Judgement>> answer;
    const auto ended = testing::start(io, keep(judge, answer));
    for (int turn = 0; turn < 100 && !*ended; ++turn) {
      testing::settle(io);
      clock.advance(std::chrono::milliseconds{250});
    }
    return std::move(answer).value();
  }
  Async<> keep(Judge& judge, std::optional<Result<Judgement>>& answer) {
    Window window;
    window.text = "un, preuve de llm, preuve de embedded-lexicon, deux";
    window.live_id = "L";
    answer = co_await judge.judge(std::move(window), Judge::Haste::none);
  }
  double count(std::string_view what) {
    const auto text = metrics.render();
    const auto at = text.find("\n" + std::string{what} + " ");
    return at == std::string::npos ? 0 : std::stod(text.substr(at + what.size() + 2));
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
  EXPECT_EQ(model.windows.size(), 3U) << "three tries";
  EXPECT_EQ(both.trouble(), "the model gave no JSON object");
}

TEST_F(Judges, TryThreeTimesWithPausesThatDouble) {
  std::vector<Span> asked_at;
  FakeAnalyser busy{[&](const Window&) -> Result<Judgement> {
                      asked_at.push_back(clock.steady());
                      return make_error(Errc::unavailable, "503");
                    },
                    "llm"};
  Judge judge{embedded, &busy, clock, log, metrics};

  EXPECT_TRUE(judge_with_patience(judge)->fallback);

  ASSERT_EQ(asked_at.size(), 3U);
  EXPECT_GE(asked_at[1] - asked_at[0], std::chrono::milliseconds{500});
  EXPECT_GE(asked_at[2] - asked_at[1], std::chrono::milliseconds{1000});
}

TEST_F(Judges, DoNotAskAgainWhatIsRefused) {
  of_model = make_error(Errc::invalid, "the model's endpoint answered 413");
  EXPECT_TRUE(judge(both)->fallback);
  EXPECT_EQ(model.windows.size(), 1U);
  judge(both);
  EXPECT_EQ(model.windows.size(), 2U) << "the next window may be another matter";
}

TEST_F(Judges, LeaveAModelAloneThatOnlyEverAnswersNonsense) {
  of_model = make_error(Errc::corrupt, "poetry");
  for (int window = 0; window < 8; ++window) {
    judge(both);
  }
  EXPECT_EQ(model.windows.size(), 5U * 3U);
}

TEST_F(Judges, StayWithinTheBudgetAndSaySo) {
  of_model = verdict(false, 0, "llm");
  Judge thrifty{embedded, &model,  clock,
                log,      metrics, JudgeOptions{.budget = {.per_hour = 2, .per_live = 100}}};
  judge(thrifty);
  judge(thrifty);

  const auto third = judge(thrifty);

  EXPECT_TRUE(third->fallback);
  EXPECT_NE(third->error.find("budget"), std::string::npos);
  EXPECT_NE(thrifty.trouble().find("LLM_BUDGET_PER_HOUR"), std::string::npos);
  clock.advance(std::chrono::hours{1});
  EXPECT_FALSE(judge(thrifty)->fallback);
  EXPECT_EQ(thrifty.trouble(), "");
}

TEST_F(Judges, GiveEachLiveItsShare) {
  Budget budget{{.per_hour = 0, .per_live = 2}};
  EXPECT_EQ(budget.spend("L", Span{0}), "");
  EXPECT_EQ(budget.spend("L", Span{0}), "");
  EXPECT_NE(budget.spend("L", Span{0}), "");
  EXPECT_EQ(budget.spend("M", Span{0}), "");
}

TEST_F(Judges, ShowAModelThatToldItsSecretToAPerson) {
  of_model = make_error(Errc::denied, "the model repeated what it was told to keep");

  const auto judgement = judge(both);

  EXPECT_TRUE(judgement->fallback && judgement->injection && judgement->undecided);
  EXPECT_FALSE(judgement->evidence.empty());
  EXPECT_EQ(model.windows.size(), 1U);
  EXPECT_EQ(count("vigie_analyse_canaries_total"), 1);
}

TEST_F(Judges, KeepWhatTheEmbeddedOneSawBesideTheVerdict) {
  of_embedded = verdict(false, 0.4, "embedded-lexicon");

  const auto judgement = judge(both);

  EXPECT_EQ(judgement->embedded_version, "embedded-lexicon-1");
  EXPECT_EQ(judgement->embedded_score, 0.4);
  EXPECT_TRUE(judgement->disagreement);
  of_model = verdict(false, 0.1, "llm");
  EXPECT_FALSE(judge(both)->disagreement);
}

TEST_F(Judges, GiveEvidenceToTheLetterOrDropItAndCount) {
  of_model->evidence = "« PREUVE  de LLM »";
  EXPECT_EQ(judge(both)->evidence, "preuve de llm");
  EXPECT_EQ(count("vigie_analyse_quotes_dropped_total"), 0);

  of_model->evidence = "personne n'a dit cela";
  EXPECT_EQ(judge(both)->evidence, "un, preuve de llm, preuve de embedded-lexicon, deux")
      << "hateful: never without evidence";
  EXPECT_EQ(count("vigie_analyse_quotes_dropped_total"), 1);
}

// A model that says nothing until its time is up.
class Silent final : public Analyser {
 public:
  explicit Silent(Clock& clock) : clock_{clock} {}
  std::string_view name() const override { return "llm"; }
  Async<Result<Judgement>> judge(Window) override {
    ++asked;
    co_await clock_.sleep(deadline);
    co_return make_error(Errc::timeout, "no answer in 30 s");
  }
  int asked = 0;

 private:
  static constexpr std::chrono::seconds deadline{30};
  Clock& clock_;
};

TEST_F(Judges, AskASilentModelABoundedNumberOfTimesAndOneAtATimeAfterwards) {
  Silent silent{clock};
  Judge patient{embedded, &silent, clock, log, metrics, JudgeOptions{.at_once = 3}};
  asio::io_context io;
  std::vector<std::optional<Result<Judgement>>> answers(20);
  for (auto& answer : answers) {
    testing::start(io, keep(patient, answer));
  }

  testing::settle(io);
  EXPECT_EQ(silent.asked, 3);
  EXPECT_EQ(std::ranges::count_if(answers, [](const auto& one) { return one.has_value(); }), 17)
      << "nobody waits for a model that has enough to do";
  clock.advance(std::chrono::seconds{30});
  testing::settle(io);
  EXPECT_EQ(silent.asked, 3) << "30 s of silence are not repeated for the same window";
  clock.advance(std::chrono::seconds{60});
  answers.assign(20, std::nullopt);
  for (auto& answer : answers) {
    testing::start(io, keep(patient, answer));
  }
  testing::settle(io);
  EXPECT_EQ(silent.asked, 4) << "on trial: one at a time";
  clock.advance(std::chrono::seconds{30});
  testing::settle(io);
  EXPECT_EQ(std::ranges::count_if(answers, [](const auto& one) { return one.has_value(); }), 20);
}

TEST_F(Judges, SpareTheModelWhatIsNoSpeechOrTooMuch) {
  for (const auto& text : {std::string{}, std::string{" \n"}, std::string(600'000, 'a')}) {
    Window window;
    window.text = text;
    EXPECT_TRUE(testing::run(both.judge(std::move(window), Judge::Haste::none)));
  }
  EXPECT_TRUE(model.windows.empty());
}

TEST_F(Judges, DoNotLetWordsToTheMachineTakeBackWhatTheEmbeddedOneSaw) {
  of_model = verdict(false, 0.0, "llm");
  of_embedded = verdict(true, 0.95, "embedded-lexicon");
  of_embedded.injection = true;

  const auto judgement = judge(both);

  EXPECT_TRUE(judgement->hateful && judgement->undecided && judgement->injection);
  EXPECT_EQ(judgement->category, Category::hateful);
  EXPECT_EQ(judgement->evidence, "preuve de embedded-lexicon");
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

  EXPECT_EQ(model.windows.size(), 6U);
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
