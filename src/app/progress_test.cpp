// SPDX-License-Identifier: Apache-2.0
#include "app/progress.hpp"

#include <gtest/gtest.h>

#include "async/clock_fake.hpp"

namespace vigie::app {
namespace {

TEST(ProgressBar, FillsAndFits) {
  EXPECT_EQ(progress_bar(0.5, "x", 80), "[############------------]  50 %  x");
  EXPECT_EQ(progress_bar(7, "x", 80).substr(0, 34), "[########################] 100 %  ");
  EXPECT_EQ(progress_bar(-1, "0:05", 80), "0:05");
  EXPECT_EQ(progress_bar(0.1, std::string(200, 'x'), 40).size(), 40U);
}

TEST(ProgressWords, TellSpeedAndWhatIsLeft) {
  const transcribe::FilesProgress half{
      .heard_s = 60, .all_s = 120, .passed_s = 6, .ended = 1, .files = 3};
  const transcribe::FilesProgress endless{.heard_s = 3725, .passed_s = 3725, .files = 1};

  EXPECT_EQ(words_of(half), "1:00 of 2:00, 1 of 3 files, RTF 0.100, 0:06 to go");
  EXPECT_EQ(words_of(endless), "1:02:05, RTF 1.000");
}

TEST(ProgressLine, IsDrawnNowAndThenAndOnATerminalOnly) {
  ManualClock clock;
  ::testing::internal::CaptureStderr();
  ProgressLine line{clock, true, 80};
  line.show(0, "one");
  line.show(0, "two");
  clock.advance(Span{300'000});
  line.show(0, "three");
  line.hide();
  line.hide();
  ProgressLine elsewhere{clock, false, 80};
  elsewhere.show(0, "four");
  elsewhere.hide();
  const auto shown = ::testing::internal::GetCapturedStderr();

  EXPECT_NE(shown.find("one"), std::string::npos);
  EXPECT_EQ(shown.find("two"), std::string::npos);
  EXPECT_NE(shown.find("three"), std::string::npos);
  EXPECT_EQ(shown.find("four"), std::string::npos);
  EXPECT_TRUE(shown.ends_with("\r\x1B[K"));
}

}  // namespace
}  // namespace vigie::app
