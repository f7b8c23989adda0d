// SPDX-License-Identifier: Apache-2.0
// What recognising costs: CPU seconds a second of sound, and where they go.
//   bench_transcribe [--model NAME|DIR] [--workers N] [--rounds N] [--language fr] [FILE…]
// Without files: French ones of ../shared, else the demo's voice. The words, for
// tests/speech/wer.py, go to stdout as `vigie transcribe --json` writes them with --words.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "async/clock.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "media/pcm.hpp"
#include "media/sound_file.hpp"
#include "transcribe/capacity.hpp"
#include "transcribe/files.hpp"
#include "transcribe/listener.hpp"
#include "transcribe/log_mel.hpp"
#include "transcribe/models.hpp"
#include "transcribe/whisper/whisper_transcriber.hpp"

namespace {

using namespace vigie;  // NOLINT(google-build-using-namespace)

struct Options {
  std::string model = "base";
  std::string language = "fr";
  std::size_t workers = 1;
  std::size_t rounds = 3;
  bool words = false;
  std::vector<std::string> files;
};

double cpu() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::string{} : std::string{value};
}

std::filesystem::path cache() {
  if (const auto set = variable("VIGIE_CACHE"); !set.empty()) {
    return set;
  }
  const auto base = variable("XDG_CACHE_HOME");
  return std::filesystem::path{base.empty() ? variable("HOME") + "/.cache" : base} / "vigie";
}

std::vector<std::string> default_files() {
  std::vector<std::string> files;
  const std::filesystem::path audio{"../shared/speech/audio"};
  for (const auto* name : {"fleurs-fr-000", "fleurs-fr-002", "fleurs-fr-004", "fleurs-fr-006",
                           "fleurs-fr-008", "long-fr-real-shared"}) {
    const auto path = audio / (std::string{name} + ".flac");
    if (std::filesystem::exists(path)) {
      files.push_back(path.string());
    }
  }
  if (files.empty()) {
    files.push_back((cache() / "demo/jfk.wav").string());
  }
  return files;
}

Options parse(const std::vector<std::string>& words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool has_value = i + 1 < words.size();
    if (words[i] == "--words") {
      options.words = true;
    } else if (words[i] == "--model" && has_value) {
      options.model = words[++i];
    } else if (words[i] == "--language" && has_value) {
      options.language = words[++i];
    } else if (words[i] == "--workers" && has_value) {
      options.workers = static_cast<std::size_t>(to_integer(words[++i]).value_or(1));
    } else if (words[i] == "--rounds" && has_value) {
      options.rounds = static_cast<std::size_t>(to_integer(words[++i]).value_or(3));
    } else {
      options.files.push_back(words[i]);
    }
  }
  if (options.files.empty()) {
    options.files = default_files();
  }
  return options;
}

// What comes before the recogniser, alone: decoding, detection and cutting, features.
void measure_ears(const std::vector<std::string>& files,
                  const transcribe::DetectorFactory& detectors) {
  double seconds = 0;
  double decoding = 0;
  double listening = 0;
  double features = 0;
  const transcribe::LogMel mel{80};
  for (const auto& path : files) {
    auto mark = cpu();
    const auto samples = media::read_sound_file(path);
    decoding += cpu() - mark;
    if (!samples) {
      fmt::print(stderr, "{}: {}\n", path, samples.error().what);
      continue;
    }
    seconds += to_seconds(media::duration_of(samples->size()));
    mark = cpu();
    transcribe::Listener listener{detectors()};
    auto utterances = listener.hear(*samples);
    for (auto& last : listener.finish()) {
      utterances.push_back(std::move(last));
    }
    listening += cpu() - mark;
    mark = cpu();
    for (const auto& utterance : utterances) {
      mel.compute(utterance.samples,
                  2 * std::max<std::size_t>(utterance.samples.size() / 320 + 64, 400));
    }
    features += cpu() - mark;
  }
  fmt::print(
      stderr,
      "cpu per second of sound: decoding {:.5f}, detecting and cutting {:.5f}, features {:.5f}\n",
      decoding / seconds, listening / seconds, features / seconds);
}

int measure(const Options& options) {
  const auto models = (cache() / "models").string();
  const auto weights = transcribe::load_silero(transcribe::silero_path(models));
  const auto model = transcribe::find_model(models, options.model);
  if (!weights || !model) {
    fmt::print(stderr, "not measured: {}\n", weights ? model.error().what : weights.error().what);
    return 0;
  }
  const SystemClock clock;
  const auto began = clock.steady();
  auto whisper =
      transcribe::open_whisper({.model_folder = model->folder, .workers = options.workers});
  if (!whisper) {
    fmt::print(stderr, "not measured: {}\n", whisper.error().what);
    return 1;
  }
  fmt::print(stderr, "{}, {} workers, loaded in {:.2f} s\n", (*whisper)->model(), options.workers,
             to_seconds(clock.steady() - began));
  if (const auto capacity = transcribe::measure_capacity(**whisper, options.workers)) {
    fmt::print(stderr, "the self-test says: cpu per second of sound {:.4f}, {} lives\n",
               capacity->cpu_per_audio_s, capacity->lives);
  }
  const auto detectors = transcribe::silero_detectors(*weights);
  measure_ears(options.files, detectors);
  std::vector<double> costs;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    std::ostringstream out;
    const auto mark = cpu();
    const transcribe::FilesOptions files{
        .files = options.files, .language = options.language, .json = true};
    const transcribe::FilesTools tools{.transcriber = **whisper,
                                       .detectors = detectors,
                                       .clock = clock,
                                       .out = out,
                                       .problems = std::cerr};
    if (transcribe::transcribe_files(files, tools) != 0) {
      return 1;
    }
    const auto spent = cpu() - mark;
    const auto text = out.str();
    const auto summary = parse_json(text.substr(text.rfind('{'))).value();
    const auto audio = get_number(summary, "audio_s").value_or(0);
    costs.push_back(spent / audio);
    fmt::print(stderr,
               "round {}: {:.1f} s of sound, {:.4f} cpu and {:.4f} wall per second, {:.0f} MB\n",
               round + 1, audio, spent / audio, get_number(summary, "wall_s").value_or(0) / audio,
               get_number(summary, "rss_mb").value_or(0));
    if (options.words && round == 0) {
      std::cout << text;
    }
  }
  std::sort(costs.begin(), costs.end());
  fmt::print(stderr, "cpu per second of sound: median {:.4f}, from {:.4f} to {:.4f}\n",
             costs[costs.size() / 2], costs.front(), costs.back());
  return 0;
}

}  // namespace

int main(int count, char** words) {
  return measure(parse({words + 1, words + count}));
}
