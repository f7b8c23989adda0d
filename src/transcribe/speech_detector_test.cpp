// SPDX-License-Identifier: Apache-2.0
#include "transcribe/speech_detector.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numbers>
#include <vector>

#include "transcribe/onnx_weights.hpp"

namespace vigie::transcribe {
namespace {

// What Silero's own ONNX file says of voice(): printed by tests/speech/vowel.py.
constexpr std::array golden{
    0.47181F, 0.63783F, 0.52333F, 0.24934F, 0.22355F, 0.23520F, 0.14664F, 0.12376F, 0.08213F,
    0.06177F, 0.05150F, 0.03411F, 0.02603F, 0.02605F, 0.02217F, 0.01570F, 0.01775F, 0.02880F,
    0.01942F, 0.00123F, 0.00457F, 0.00461F, 0.00374F, 0.00429F, 0.00385F, 0.00325F, 0.00297F,
    0.00281F, 0.00273F, 0.00267F, 0.00261F, 0.08186F, 0.33890F, 0.33124F, 0.09390F, 0.03904F,
    0.03195F, 0.03278F, 0.02574F, 0.01919F, 0.02367F, 0.01289F, 0.00776F, 0.00844F, 0.00878F,
    0.00568F, 0.00562F, 0.00502F, 0.00703F, 0.00457F, 0.00505F, 0.00449F, 0.00690F, 0.00669F,
    0.00538F, 0.00472F, 0.00370F, 0.00318F, 0.00295F, 0.00282F, 0.00271F, 0.00259F, 0.04936F,
    0.49756F, 0.26981F, 0.11424F, 0.04205F, 0.03001F, 0.02636F, 0.04537F, 0.07956F, 0.18917F,
    0.07071F, 0.02301F, 0.01464F, 0.00825F, 0.00755F, 0.00582F, 0.00522F, 0.00517F, 0.00581F,
    0.00895F, 0.00345F, 0.00441F, 0.00285F, 0.00255F, 0.00207F, 0.00164F, 0.00151F, 0.00145F,
    0.00142F, 0.00139F, 0.00135F, 0.00131F,
};

// A pulse train at 110 to 150 Hz through three resonators, on for 0.6 s, off for 0.4 s; 3 s.
std::vector<float> voice() {
  constexpr double rate = 16'000;
  constexpr double pi = std::numbers::pi;
  struct Formant {
    double hertz;
    double width;
    double last = 0;
    double before = 0;
  };
  std::array<Formant, 3> formants{{{700, 80}, {1200, 90}, {2600, 120}}};
  double phase = 0;
  std::vector<float> samples;
  for (int n = 0; n < 48'000; ++n) {
    phase += (130 + 20 * std::sin(2 * pi * 3 * n / rate)) / rate;
    double pulse = 0;
    if (phase >= 1) {
      phase -= 1;
      pulse = n % 16'000 < 9'600 ? 1 : 0;
    }
    double total = 0;
    for (auto& formant : formants) {
      const double radius = std::exp(-pi * formant.width / rate);
      const double value = pulse +
                           2 * radius * std::cos(2 * pi * formant.hertz / rate) * formant.last -
                           radius * radius * formant.before;
      formant.before = formant.last;
      formant.last = value;
      total += value;
    }
    samples.push_back(static_cast<float>(0.03 * total));
  }
  samples.resize(golden.size() * samples_in_frame);
  return samples;
}

std::vector<float> hear(SpeechDetector& detector, const std::vector<float>& samples) {
  std::vector<float> probabilities;
  for (std::size_t at = 0; at < samples.size(); at += samples_in_frame) {
    probabilities.push_back(detector.hear(std::span{samples}.subspan(at, samples_in_frame)));
  }
  return probabilities;
}

class Silero : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* cache = std::getenv("VIGIE_CACHE");  // NOLINT(concurrency-mt-unsafe)
    auto loaded = load_silero(silero_path(std::string{cache == nullptr ? "" : cache} + "/models"));
    if (!loaded) {
      GTEST_SKIP() << loaded.error().what;
    }
    weights = std::move(*loaded);
  }
  std::shared_ptr<const SileroWeights> weights;
};

TEST_F(Silero, SaysWhatItsOwnOnnxFileSays) {
  const auto detector = make_silero_detector(weights);

  const auto found = hear(*detector, voice());

  ASSERT_EQ(found.size(), golden.size());
  for (std::size_t i = 0; i < golden.size(); ++i) {
    EXPECT_NEAR(found[i], golden[i], 2e-4) << "frame " << i;
  }
}

