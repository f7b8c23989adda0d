// SPDX-License-Identifier: Apache-2.0
#include "transcribe/listener.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "transcribe/speech_detector_fake.hpp"

namespace vigie::transcribe {
namespace {

// Deaf from its first loud frame on, until it is told to forget.
class Dazzled final : public SpeechDetector {
 public:
  float hear(std::span<const float> frame) override {
    const float loudness = std::abs(frame[0]);
    const bool is_heard = loudness > (is_dazzled_ ? 0.5F : 0.05F);
    is_dazzled_ = is_dazzled_ || loudness > 0.5F;
    return is_heard ? 0.9F : 0.05F;
  }
  void reset() override { is_dazzled_ = false; }

 private:
  bool is_dazzled_ = false;
};

// Bursts of noise and silence, a minute of them, ending anywhere within a frame.
std::vector<float> rhythm(unsigned seed) {
  std::mt19937 random{seed};
  std::uniform_real_distribution<float> sample{-0.5F, 0.5F};
  std::uniform_int_distribution<std::size_t> length{800, 200'000};
  std::vector<float> samples;
  for (bool is_loud = true; samples.size() < 960'000; is_loud = !is_loud) {
    for (auto i = is_loud ? length(random) : length(random) / 6; i > 0; --i) {
      samples.push_back(is_loud ? sample(random) : 0.0F);
    }
  }
  return samples;
}

std::vector<Utterance> hear_in_chunks(const std::vector<float>& samples, std::mt19937& random,
                                      std::size_t largest) {
  Listener listener{std::make_unique<LoudnessDetector>()};
  std::uniform_int_distribution<std::size_t> size{0, largest};
  std::vector<Utterance> all;
  for (std::size_t at = 0; at < samples.size();) {
    const auto count = std::min(size(random), samples.size() - at);
    for (auto& utterance : listener.hear(std::span{samples}.subspan(at, count))) {
      all.push_back(std::move(utterance));
    }
    at += count;
  }
  for (auto& utterance : listener.finish()) {
    all.push_back(std::move(utterance));
  }
  EXPECT_EQ(listener.position(), static_cast<std::int64_t>(samples.size()));
  return all;
}

TEST(Listener, HearsASoftVoiceAfterALoudOneAndASilence) {
  std::vector<float> samples(32'000, 0.9F);
  samples.resize(samples.size() + 48'000, 0.0F);
  const auto soft_from = static_cast<std::int64_t>(samples.size());
  samples.resize(samples.size() + 32'000, 0.2F);
  Listener listener{std::make_unique<Dazzled>()};

  auto heard = listener.hear(samples);
  for (auto& utterance : listener.finish()) {
    heard.push_back(std::move(utterance));
  }

  ASSERT_EQ(heard.size(), 2U);
  EXPECT_LE(heard[1].start, soft_from);
}

TEST(Listener, CutsTheSameWhateverTheChunks) {
  for (unsigned seed = 0; seed < 4; ++seed) {
    const auto samples = rhythm(seed);
    std::mt19937 random{seed};

    const auto whole = hear_in_chunks(samples, random, samples.size());
    const auto small = hear_in_chunks(samples, random, 700);
    const auto large = hear_in_chunks(samples, random, 20'000);

    ASSERT_FALSE(whole.empty());
    for (const auto* other : {&small, &large}) {
      ASSERT_EQ(whole.size(), other->size());
      for (std::size_t i = 0; i < whole.size(); ++i) {
        EXPECT_EQ(whole[i].start, other->at(i).start);
        EXPECT_EQ(whole[i].end, other->at(i).end);
        EXPECT_EQ(whole[i].samples, other->at(i).samples);
      }
    }
  }
}

TEST(Listener, GoesOnAfterFinish) {
  Listener listener{std::make_unique<LoudnessDetector>()};
  const std::vector<float> loud(16'100, 0.3F);

  listener.hear(loud);
  const auto before = listener.finish();
  listener.hear(loud);
  const auto after = listener.finish();

  ASSERT_EQ(before.size(), 1U);
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(before[0].end, 16'100);
  EXPECT_EQ(after[0].start, 16'100);
  EXPECT_EQ(after[0].end, 32'200);
}

}  // namespace
}  // namespace vigie::transcribe
