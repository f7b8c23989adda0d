// SPDX-License-Identifier: Apache-2.0
#include "transcribe/listener.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <random>

#include "transcribe/models.hpp"
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

// The simulator's: a note of 0.75 s over a low one, and the next.
std::vector<float> melody(Span length, Span from) {
  constexpr std::array<double, 8> notes{220.0, 277.2, 329.6, 440.0, 329.6, 277.2, 246.9, 196.0};
  constexpr double note_seconds = 0.75;
  std::vector<float> samples(media::samples_in(length));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double time = to_seconds(from) + static_cast<double>(i) / media::sample_rate;
    const double at = std::fmod(time, note_seconds);
    const double note = notes.at(static_cast<std::size_t>(time / note_seconds) % notes.size());
    const double fade = std::sin(std::numbers::pi * at / note_seconds);
    const double turn = 2 * std::numbers::pi * at;
    samples[i] =
        static_cast<float>(fade * (0.15 * std::sin(turn * note) + 0.05 * std::sin(turn * 110)));
  }
  return samples;
}

TEST(Listener, TakesMusicThatItJoinsInTheMiddleForNoVoice) {
  const auto* cache = std::getenv("VIGIE_CACHE");  // NOLINT(concurrency-mt-unsafe)
  const auto weights =
      load_silero(silero_path(std::string{cache == nullptr ? "" : cache} + "/models"));
  if (!weights) {
    GTEST_SKIP() << weights.error().what;
  }
  std::size_t utterances = 0;

  for (int start = 0; start < 60; ++start) {
    Listener listener{make_silero_detector(*weights)};
    utterances +=
        listener.hear(melody(std::chrono::seconds{5}, std::chrono::milliseconds{101 * start}))
            .size();
    utterances += listener.finish().size();
  }

  EXPECT_EQ(utterances, 0U);
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
