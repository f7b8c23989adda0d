// SPDX-License-Identifier: Apache-2.0
#include "alert/rules.hpp"

#include <gtest/gtest.h>

namespace vigie::alert {
namespace {

Assessment assessment(bool hateful, Virality virality, bool undecided = false,
                      bool injection = false) {
  Assessment made;
  made.judgement.hateful = hateful;
  made.judgement.virality = virality;
  made.judgement.undecided = undecided;
  made.judgement.injection = injection;
  made.risk = risk_score(virality, hateful);
  return made;
}

std::vector<Segment> segments(const std::vector<std::string>& texts) {
  std::vector<Segment> made;
  for (const auto& text : texts) {
    auto& segment = made.emplace_back();
    segment.start = std::chrono::seconds{5 * static_cast<int>(made.size())};
    segment.text = text;
  }
  return made;
}

constexpr auto low = Virality::low;
constexpr auto high = Virality::high;

TEST(Rules, HatredIsHighAndCriticalWhenItSpreads) {
  EXPECT_EQ(decide(assessment(true, low), 0.7), (Verdict{AlertKind::hate, Severity::high}));
  EXPECT_EQ(decide(assessment(true, Virality::medium), 0.7),
            (Verdict{AlertKind::hate, Severity::high}));
  EXPECT_EQ(decide(assessment(true, high), 0.7), (Verdict{AlertKind::hate, Severity::critical}));
}

TEST(Rules, HatredAlertsWhateverTheThreshold) {
  EXPECT_TRUE(decide(assessment(true, low), 1.0));
}

TEST(Rules, DoubtAndWordsToTheMachineAreForAPerson) {
  EXPECT_EQ(decide(assessment(false, low, true), 0.7),
            (Verdict{AlertKind::undecided, Severity::moderate}));
  EXPECT_EQ(decide(assessment(false, low, true, true), 0.7),
            (Verdict{AlertKind::injection, Severity::moderate}));
  EXPECT_EQ(decide(assessment(true, low, true, true), 0.7),
            (Verdict{AlertKind::hate, Severity::high}));
}

TEST(Rules, RiskAlertsAboveTheThresholdAndNotAtIt) {
  EXPECT_FALSE(decide(assessment(false, high), 0.7)) << "0.2 + 0.5 is 0.7, not above it";
  EXPECT_EQ(decide(assessment(false, high), 0.69), (Verdict{AlertKind::virality, Severity::low}));
  EXPECT_FALSE(decide(assessment(false, low), 0.2));
  EXPECT_FALSE(decide(assessment(false, low), 0.7));
}

TEST(Rules, AnIncidentIsRaisedAndNeverLowered) {
  const Verdict doubt{AlertKind::undecided, Severity::moderate};
  const Verdict machine{AlertKind::injection, Severity::moderate};
  const Verdict hate{AlertKind::hate, Severity::high};
  const Verdict critical{AlertKind::hate, Severity::critical};

  EXPECT_EQ(raised(doubt, hate), hate);
  EXPECT_EQ(raised(hate, doubt), hate);
  EXPECT_EQ(raised(doubt, machine), machine);
  EXPECT_EQ(raised(critical, hate), critical);
}

TEST(Rules, ViralityIsAnIncidentOfItsOwn) {
  EXPECT_TRUE(is_same_family(AlertKind::hate, AlertKind::injection));
  EXPECT_TRUE(is_same_family(AlertKind::undecided, AlertKind::hate));
  EXPECT_FALSE(is_same_family(AlertKind::virality, AlertKind::hate));
}

TEST(Rules, DetectionsInterruptNobody) {
  EXPECT_FALSE(tells_followers({AlertKind::virality, Severity::low}));
  EXPECT_FALSE(tells_moderators({AlertKind::virality, Severity::low}));
  EXPECT_TRUE(tells_followers({AlertKind::undecided, Severity::moderate}));
  EXPECT_FALSE(tells_moderators({AlertKind::undecided, Severity::moderate}));
  EXPECT_TRUE(tells_moderators({AlertKind::hate, Severity::high}));
}

TEST(Rules, FindTheSegmentThatHoldsTheEvidence) {
  const auto window = segments({"bonjour à tous", "", "je déteste les Chinois", "merci"});

  EXPECT_EQ(locate(window, "déteste les Chinois", Span{0}).at, std::chrono::seconds{15});
  EXPECT_EQ(locate(window, "bonjour", Span{0}).at, std::chrono::seconds{5});
  EXPECT_EQ(locate(window, "merci", Span{0}).at, std::chrono::seconds{20});
  EXPECT_EQ(locate(window, "tous je déteste", Span{0}).at, std::chrono::seconds{5})
      << "evidence over two segments begins in the first";
}

TEST(Rules, QuoteTheLongestSegmentWithoutEvidence) {
  const auto place = locate(segments({"oui", "tous dans la rue samedi", "voilà"}), "", Span{0});

  EXPECT_EQ(place.sentence, "tous dans la rue samedi");
  EXPECT_EQ(place.at, std::chrono::seconds{10});
}

TEST(Rules, KeepEvidenceWhoseWordsAreGone) {
  const auto place = locate({}, "preuve", std::chrono::seconds{42});

  EXPECT_EQ(place.sentence, "preuve");
  EXPECT_EQ(place.at, std::chrono::seconds{42});
  EXPECT_EQ(locate(segments({"autre"}), "preuve", std::chrono::seconds{3}).at,
            std::chrono::seconds{3});
}

}  // namespace
}  // namespace vigie::alert
