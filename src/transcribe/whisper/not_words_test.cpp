// SPDX-License-Identifier: Apache-2.0
// Where nobody speaks there are no words: silence, noise, hum and music through the whole chain,
// detector, cutter, recogniser. Ten seconds each; VIGIE_SILENCE_S says for how long instead.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <numbers>

#include "base/random_fake.hpp"
#include "base/text.hpp"
#include "media/pcm.hpp"
#include "media/sound_file.hpp"
#include "transcribe/listener.hpp"
#include "transcribe/models.hpp"
#include "transcribe/whisper/whisper_transcriber.hpp"

namespace vigie::transcribe {
namespace {

constexpr double tau = 2 * std::numbers::pi;

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::string{} : std::string{value};
}

double seconds_wanted() {
  return to_number(variable("VIGIE_SILENCE_S")).value_or(10);
}

using Sound = std::function<float(std::size_t)>;

double time_of(std::size_t n) {
  return static_cast<double>(n) / media::sample_rate;
}

float hum(std::size_t n) {
  double value = 0;
  for (const double harmonic : {1.0, 2.0, 3.0, 5.0, 9.0}) {
    value += 0.1 / harmonic * std::sin(tau * 50 * harmonic * time_of(n));
  }
  return static_cast<float>(value);
}

// Four chords, plucked, two notes a second above them.
float music(std::size_t n) {
  constexpr double chords[4][3] = {
      {220, 261.6, 329.6}, {174.6, 220, 261.6}, {261.6, 329.6, 392}, {196, 246.9, 293.7}};
  const double time = time_of(n);
  const auto& chord = chords[static_cast<std::size_t>(time / 2) % 4];
  const double since = std::fmod(time, 2.0);
  double value = 0;
  for (const double note : chord) {
    for (int overtone = 1; overtone <= 4; ++overtone) {
      value += 0.05 / overtone * std::exp(-1.2 * since) * std::sin(tau * note * overtone * time);
    }
  }
  const double melody = chord[static_cast<std::size_t>(time * 2) % 3] * 2;
  value += 0.08 * std::exp(-4 * std::fmod(time, 0.5)) * std::sin(tau * melody * time);
  return static_cast<float>(value);
}

class NoWords : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto models = variable("VIGIE_CACHE") + "/models";
    const auto model = find_model(models, "base");
    auto weights = load_silero(silero_path(models));
    if (!model || !weights) {
      why_not_ = model ? weights.error().what : model.error().what;
      return;
    }
    whisper_ = open_whisper({.model_folder = model->folder}).value();
    weights_ = *weights;
  }
  static void TearDownTestSuite() { whisper_.reset(); }

  void SetUp() override {
    if (!whisper_) {
      GTEST_SKIP() << why_not_;
    }
  }

  void expect_none(const Sound& sound) {
    Listener listener{make_silero_detector(weights_)};
    const auto all = static_cast<std::size_t>(seconds_wanted() * media::sample_rate);
    std::vector<float> chunk;
    for (std::size_t n = 0; n < all; ++n) {
      chunk.push_back(sound(n));
      if (chunk.size() == 8'000 || n + 1 == all) {
        hear(listener.hear(chunk));
        chunk.clear();
      }
    }
    hear(listener.finish());
    EXPECT_EQ(words_, "") << utterances_ << " utterances";
    RecordProperty("utterances", utterances_);
  }

  void expect_none_in(const std::string& name) {
    const auto path = std::filesystem::path{variable("VIGIE_SOURCE_DIR")} /
                      "../shared/speech/audio" / (name + ".flac");
    const auto samples = media::read_sound_file(path.string());
    if (!samples) {
      GTEST_SKIP() << samples.error().what;
    }
    expect_none([&](std::size_t n) { return (*samples)[n % samples->size()]; });
  }

 private:
  void hear(const std::vector<Utterance>& utterances) {
    for (const auto& utterance : utterances) {
      ++utterances_;
      const auto heard = whisper_->transcribe(utterance.samples, {"fr"}, {});
      ASSERT_TRUE(heard) << heard.error().what;
      words_ += heard->text;
    }
  }

  inline static std::unique_ptr<Transcriber> whisper_;
  inline static std::shared_ptr<const SileroWeights> weights_;
  inline static std::string why_not_;
  std::string words_;
  int utterances_ = 0;
};

TEST_F(NoWords, ComeFromSilence) {
  expect_none([](std::size_t) { return 0.0F; });
}

TEST_F(NoWords, ComeFromNoise) {
  SeededRandom random;
  expect_none([&](std::size_t) { return static_cast<float>(0.2 * (2 * random.unit() - 1)); });
}

TEST_F(NoWords, ComeFromHum) {
  expect_none(hum);
}

TEST_F(NoWords, ComeFromMusic) {
  expect_none(music);
}

TEST_F(NoWords, ComeFromRecordingsWithoutSpeech) {
  for (const auto* name : {"ns-silence-30", "ns-noise-30", "ns-music-30"}) {
    expect_none_in(name);
  }
}

}  // namespace
}  // namespace vigie::transcribe
