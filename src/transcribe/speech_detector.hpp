// SPDX-License-Identifier: Apache-2.0
// How likely each 32 ms of sound is to be speech: Silero VAD 6.2, 16 kHz, computed here from the
// weights in its ONNX file, and held against what ONNX Runtime computes
// (tests/speech/vad_equality.py). The safetensors file of the same package holds an older network,
// which is another one on a frame in 13.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"

namespace vigie::transcribe {

inline constexpr std::size_t samples_in_frame = 512;

// One stream of sound; one thread at a time.
class SpeechDetector {
 public:
  virtual ~SpeechDetector() = default;

  // The probability, 0 to 1, that the next frame is speech. frame: samples_in_frame samples.
  virtual float hear(std::span<const float> frame) = 0;

  // Forgets what was heard: what comes next does not follow it.
  virtual void reset() = 0;
};

// 1.2 MB, read once, shared by every detector and never changed.
struct SileroWeights;

// Errc::not_found with the cure, Errc::corrupt when it is not the network we know.
Result<std::shared_ptr<const SileroWeights>> load_silero(const std::string& path);

std::unique_ptr<SpeechDetector> make_silero_detector(std::shared_ptr<const SileroWeights> weights);

// Makes a detector for each new stream.
using DetectorFactory = std::function<std::unique_ptr<SpeechDetector>()>;
DetectorFactory silero_detectors(std::shared_ptr<const SileroWeights> weights);

// Where tools/setup puts the weights below a folder of models.
std::string silero_path(const std::string& models_folder);

}  // namespace vigie::transcribe
