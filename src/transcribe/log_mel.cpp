// SPDX-License-Identifier: Apache-2.0
#include "transcribe/log_mel.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vigie::transcribe {
namespace {

constexpr std::size_t hop = 160;
constexpr std::size_t half_window = power_window / 2;
constexpr double sample_rate = 16'000;
constexpr float quietest = -10;  // log10 of the floor, 1e-10

// 400 real values are transformed as 200 complex ones.
constexpr std::size_t points = power_window / 2;

struct Lanes {
  std::array<float, power_lanes> re;
  std::array<float, power_lanes> im;
};
using Points = std::array<Lanes, points>;

struct Root {
  float re;
  float im;
};

// e^(-2πik/400), from which every other root of the transform is taken.
const std::array<Root, power_window>& roots() {
  static const auto table = [] {
    std::array<Root, power_window> made{};
    for (std::size_t k = 0; k < made.size(); ++k) {
      const double angle = -2 * std::numbers::pi * static_cast<double>(k) / power_window;
      made[k] = {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
    }
    return made;
  }();
  return table;
}

void add_product(Lanes& sum, const Lanes& value, Root root) {
  for (std::size_t i = 0; i < power_lanes; ++i) {
    sum.re[i] += value.re[i] * root.re - value.im[i] * root.im;
    sum.im[i] += value.re[i] * root.im + value.im[i] * root.re;
  }
}

// One pass of Stockham's transform (Van Loan, Computational Frameworks for the FFT, §1.7): `stride`
// interleaved transforms of `length` points each become radix times as many of length / radix.
template <std::size_t Radix>
void pass(const Points& from, Points& to, std::size_t length, std::size_t stride) {
  const auto& root = roots();
  const auto part = length / Radix;
  for (std::size_t p = 0; p < part; ++p) {
    for (std::size_t k = 0; k < Radix; ++k) {
      // Σj x[p + part·j] · e^(-2πi·jk/Radix), turned by e^(-2πi·pk/length).
      std::array<Root, Radix> turn;
      for (std::size_t j = 0; j < Radix; ++j) {
        turn[j] = root[(p + part * j) * k % length * (power_window / length)];
      }
      for (std::size_t q = 0; q < stride; ++q) {
        Lanes sum{};
        for (std::size_t j = 0; j < Radix; ++j) {
          add_product(sum, from[q + stride * (p + part * j)], turn[j]);
        }
        to[q + stride * (Radix * p + k)] = sum;
      }
    }
  }
}

void transform(Points& values) {
  Points other;
  pass<5>(values, other, 200, 1);
  pass<5>(other, values, 40, 5);
  pass<4>(values, other, 8, 25);
  pass<2>(other, values, 2, 100);
}

double to_mel(double hertz) {
  // Slaney's Auditory Toolbox: linear below 1 kHz, logarithmic above.
  return hertz < 1000 ? hertz * 3 / 200 : 15 + std::log(hertz / 1000) * 27 / std::log(6.4);
}

double to_hertz(double mel) {
  return mel < 15 ? mel * 200 / 3 : 1000 * std::exp((mel - 15) * std::log(6.4) / 27);
}

}  // namespace

void power_spectrum(std::span<const float, power_window * power_lanes> windows,
                    std::span<float, power_bins * power_lanes> power) {
  Points values;
  for (std::size_t n = 0; n < points; ++n) {
    for (std::size_t i = 0; i < power_lanes; ++i) {
      values[n].re[i] = windows[2 * n * power_lanes + i];
      values[n].im[i] = windows[(2 * n + 1) * power_lanes + i];
    }
  }
  transform(values);
  for (std::size_t k = 0; k <= points; ++k) {
    // The halves of even and odd samples are told apart by symmetry, then joined.
    const auto& here = values[k % points];
    const auto& there = values[(points - k) % points];
    const auto root = roots()[k];
    for (std::size_t i = 0; i < power_lanes; ++i) {
      const float even_re = (here.re[i] + there.re[i]) / 2;
      const float even_im = (here.im[i] - there.im[i]) / 2;
      const float odd_re = (here.im[i] + there.im[i]) / 2;
      const float odd_im = (there.re[i] - here.re[i]) / 2;
      const float re = even_re + root.re * odd_re - root.im * odd_im;
      const float im = even_im + root.re * odd_im + root.im * odd_re;
      power[k * power_lanes + i] = re * re + im * im;
    }
  }
}

LogMel::LogMel(std::size_t bands) : bands_(bands) {
  for (std::size_t n = 0; n < power_window; ++n) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(n) / power_window;
    window_[n] = static_cast<float>(0.5 - 0.5 * std::cos(angle));
  }
  const double highest = to_mel(sample_rate / 2);
  const auto edge = [&](std::size_t i) {
    return to_hertz(highest * static_cast<double>(i) / static_cast<double>(bands + 1));
  };
  for (std::size_t band = 0; band < bands; ++band) {
    const double low = edge(band);
    const double middle = edge(band + 1);
    const double high = edge(band + 2);
    for (std::size_t bin = 0; bin < power_bins; ++bin) {
      const double hertz = static_cast<double>(bin) * sample_rate / power_window;
      const double height =
          std::min((hertz - low) / (middle - low), (high - hertz) / (high - middle));
      if (height <= 0) {
        continue;
      }
      if (bands_[band].weights.empty()) {
        bands_[band].first_bin = bin;
      }
      // Each band has the same area, whatever its width.
      bands_[band].weights.push_back(static_cast<float>(height * 2 / (high - low)));
    }
  }
}

