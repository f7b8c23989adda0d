// SPDX-License-Identifier: Apache-2.0
// How many lives this machine can hold, found out by trying when it starts.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "transcribe/transcriber.hpp"

namespace vigie::transcribe {

struct Capacity {
  int lives = 0;               // at once, all of them speaking without a pause
  double cpu_per_audio_s = 0;  // seconds of one core for a second of speech
  std::size_t workers = 0;     // that can really work at once
  std::string model;
};

// Recognises eight seconds of an artificial voice, two or three times in at most about two seconds
// of CPU (once, however long that takes, with a model too large for this machine), and takes from
// that what real speech costs: it says more words than the voice does, and some of it is heard
// twice. An estimate: bench_transcribe measures. Blocking, on a thread of its own.
Result<Capacity> measure_capacity(Transcriber& transcriber, std::size_t cores);

// What follows from the CPU seconds that the voice took.
Capacity capacity_from(double cpu_s, std::size_t workers, std::size_t cores);

// Syllables of vowels, 16 kHz: speech to a detector, no words to anybody.
std::vector<float> artificial_voice(double seconds);

}  // namespace vigie::transcribe
