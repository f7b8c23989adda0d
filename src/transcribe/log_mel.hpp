// SPDX-License-Identifier: Apache-2.0
// What Whisper sees of sound: the logarithm of its energy in mel bands, every 10 ms, to the formula
// of OpenAI's whisper/audio.py (window 400, hop 160, Slaney's bands).
#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace vigie::transcribe {

class LogMel {
 public:
  explicit LogMel(std::size_t bands);  // 80, or 128 for large-v3

  std::size_t bands() const { return bands_.size(); }

  // bands() rows of `frames` values. samples: at most 160 · frames; silence follows them.
  // Safe from several threads.
  std::vector<float> compute(std::span<const float> samples, std::size_t frames) const;

 private:
  struct Band {
    std::size_t first_bin = 0;
    std::vector<float> weights;
  };
  // Into features[band · frames + i] for the first `lanes` windows of power.
  void add_bands(std::span<const float> power, std::size_t lanes, std::size_t frames,
                 std::span<float> features) const;

  std::vector<Band> bands_;
  std::array<float, 400> window_{};
};

// |X(k)|² for k = 0…200 of eight windows of 400 samples at once; the windows lie side by side
// (value n of window i at [8·n + i]), which lets the compiler compute them together.
inline constexpr std::size_t power_lanes = 8;
inline constexpr std::size_t power_window = 400;
inline constexpr std::size_t power_bins = 201;
void power_spectrum(std::span<const float, power_window * power_lanes> windows,
                    std::span<float, power_bins * power_lanes> power);

}  // namespace vigie::transcribe
