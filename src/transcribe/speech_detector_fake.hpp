// SPDX-License-Identifier: Apache-2.0
// A detector that calls loud what is speech: for tests that have no weights.
#pragma once
#include <algorithm>
#include <cmath>

#include "transcribe/speech_detector.hpp"

namespace vigie::transcribe {

class LoudnessDetector final : public SpeechDetector {
 public:
  float hear(std::span<const float> frame) override {
    const bool is_loud = std::any_of(frame.begin(), frame.end(),
                                     [](float sample) { return std::abs(sample) > 0.01F; });
    return is_loud ? 0.9F : 0.05F;
  }
  void reset() override {}
};

}  // namespace vigie::transcribe
