// SPDX-License-Identifier: Apache-2.0
#include "transcribe/cutter.hpp"

#include <gtest/gtest.h>

#include <random>

#include "transcribe/speech_detector.hpp"

namespace vigie::transcribe {
namespace {

// Sample n of the stream has the value n, so that an utterance proves where it was taken.
std::vector<float> numbered(std::int64_t from, std::size_t count) {
  std::vector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<float>(from + static_cast<std::int64_t>(i));
  }
  return samples;
}

std::vector<Utterance> cut(Cutter& cutter, const std::vector<float>& probabilities) {
  std::vector<Utterance> utterances;
  for (const float probability : probabilities) {
    if (auto utterance = cutter.feed(probability, numbered(cutter.heard(), samples_in_frame))) {
      utterances.push_back(std::move(*utterance));
    }
  }
  if (auto utterance = cutter.flush()) {
    utterances.push_back(std::move(*utterance));
  }
  return utterances;
}

std::vector<float> operator+(std::vector<float> left, const std::vector<float>& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

std::vector<float> frames(double seconds, float probability) {
  return std::vector<float>(static_cast<std::size_t>(seconds * 16'000 / samples_in_frame),
                            probability);
}

constexpr std::int64_t frame = samples_in_frame;

TEST(Cutter, KeepsAMarginAroundSpeechAndClosesAfterThePause) {
  Cutter cutter;

  const auto utterances = cut(cutter, frames(2, 0.1F) + frames(2, 0.9F) + frames(2, 0.1F));

  ASSERT_EQ(utterances.size(), 1U);
  EXPECT_EQ(utterances[0].start, 62 * frame - 4800);
  EXPECT_EQ(utterances[0].end, 124 * frame + 4800);
  EXPECT_EQ(utterances[0].samples,
            numbered(utterances[0].start,
                     static_cast<std::size_t>(utterances[0].end - utterances[0].start)));
}

TEST(Cutter, IgnoresAClick) {
  Cutter cutter;

  const auto utterances =
      cut(cutter, frames(1, 0.1F) + std::vector<float>{0.9F, 0.9F} + frames(2, 0.1F));

  EXPECT_TRUE(utterances.empty());
}

TEST(Cutter, DoesNotCloseAtAShortPauseBeforeTheSoftLimit) {
  Cutter cutter;

  const auto utterances = cut(cutter, frames(3, 0.9F) + frames(0.4, 0.1F) + frames(3, 0.9F));

  EXPECT_EQ(utterances.size(), 1U);
}

TEST(Cutter, ClosesAtAShortPauseAfterTheSoftLimit) {
  Cutter cutter;

  const auto utterances = cut(cutter, frames(9, 0.9F) + frames(0.4, 0.1F) + frames(3, 0.9F));

  ASSERT_EQ(utterances.size(), 2U);
  EXPECT_LE(utterances[0].end, utterances[1].start);
}

TEST(Cutter, CutsEndlessSpeechAtItsLeastLikelyFrameAndLosesNothing) {
  Cutter cutter;
  auto probabilities = frames(40, 0.9F);
  for (const std::size_t near : {418U, 419U, 420U}) {
    probabilities[near] = 0.4F;
  }

  const auto utterances = cut(cutter, probabilities);

  ASSERT_EQ(utterances.size(), 3U);
  EXPECT_EQ(utterances[0].end, 419 * frame);
  EXPECT_EQ(utterances[1].start, utterances[0].end);
  EXPECT_EQ(utterances[2].start, utterances[1].end);
  EXPECT_EQ(utterances[2].end, static_cast<std::int64_t>(probabilities.size()) * frame);
}

TEST(Cutter, KeepsTheRestOfAWordAfterACutHoweverShort) {
  Cutter cutter;
  // The cut falls on the dip; two frames of doubtful speech and a long silence follow it.
  auto probabilities = frames(15, 0.9F);
  probabilities.resize(467, 0.9F);
  probabilities[464] = 0.36F;
  probabilities[465] = 0.36F;
  probabilities[466] = 0.36F;
  const auto utterances = cut(cutter, probabilities + std::vector<float>{0.45F} + frames(2, 0.1F));

  ASSERT_EQ(utterances.size(), 2U);
  EXPECT_EQ(utterances[1].start, utterances[0].end);
  EXPECT_GE(utterances[1].end, 468 * frame);
}

TEST(Cutter, TakesAnIncompleteLastFrame) {
  Cutter cutter;
  cut(cutter, {});
  for (int i = 0; i < 20; ++i) {
    cutter.feed(0.9F, numbered(cutter.heard(), samples_in_frame));
  }
  cutter.feed(0.9F, numbered(cutter.heard(), 100));

  const auto utterance = cutter.flush();

  ASSERT_TRUE(utterance);
  EXPECT_EQ(utterance->end, 20 * frame + 100);
}

// Every run of speech that is not a click lies in an utterance; utterances are in order, apart,
// short enough, and memory stays bounded. Speech comes and goes in runs, as it does.
TEST(Cutter, CoversAllSpeechOnceWhateverItsRhythm) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random{seed};
    std::uniform_real_distribution<float> level{0, 1};
    std::uniform_int_distribution<int> length{1, seed % 2 == 0 ? 40 : 400};
    std::vector<float> probabilities;
    while (probabilities.size() < 4000) {
      const float base = level(random);
      for (int i = length(random); i > 0; --i) {
        probabilities.push_back(std::clamp(base + (level(random) - 0.5F) * 0.3F, 0.0F, 1.0F));
      }
    }
    Cutter cutter;

    const auto utterances = cut(cutter, probabilities);

    std::vector<int> covered(probabilities.size(), 0);
    std::int64_t last_end = 0;
    for (const auto& utterance : utterances) {
      ASSERT_LE(last_end, utterance.start);
      ASSERT_LT(utterance.start, utterance.end);
      ASSERT_LE(utterance.end - utterance.start, 15 * 16'000);
      ASSERT_EQ(utterance.samples.size(),
                static_cast<std::size_t>(utterance.end - utterance.start));
      ASSERT_EQ(utterance.samples.front(), static_cast<float>(utterance.start));
      ASSERT_EQ(utterance.samples.back(), static_cast<float>(utterance.end - 1));
      last_end = utterance.end;
      for (auto i = (utterance.start + frame - 1) / frame; i < utterance.end / frame; ++i) {
        covered[static_cast<std::size_t>(i)] = 1;
      }
    }
    int lost_in_a_row = 0;
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
      const bool is_lost = probabilities[i] >= 0.5F && covered[i] == 0;
      // A cut falls on a frame's edge; the frame that straddles a margin's edge counts as
      // uncovered.
      lost_in_a_row = is_lost ? lost_in_a_row + 1 : 0;
      ASSERT_LE(lost_in_a_row, 4) << "seed " << seed << " frame " << i;
    }
    EXPECT_LE(cutter.held(), 16U * 16'000U);
  }
}

}  // namespace
}  // namespace vigie::transcribe
