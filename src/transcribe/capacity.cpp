// SPDX-License-Identifier: Apache-2.0
#include "transcribe/capacity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "media/pcm.hpp"
#include "transcribe/cpu_time.hpp"

namespace vigie::transcribe {
namespace {

constexpr double voice_seconds = 8;
constexpr int most_rounds = 3;
constexpr double enough_cpu_s = 1.3;  // then no further round is begun

// CPU seconds for a second of real speech, against those for a second of the artificial voice, with
// base on the same machine: 0.036 and 0.0145 (bench_transcribe prints both), and room for worse
// speech.
constexpr double speech_per_voice = 2.8;
// What is left to capture, analysis, the database and the pages.
constexpr double share_of_machine = 0.7;

struct Formant {
  double hertz;
  double width;
};
using Vowel = std::array<Formant, 3>;
constexpr std::array<Vowel, 4> vowels{{{{{700, 80}, {1200, 90}, {2600, 120}}},
                                       {{{300, 60}, {2200, 100}, {3000, 150}}},
                                       {{{400, 70}, {800, 80}, {2500, 120}}},
                                       {{{500, 70}, {1700, 100}, {2500, 120}}}}};

}  // namespace

std::vector<float> artificial_voice(double seconds) {
  constexpr double rate = media::sample_rate;
  constexpr double syllable_s = 0.22;
  constexpr double sounding = 0.8;  // of a syllable
  std::array<std::array<double, 2>, 3> past{};
  double phase = 0;
  std::vector<float> samples(static_cast<std::size_t>(seconds * rate));
  for (std::size_t n = 0; n < samples.size(); ++n) {
    const double time = static_cast<double>(n) / rate;
    const double syllable = time / syllable_s;
    const auto& vowel = vowels[static_cast<std::size_t>(syllable) * 7 % vowels.size()];
    phase += (140 + 25 * std::sin(2 * std::numbers::pi * 0.7 * time)) / rate;
    double pulse = 0;
    if (phase >= 1) {
      phase -= 1;
      pulse = syllable - std::floor(syllable) < sounding ? 1 : 0;
    }
    double total = 0;
    for (std::size_t i = 0; i < vowel.size(); ++i) {
      const double radius = std::exp(-std::numbers::pi * vowel[i].width / rate);
      const double value =
          pulse + 2 * radius * std::cos(2 * std::numbers::pi * vowel[i].hertz / rate) * past[i][0] -
          radius * radius * past[i][1];
      past[i] = {value, past[i][0]};
      total += value;
    }
    samples[n] = static_cast<float>(0.03 * total);
  }
  return samples;
}

Capacity capacity_from(double cpu_s, std::size_t workers, std::size_t cores) {
  Capacity capacity;
  capacity.workers = std::min(workers, std::max<std::size_t>(cores, 1));
  capacity.cpu_per_audio_s = cpu_s / voice_seconds * speech_per_voice;
  if (capacity.cpu_per_audio_s > 0) {
    capacity.lives = static_cast<int>(share_of_machine * static_cast<double>(capacity.workers) /
                                      capacity.cpu_per_audio_s);
  }
  return capacity;
}

Result<Capacity> measure_capacity(Transcriber& transcriber, std::size_t cores) {
  const auto voice = artificial_voice(voice_seconds);
  const Ask ask{.language = "fr", .effort = Effort::glimpse};
  double least = 0;  // the first round warms up, others may be disturbed
  double spent = 0;
  for (int round = 0; round < most_rounds && spent < enough_cpu_s; ++round) {
    const auto before = cpu_seconds(RUSAGE_THREAD);
    const auto heard = transcriber.transcribe(voice, ask, {});
    if (!heard) {
      return heard.error().during("finding out how many lives this machine holds");
    }
    const auto cost = cpu_seconds(RUSAGE_THREAD) - before;
    spent += cost;
    least = round == 0 ? cost : std::min(least, cost);
  }
  auto capacity = capacity_from(least, transcriber.workers(), cores);
  capacity.model = transcriber.model();
  return capacity;
}

}  // namespace vigie::transcribe
