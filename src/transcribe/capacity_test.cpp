// SPDX-License-Identifier: Apache-2.0
#include "transcribe/capacity.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "transcribe/transcriber_fake.hpp"

namespace vigie::transcribe {
namespace {

TEST(Capacity, IsWhatTheCoresHoldAndNoMore) {
  const auto two = capacity_from(0.36, 2, 2);
  const auto crowded = capacity_from(0.36, 8, 2);

  EXPECT_EQ(two.workers, 2U);
  EXPECT_NEAR(two.lives, 0.7 * 2 / two.cpu_per_audio_s, 1);
  EXPECT_EQ(crowded.lives, two.lives) << "workers beyond the cores add nothing";
  EXPECT_EQ(capacity_from(80, 2, 2).lives, 0);
}

TEST(Capacity, IsFoundWithTheRecogniserItself) {
  ScriptedTranscriber transcriber{{}, 2};
  transcriber.before_answer = [](std::span<const float>) {
    volatile double work = 0;
    for (int i = 0; i < 3'000'000; ++i) {
      work = work + 1;
    }
  };

  const auto capacity = measure_capacity(transcriber, 2);

  ASSERT_TRUE(capacity) << capacity.error().what;
  EXPECT_GT(capacity->cpu_per_audio_s, 0);
  EXPECT_GT(capacity->lives, 1);
  EXPECT_EQ(capacity->model, "fake");
  ASSERT_GE(transcriber.asked().size(), 1U);
  EXPECT_EQ(transcriber.asked()[0].effort, Effort::glimpse);
  EXPECT_EQ(transcriber.asked()[0].duration, std::chrono::seconds{8});
}

TEST(Capacity, IsUnknownWhereTheRecogniserFails) {
  ScriptedTranscriber transcriber;
  transcriber.fail_next(make_error(Errc::unavailable, "broken"));

  EXPECT_FALSE(measure_capacity(transcriber, 2));
}

TEST(ArtificialVoice, IsAudibleAndNeverTooLoud) {
  const auto voice = artificial_voice(2);

  ASSERT_EQ(voice.size(), 32'000U);
  const auto [low, high] = std::ranges::minmax(voice);
  EXPECT_GT(high, 0.05F);
  EXPECT_LT(high, 1.0F);
  EXPECT_GT(low, -1.0F);
}

}  // namespace
}  // namespace vigie::transcribe