std::vector<float> LogMel::compute(std::span<const float> samples, std::size_t frames) const {
  samples = samples.first(std::min(samples.size(), frames * hop));
  // Half a window is mirrored at both ends, as torch.stft(center=True) does.
  std::vector<float> sound(frames * hop + power_window);
  std::copy(samples.begin(), samples.end(), sound.begin() + half_window);
  for (std::size_t i = 1; i <= half_window; ++i) {
    sound[half_window - i] = sound[half_window + i];
    sound[half_window + frames * hop - 1 + i] = sound[half_window + frames * hop - 1 - i];
  }
  // Frames that hold nothing but the silence after the samples need no transform.
  const auto spoken = std::min(frames, (samples.size() + half_window) / hop + 1);
  const bool is_mirrored = samples.size() + half_window > frames * hop;
  const auto computed = is_mirrored ? frames : spoken;

  std::vector<float> features(bands_.size() * frames, quietest);
  std::array<float, power_window * power_lanes> windows{};
  std::array<float, power_bins * power_lanes> power{};
  for (std::size_t first = 0; first < computed; first += power_lanes) {
    const auto lanes = std::min(power_lanes, computed - first);
    for (std::size_t i = 0; i < lanes; ++i) {
      for (std::size_t n = 0; n < power_window; ++n) {
        windows[n * power_lanes + i] = sound[(first + i) * hop + n] * window_[n];
      }
    }
    power_spectrum(windows, power);
    add_bands(power, lanes, frames, std::span{features}.subspan(first));
  }
  const float loudest = *std::max_element(features.begin(), features.end());
  for (float& value : features) {
    value = (std::max(value, loudest - 8) + 4) / 4;
  }
  return features;
}

void LogMel::add_bands(std::span<const float> power, std::size_t lanes, std::size_t frames,
                       std::span<float> features) const {
  for (std::size_t band = 0; band < bands_.size(); ++band) {
    std::array<float, power_lanes> sums{};
    const float* bin = &power[bands_[band].first_bin * power_lanes];
    for (const float weight : bands_[band].weights) {
      for (std::size_t i = 0; i < power_lanes; ++i) {
        sums[i] += weight * bin[i];
      }
      bin += power_lanes;
    }
    for (std::size_t i = 0; i < lanes; ++i) {
      features[band * frames + i] = std::log10(std::max(sums[i], 1e-10F));
    }
  }
}

}  // namespace vigie::transcribe
