// SPDX-License-Identifier: Apache-2.0
#include "analyse/measures.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "analyse/eval_command.hpp"

namespace vigie::analyse {
namespace {

constexpr std::string_view head = "text\tlabel\ttarget\tsource\tsplit\tgroup\textra\n";

Case one_case(bool hateful, std::string group = "g") {
  Case one;
  one.text = "Une phrase.";
  one.hateful = hateful;
  one.group = std::move(group);
  return one;
}

Judgement answer(bool hateful, double score, bool undecided = false) {
  Judgement judgement;
  judgement.hateful = hateful;
  judgement.undecided = undecided;
  judgement.score = score;
  judgement.category = hateful ? Category::hateful : Category::neutral;
  judgement.evidence = hateful || undecided ? "phrase" : "";
  return judgement;
}

double number(const boost::json::object& figures, std::string_view name) {
  return figures.at(name).to_number<double>();
}

TEST(Measures, ArePerfectWhenEveryAnswerIsRight) {
  const auto figures =
      measure({one_case(true), one_case(false)}, {answer(true, 0.9), answer(false, 0.1)});

  EXPECT_EQ(number(figures, "macroF1"), 1.0);
  EXPECT_EQ(number(figures, "auc"), 1.0);
  EXPECT_EQ(number(figures, "fpr"), 0.0);
  EXPECT_EQ(number(figures, "evidence_in_text"), 1.0);
  EXPECT_EQ(number(figures, "contract_errors"), 0.0);
}

TEST(Measures, CountAnAbstentionAsAMissAndNotAsAFalseAlarm) {
  const auto figures = measure({one_case(true), one_case(false)},
                               {answer(false, 0.5, true), answer(false, 0.5, true)});

  EXPECT_EQ(number(figures, "recall"), 0.0);
  EXPECT_EQ(number(figures, "fpr"), 0.0);
  EXPECT_EQ(number(figures, "abstain"), 1.0);
  EXPECT_EQ(number(figures, "auc"), 0.5);
}

TEST(Measures, SayWhatASetCannotSay) {
  const auto figures = measure({one_case(false)}, {answer(false, 0.1)});

  EXPECT_TRUE(figures.at("auc").is_null());
  EXPECT_TRUE(figures.at("recall").is_null());
  EXPECT_FALSE(figures.contains("pass_h"));
}

TEST(Measures, AverageThePassesOfHatefulAndHarmlessGroupsApart) {
  const auto figures =
      measure({one_case(true, "a_h"), one_case(true, "a_h"), one_case(false, "b_nh")},
              {answer(true, 1), answer(false, 0), answer(false, 0)});

  EXPECT_EQ(number(figures, "pass_h"), 0.5);
  EXPECT_EQ(number(figures, "pass_nh"), 1.0);
  EXPECT_EQ(number(figures, "pass_balanced"), 0.75);
}

TEST(Measures, SeeAnIncoherentOrUnprovedAnswer) {
  auto wrong = answer(true, 0.9);
  wrong.category = Category::neutral;
  wrong.evidence.clear();

  const auto figures = measure({one_case(true)}, {wrong});

  EXPECT_EQ(number(figures, "contract_errors"), 1.0);
  EXPECT_EQ(number(figures, "evidence_missing"), 1.0);
}

TEST(Measures, ReadTheCasesOfASet) {
  std::istringstream in{
      std::string{head} +
      "Bonjour.\t0\t\town\tdev\tident_nh\tid=1;ident=women\r\nSalut.\t1\tethnie\to\td\tg\t\n"};

  const auto cases = read_cases(in);

  ASSERT_TRUE(cases);
  ASSERT_EQ(cases->size(), 2U);
  EXPECT_EQ(cases->at(0).identity, "women");
  EXPECT_TRUE(cases->at(1).hateful);
}

TEST(Measures, NameTheLineThatIsNoCase) {
  std::istringstream other{"a\tb\n"};
  std::istringstream bad{std::string{head} + "Bonjour.\tperhaps\t\t\t\tg\t\n"};

  const auto first = read_cases(other);
  const auto second = read_cases(bad);

  ASSERT_FALSE(first);
  EXPECT_NE(first.error().what.find("line 1"), std::string::npos);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().what.find("line 2"), std::string::npos);
}

}  // namespace
}  // namespace vigie::analyse
