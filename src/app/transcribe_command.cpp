// SPDX-License-Identifier: Apache-2.0
// vigie transcribe: the ears without the server.
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "app/commands.hpp"
#include "app/engines.hpp"
#include "app/exit_codes.hpp"
#include "app/interruption.hpp"
#include "app/progress.hpp"
#include "app/stream_sound.hpp"
#include "async/clock.hpp"
#include "transcribe/files.hpp"

namespace vigie::app {
namespace {

// Files beside one another: each reader waits for the disk now and then.
constexpr std::size_t spare_readers = 1;
constexpr std::size_t most_readers = 64;

transcribe::FilesOptions files_options(const CommandLine& line, const config::Config& config,
                                       std::size_t workers) {
  transcribe::FilesOptions options;
  options.files = line.files;
  options.language = line.language.empty() ? config.text("TRANSCRIBE_LANGUAGE") : line.language;
  options.json = line.json;
  options.srt_folder = line.srt_folder;
  options.vtt_folder = line.vtt_folder;
  // A live stream holds its reader until it ends: each has one of its own.
  const auto streams = static_cast<std::size_t>(std::ranges::count_if(line.files, is_address));
  options.at_once = std::min(streams + workers + spare_readers, most_readers);
  return options;
}

}  // namespace

int transcribe(const CommandLine& line, const config::Config& config) {
  SystemClock clock;
  SystemRandom random;
  metrics::Registry metrics;
  log::Log log{log::to_stream(STDERR_FILENO), [&clock] { return clock.now(); }, log::Level::warn};
  const Interruption interruption;
  const auto workers =
      line.workers > 0 ? static_cast<std::size_t>(line.workers) : recognition_workers(config);
  const auto ears =
      open_ears(config, line.model.empty() ? config.text("WHISPER_MODEL") : line.model, workers,
                {.clock = clock, .random = random, .log = log, .metrics = metrics});
  if (!ears) {
    fmt::print(stderr, "vigie: {}\n", ears.error().what);
    return exit_finding;
  }
  if (!ears->note.empty()) {
    fmt::print(stderr, "vigie: {}\n", ears->note);
  }
  const auto options = files_options(line, config, workers);
  StreamSoundOptions streams;
  streams.allowed_suffixes = config.list("OUTBOUND_ALLOW");
  FilesProgressLine progress{clock};
  const transcribe::FilesTools tools{
      .transcriber = *ears->transcriber,
      .detectors = ears->detectors,
      .clock = clock,
      .out = std::cout,
      .problems = std::cerr,
      .open =
          [&](const std::string& name) { return open_sound(name, streams, interruption.token()); },
      .progress = &progress,
      .stop = interruption.token()};
  return transcribe::transcribe_files(options, tools);
}

}  // namespace vigie::app
