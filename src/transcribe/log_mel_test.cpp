// SPDX-License-Identifier: Apache-2.0
#include "transcribe/log_mel.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <random>

namespace vigie::transcribe {
namespace {

TEST(PowerSpectrum, EqualsThePlainTransform) {
  std::mt19937 random{1};
  std::uniform_real_distribution<float> sample{-1, 1};
  std::array<float, power_window * power_lanes> windows;
  for (auto& value : windows) {
    value = sample(random);
  }
  std::array<float, power_bins * power_lanes> power;

  power_spectrum(windows, power);

  for (std::size_t lane = 0; lane < power_lanes; ++lane) {
    for (std::size_t k = 0; k < power_bins; ++k) {
      std::complex<double> sum;
      for (std::size_t n = 0; n < power_window; ++n) {
        sum += static_cast<double>(windows[n * power_lanes + lane]) *
               std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(k * n) / power_window);
      }
      EXPECT_NEAR(power[k * power_lanes + lane], std::norm(sum), 1e-3 + 1e-5 * std::norm(sum));
    }
  }
}

// OpenAI's formula written out plainly, in double precision.
std::vector<double> plain_log_mel(const std::vector<float>& samples, std::size_t bands,
                                  std::size_t frames) {
  const auto at = [&](std::ptrdiff_t i) {
    const auto length = static_cast<std::ptrdiff_t>(frames * 160);
    i = i < 0 ? -i : i;
    i = i >= length ? 2 * length - 2 - i : i;
    const auto place = static_cast<std::size_t>(i);
    return place < samples.size() ? static_cast<double>(samples[place]) : 0.0;
  };
  const auto hertz = [&](std::size_t i) {
    const double mel = (15 + std::log(8.0) * 27 / std::log(6.4)) * static_cast<double>(i) /
                       static_cast<double>(bands + 1);
    return mel < 15 ? mel * 200 / 3 : 1000 * std::exp((mel - 15) * std::log(6.4) / 27);
  };
  std::vector<double> features(bands * frames);
  for (std::size_t frame = 0; frame < frames; ++frame) {
    std::array<double, 201> power{};
    for (std::size_t k = 0; k < power.size(); ++k) {
      std::complex<double> sum;
      for (std::size_t n = 0; n < 400; ++n) {
        const double hann =
            0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(n) / 400);
        sum += at(static_cast<std::ptrdiff_t>(frame * 160 + n) - 200) * hann *
               std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(k * n % 400) / 400);
      }
      power[k] = std::norm(sum);
    }
    for (std::size_t band = 0; band < bands; ++band) {
      double energy = 0;
      for (std::size_t k = 0; k < power.size(); ++k) {
        const double f = static_cast<double>(k) * 40;
        const double height = std::min((f - hertz(band)) / (hertz(band + 1) - hertz(band)),
                                       (hertz(band + 2) - f) / (hertz(band + 2) - hertz(band + 1)));
        energy += std::max(0.0, height) * 2 / (hertz(band + 2) - hertz(band)) * power[k];
      }
      features[band * frames + frame] = std::log10(std::max(energy, 1e-10));
    }
  }
  const double loudest = *std::max_element(features.begin(), features.end());
  for (auto& value : features) {
    value = (std::max(value, loudest - 8) + 4) / 4;
  }
  return features;
}

std::vector<float> chirp(std::size_t count) {
  std::vector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double t = static_cast<double>(i) / 16'000;
    samples[i] = static_cast<float>(0.4 * std::sin(2 * std::numbers::pi * (200 + 3000 * t) * t));
  }
  return samples;
}

void expect_equal(std::size_t bands, std::size_t samples, std::size_t frames) {
  const auto sound = chirp(samples);
  const auto expected = plain_log_mel(sound, bands, frames);

  const auto features = LogMel{bands}.compute(sound, frames);

  ASSERT_EQ(features.size(), expected.size());
  double largest = 0;
  for (std::size_t i = 0; i < features.size(); ++i) {
    largest = std::max(largest, std::abs(features[i] - expected[i]));
  }
  EXPECT_LT(largest, 1e-3) << bands << " bands, " << samples << " samples, " << frames << " frames";
}

TEST(LogMel, EqualsTheFormula) {
  expect_equal(80, 2'000, 24);
  expect_equal(128, 2'000, 24);
  expect_equal(80, 3'799, 24);
}

TEST(LogMel, MirrorsTheEndOfAFullWindow) {
  expect_equal(80, 24 * 160, 24);
}

TEST(LogMel, SurvivesNoSoundAndAFewSamples) {
  expect_equal(80, 0, 16);
  expect_equal(80, 1, 16);
  expect_equal(80, 150, 16);
}

TEST(LogMel, LeavesOutWhatDoesNotFit) {
  const auto features = LogMel{80}.compute(chirp(10'000), 16);

  EXPECT_EQ(features.size(), 80U * 16U);
}

}  // namespace
}  // namespace vigie::transcribe
