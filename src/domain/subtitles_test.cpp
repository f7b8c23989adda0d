// SPDX-License-Identifier: Apache-2.0
#include "domain/subtitles.hpp"

#include <gtest/gtest.h>

namespace vigie {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

Caption words(std::string text) {
  return {hours{1} + milliseconds{62'345}, hours{1} + milliseconds{65'000}, std::move(text), false};
}

TEST(Subtitles, AreWrittenInEachForm) {
  const auto caption = words(" Bonjour à tous. ");
  EXPECT_EQ(to_text(caption, CaptionFormat::srt, 7),
            "7\n01:01:02,345 --> 01:01:05,000\nBonjour à tous.\n\n");
  EXPECT_EQ(caption_head(CaptionFormat::vtt) + to_text(caption, CaptionFormat::vtt, 7),
            "WEBVTT\n\n01:01:02.345 --> 01:01:05.000\nBonjour à tous.\n\n");
  EXPECT_EQ(to_text(caption, CaptionFormat::txt, 7), "[01:01:02] Bonjour à tous.\n");
}

TEST(Subtitles, SayWhereNothingIsKnown) {
  const Caption gap{milliseconds{0}, milliseconds{12'000}, "stall", true};
  EXPECT_EQ(to_text(gap, CaptionFormat::txt, 1), "[00:00:00] [stall]\n");
  EXPECT_EQ(to_text(gap, CaptionFormat::vtt, 1), "NOTE 00:00:00.000 - 00:00:12.000 : stall\n\n");
  EXPECT_EQ(to_text(gap, CaptionFormat::srt, 1), "");
}

TEST(Subtitles, CannotBeBrokenByTheirText) {
  const auto nasty = words("un\n\n2\n00:00:00,000 --> 00:00:01,000\r<b>deux</b> & trois");
  const auto srt = to_text(nasty, CaptionFormat::srt, 1);
  EXPECT_EQ(srt.find("-->"), srt.rfind("-->"));
  EXPECT_EQ(std::count(srt.begin(), srt.end(), '\n'), 4);
  const auto vtt = to_text(nasty, CaptionFormat::vtt, 1);
  EXPECT_EQ(vtt.find("-->"), vtt.rfind("-->"));
  EXPECT_NE(vtt.find("&lt;b&gt;deux&lt;/b&gt; &amp; trois"), std::string::npos);
}

TEST(Subtitles, KnowTheirNames) {
  EXPECT_EQ(parse_caption_format("vtt").value(), CaptionFormat::vtt);
  EXPECT_EQ(parse_caption_format("doc").error().code, Errc::invalid);
}

}  // namespace
}  // namespace vigie
