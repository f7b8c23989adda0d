// SPDX-License-Identifier: Apache-2.0
#include "platform/pace.hpp"

#include <gtest/gtest.h>

namespace vigie::platform {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr double middle = 0.5;  // no jitter

void block(Pace& pace, Span now, int times) {
  for (int i = 0; i < times; ++i) {
    pace.answered(now, true, Span{0}, "captcha", 0);
  }
}

TEST(Pace, LetsOneRequestASecondGoAndSavesNothingUpForABurst) {
  Pace pace{PaceLimits{}};

  EXPECT_EQ(pace.reserve(seconds{0}, middle), Span{seconds{0}});
  EXPECT_EQ(pace.reserve(seconds{0}, middle), Span{seconds{1}});
  EXPECT_EQ(pace.reserve(seconds{0}, middle), Span{seconds{2}});

  EXPECT_EQ(pace.reserve(seconds{100}, middle), Span{seconds{100}});
  EXPECT_EQ(pace.reserve(seconds{100}, middle), Span{seconds{101}});
}

TEST(Pace, ToleratesFewRefusalsAndForgivesThemAtOneGoodAnswer) {
  Pace pace{PaceLimits{}};

  block(pace, seconds{0}, 2);
  pace.answered(seconds{0}, false, Span{0}, "", 0);
  block(pace, seconds{0}, 2);

  EXPECT_FALSE(pace.is_paused(seconds{0}));
  EXPECT_TRUE(pace.reserve(seconds{1}, middle).has_value());
}

TEST(Pace, LeavesTheHostAloneAfterRepeatedRefusals) {
  Pace pace{PaceLimits{}};

  block(pace, seconds{0}, 3);

  EXPECT_TRUE(pace.is_paused(seconds{0}));
  EXPECT_EQ(pace.reason(), "captcha");
  EXPECT_FALSE(pace.reserve(seconds{29}, middle).has_value());
}

TEST(Pace, SendsOneCanaryAfterThePauseAndBelievesIt) {
  Pace pace{PaceLimits{}};
  block(pace, seconds{0}, 3);

  EXPECT_TRUE(pace.reserve(seconds{31}, middle).has_value());
  EXPECT_FALSE(pace.reserve(seconds{31}, middle).has_value());
  pace.answered(seconds{32}, false, Span{0}, "", 0);

  EXPECT_TRUE(pace.reserve(seconds{33}, middle).has_value());
}

TEST(Pace, WaitsTwiceAsLongAfterEachCanaryThatDies) {
  Pace pace{PaceLimits{}};
  block(pace, seconds{0}, 3);
  ASSERT_TRUE(pace.reserve(seconds{31}, middle).has_value());

  block(pace, seconds{31}, 1);

  EXPECT_EQ(pace.paused_until(), Span{seconds{91}});
  auto now = pace.paused_until();
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(pace.reserve(now, middle).has_value());
    block(pace, now, 1);
    EXPECT_LE(pace.paused_until() - now, Span{minutes{30}});
    now = pace.paused_until();
  }
}

TEST(Pace, ObeysALongerRetryAfter) {
  Pace pace{PaceLimits{}};
  block(pace, seconds{0}, 2);

  pace.answered(seconds{0}, true, minutes{10}, "http_429", 0);

  EXPECT_EQ(pace.paused_until(), Span{minutes{10}});
}

TEST(Pace, SendsAnotherCanaryWhenTheFirstNeverCameBack) {
  Pace pace{PaceLimits{}};
  block(pace, seconds{0}, 3);
  ASSERT_TRUE(pace.reserve(seconds{31}, middle).has_value());

  pace.abandoned();

  EXPECT_TRUE(pace.reserve(seconds{31}, middle).has_value());
}

TEST(Pace, CountsAnswersToRequestsOfBeforeThePauseOnlyOnce) {
  Pace pace{PaceLimits{}};
  block(pace, seconds{0}, 3);

  block(pace, seconds{1}, 5);  // eight were out together

  EXPECT_EQ(pace.paused_until(), Span{seconds{30}});
}

}  // namespace
}  // namespace vigie::platform
