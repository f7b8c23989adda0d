// SPDX-License-Identifier: Apache-2.0
// One stream of sound on its way to words: takes samples as they come, in any chunks, and returns
// the utterances they complete. One thread at a time.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "transcribe/cutter.hpp"
#include "transcribe/speech_detector.hpp"

namespace vigie::transcribe {

class Listener {
 public:
  explicit Listener(std::unique_ptr<SpeechDetector> detector, CutterLimits limits = {});

  std::vector<Utterance> hear(std::span<const float> samples);

  // The sound stops here: what is open is complete, and what may come next does not follow it.
  std::vector<Utterance> finish();

  // Samples taken so far, in the places of the utterances.
  std::int64_t position() const;

  std::int64_t settled() const { return cutter_.settled(); }                      // as Cutter's
  std::span<const float> open_samples() const { return cutter_.open_samples(); }  // likewise

 private:
  std::vector<Utterance> hear_rest(std::size_t frames_at_hand);
  void prime(std::span<const float> frames);
  float likely(std::span<const float> frame);

  std::unique_ptr<SpeechDetector> detector_;
  bool is_primed_ = false;
  int quiet_frames_ = 0;  // since the last utterance
  Cutter cutter_;
  std::vector<float> rest_;  // less than a frame, or than what primes the detector
};

}  // namespace vigie::transcribe
