// SPDX-License-Identifier: Apache-2.0
// vigie transcribe and vigie analyse: the engines without the server.
#include <unistd.h>

#include <iostream>

#include "analyse/command.hpp"
#include "analyse/embedded/embedded_analyser.hpp"
#include "analyse/judge.hpp"
#include "app/commands.hpp"
#include "app/engines.hpp"
#include "app/exit_codes.hpp"
#include "async/clock.hpp"
#include "async/run.hpp"
#include "transcribe/files.hpp"

namespace vigie::app {
namespace {

int fail(const Error& error) {
  fmt::print(stderr, "vigie: {}\n", error.what);
  return exit_finding;
}

}  // namespace

int transcribe(const CommandLine& line, const config::Config& config) {
  const SystemClock clock;
  const auto workers =
      line.workers > 0 ? static_cast<std::size_t>(line.workers) : recognition_workers(config);
  const auto ears =
      open_ears(config, line.model.empty() ? config.text("WHISPER_MODEL") : line.model, workers);
  if (!ears) {
    return fail(ears.error());
  }
  if (!ears->note.empty()) {
    fmt::print(stderr, "vigie: {}\n", ears->note);
  }
  transcribe::FilesOptions options;
  options.files = line.files;
  options.language = line.language.empty() ? config.text("TRANSCRIBE_LANGUAGE") : line.language;
  options.json = line.json;
  return transcribe::transcribe_files(options, *ears->transcriber, ears->detectors, clock,
                                      std::cout, std::cerr);
}

int analyse(const CommandLine& line, const config::Config& config) {
  asio::io_context io{1};
  SystemClock clock;
  SystemRandom random;
  log::Log log{log::to_stream(STDERR_FILENO), [&clock] { return clock.now(); }, log::Level::warn};
  metrics::Registry metrics;
  const http::AddressGuard guard{{llm_base_url(config)}, {}};
  const auto client = http::create_client(io.get_executor(), guard);
  std::unique_ptr<analyse::Analyser> model;
  if (line.analyser == "llm") {
    auto opened = open_llm(config, *client, random, log, metrics);
    if (!opened) {
      return fail(opened.error());
    }
    if (!*opened) {
      return fail(make_error(Errc::invalid, "--analyser llm needs LLM_BASE_URL or GROQ_API_KEY"));
    }
    model = std::move(*opened);
  }
  const auto embedded = analyse::create_embedded_analyser();
  analyse::Judge judge{*embedded, model.get(), clock, log, metrics};
  const auto done = run_to_end(io, analyse::analyse_lines(std::cin, std::cout, judge));
  return done ? exit_fine : fail(done.error());
}

}  // namespace vigie::app
