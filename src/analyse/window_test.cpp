// SPDX-License-Identifier: Apache-2.0
#include "analyse/window.hpp"

#include <gtest/gtest.h>

namespace vigie::analyse {
namespace {

using std::chrono::seconds;

Spoken said(int start, int end, std::string text) {
  return {seconds{start}, seconds{end}, std::move(text), "fr"};
}

std::string found(std::string_view speech, std::string_view quoted) {
  const auto stretch = find_quote(speech, quoted);
  return stretch ? std::string{speech.substr(stretch->begin, stretch->end - stretch->begin)}
                 : std::string{"-"};
}

TEST(Windows, HoldFifteenSecondsOfSpeechCutWhereSomebodyDrawsBreath) {
  const auto work = cut_window({said(0, 6, "un"), said(8, 14, "deux"), said(14, 17, "trois"),
                                said(17, 21, "quatre"), said(21, 30, "cinq")},
                               seconds{0});

  EXPECT_EQ(work.window.text, "un deux trois");
  EXPECT_EQ(work.window.start, seconds{0});
  EXPECT_EQ(work.window.end, seconds{17});
  EXPECT_EQ(work.behind, seconds{13});
}

TEST(Windows, StayUnderTwentySecondsUnlessOneSegmentIsLonger) {
  EXPECT_EQ(cut_window({said(0, 12, "un"), said(12, 24, "deux")}, seconds{0}).window.text, "un");
  EXPECT_EQ(cut_window({said(0, 29, "long"), said(29, 31, "suite")}, seconds{0}).window.text,
            "long");
}

TEST(Quotes, AreFoundWhateverTheirClothesAndGivenToTheLetter) {
  const std::string_view speech = "Alors, C’EST l'Été :  ils\u00A0mangent trop, ces gens-là.";

  EXPECT_EQ(found(speech, "c'est l’ete"), "C’EST l'Été");
  EXPECT_EQ(found(speech, "« ILS MANGENT   TROP »"), "ils\u00A0mangent trop");
  EXPECT_EQ(found(speech, "\"…ces gens-là…\""), "ces gens-là");
  EXPECT_EQ(found(speech, "e\u0301te\u0301"), "Été") << "accents written apart";
  EXPECT_EQ(found("l'e\u0301te\u0301 vient", "été"), "e\u0301te\u0301");
  EXPECT_EQ(found(speech, speech), "Alors, C’EST l'Été :  ils\u00A0mangent trop, ces gens-là");
}

TEST(Quotes, OfWhatNobodySaidAreNotFound) {
  for (const std::string_view quoted :
       {"", " ", "«»", "...", "ils boivent", "ange", "man", "trop ces", "\xff", "🙂"}) {
    EXPECT_EQ(found("ils mangent trop, ces gens", quoted), "-") << quoted;
  }
  EXPECT_EQ(found("", "mot"), "-");
}

TEST(Quotes, AreFoundAmongEmojiAndRightToLeftWords) {
  EXPECT_EQ(found("oui 🙂🙂 السلام عليكم merci", "السلام عليكم"), "السلام عليكم");
  EXPECT_EQ(found("oui 🙂🙂 non", "🙂🙂 non"), "🙂🙂 non");
}

TEST(Quotes, HaveTheirTimeInTheLive) {
  const auto work =
      cut_window({said(100, 104, "aaaa bbbb"), said(106, 110, "cccc dddd")}, seconds{0});
  const auto stretch = find_quote(work.window.text, "bbbb cccc").value();

  const auto moments = moments_of(work.window, stretch).value();

  EXPECT_NEAR(to_seconds(moments.start), 102.2, 0.1);
  EXPECT_NEAR(to_seconds(moments.end), 107.8, 0.1);
  EXPECT_FALSE(moments_of(Window{}, {0, 3}));
}

}  // namespace
}  // namespace vigie::analyse