TEST_F(Silero, StartsAfreshAfterReset) {
  const auto detector = make_silero_detector(weights);
  const auto first = hear(*detector, voice());
  const auto without_reset = hear(*detector, voice());
  detector->reset();

  const auto afresh = hear(*detector, voice());

  EXPECT_EQ(first, afresh);
  EXPECT_NE(first, without_reset);
}

TEST_F(Silero, DetectorsShareTheirWeightsAndNothingElse) {
  const auto one = make_silero_detector(weights);
  const auto two = make_silero_detector(weights);
  const auto samples = voice();
  const std::vector<float> silence(samples_in_frame * 20);

  const auto expected = hear(*one, samples);
  hear(*one, silence);
  const auto found = hear(*two, samples);

  EXPECT_EQ(expected, found);
}

TEST(SileroWeights, ThatAreMissingAreNotFoundAndSayTheCure) {
  const auto loaded = load_silero("/nowhere/silero.onnx");

  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Errc::not_found);
  EXPECT_NE(loaded.error().what.find("make setup"), std::string::npos);
}

// Protobuf by hand: short fields only.
std::string bytes_field(int number, std::string_view bytes) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())}.append(
      bytes);
}
std::string number_field(int number, int value) {
  return {static_cast<char>(number << 3), static_cast<char>(value)};
}
std::string tensor_of(std::string_view name, int type, int size, std::string_view data) {
  return number_field(1, size) + number_field(2, type) + bytes_field(8, name) +
         bytes_field(9, data);
}

constexpr std::string_view two_floats{"\0\0\xC0\x3F\0\0\0\xC0", 8};

TEST(OnnxWeights, AreInitialisersAndConstantsHoweverDeep) {
  const auto constant = bytes_field(
      1, bytes_field(2, "inner") + bytes_field(5, bytes_field(5, tensor_of("", 1, 2, two_floats))));
  const auto branch = bytes_field(1, bytes_field(5, bytes_field(6, constant)));
  const auto model =
      number_field(1, 8) +
      bytes_field(7, bytes_field(5, tensor_of("w", 1, 2, two_floats)) +
                         bytes_field(5, tensor_of("whole", 7, 1, two_floats)) + branch);

  const auto tensors = parse_onnx_weights(model);

  ASSERT_TRUE(tensors) << tensors.error().what;
  ASSERT_EQ(tensors->size(), 2U);
  EXPECT_EQ(tensors->at("w").shape, std::vector<std::size_t>{2});
  EXPECT_EQ(tensors->at("w").values, (std::vector<float>{1.5F, -2.0F}));
  EXPECT_EQ(tensors->at("inner").values, (std::vector<float>{1.5F, -2.0F}));
}

TEST(OnnxWeights, ThatLieAreCorrupt) {
  const auto graph_of = [](const std::string& tensor) {
    return bytes_field(7, bytes_field(5, tensor));
  };
  std::string deep = bytes_field(1, "");
  for (int i = 0; i < 12; ++i) {
    deep = bytes_field(1, bytes_field(5, bytes_field(6, deep)));
  }
  for (const auto& bytes : {
           std::string{},
           std::string{"<!doctype html>"},
           std::string(12, '\xFF'),
           std::string{"\x3A\x7F"},
           number_field(1, 8),
           graph_of(tensor_of("w", 1, 1, two_floats)),
           graph_of(tensor_of("w", 1, 3, two_floats)),
           graph_of(std::string{"\x08\xFF\xFF\xFF\xFF\xFF\x7F", 7} +
                    tensor_of("w", 1, 2, two_floats)),
           graph_of(tensor_of("w", 1, 2, two_floats)).substr(0, 12),
           bytes_field(7, deep),
       }) {
    const auto tensors = parse_onnx_weights(bytes);

    ASSERT_FALSE(tensors) << ::testing::PrintToString(bytes);
    EXPECT_EQ(tensors.error().code, Errc::corrupt);
  }
}

TEST(SileroWeights, OfAnotherNetworkAreCorrupt) {
  const auto path = ::testing::TempDir() + "other.onnx";
  std::ofstream{path, std::ios::binary}
      << bytes_field(7, bytes_field(5, tensor_of("w", 1, 2, two_floats)));

  const auto loaded = load_silero(path);

  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Errc::corrupt);
}

}  // namespace
}  // namespace vigie::transcribe
