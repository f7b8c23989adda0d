// SPDX-License-Identifier: Apache-2.0
// vigie analyse and vigie eval: the judges without the server.
#include <unistd.h>

#include <iostream>
#include <optional>

#include "analyse/command.hpp"
#include "analyse/embedded/embedded_analyser.hpp"
#include "analyse/eval_command.hpp"
#include "analyse/judge.hpp"
#include "app/commands.hpp"
#include "app/engines.hpp"
#include "app/exit_codes.hpp"
#include "async/clock.hpp"
#include "async/run.hpp"

namespace vigie::app {
namespace {

int fail(const Error& error) {
  fmt::print(stderr, "vigie: {}\n", error.what);
  return exit_finding;
}

// The judge of single commands, and all it needs.
class Court {
 public:
  explicit Court(const config::Config& config)
      : config_{config}, client_{http::create_client(io.get_executor(), guard_)} {}

  // Errors say what --analyser lacks.
  Result<void> open(const std::string& wanted) {
    if (wanted == "llm") {
      auto opened = open_llm(config_, *client_, clock_, random_, log_, metrics_);
      if (!opened) {
        return opened.error();
      }
      if (!*opened) {
        return make_error(Errc::invalid, "--analyser llm needs LLM_BASE_URL or GROQ_API_KEY");
      }
      model_ = std::move(*opened);
    }
    judge.emplace(*embedded_, model_.get(), clock_, log_, metrics_);
    return {};
  }

  asio::io_context io{1};
  std::optional<analyse::Judge> judge;

 private:
  const config::Config& config_;
  SystemClock clock_;
  SystemRandom random_;
  log::Log log_{log::to_stream(STDERR_FILENO), [this] { return clock_.now(); }, log::Level::warn};
  metrics::Registry metrics_;
  http::AddressGuard guard_{{llm_base_url(config_)}, {}};
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<analyse::Analyser> model_;
  std::unique_ptr<analyse::Analyser> embedded_{analyse::create_embedded_analyser()};
};

}  // namespace

int analyse(const CommandLine& line, const config::Config& config) {
  Court court{config};
  if (const auto opened = court.open(line.analyser); !opened) {
    return fail(opened.error());
  }
  const auto done = run_to_end(court.io, analyse::analyse_lines(std::cin, std::cout, *court.judge));
  return done ? exit_fine : fail(done.error());
}

int evaluate(const CommandLine& line, const config::Config& config) {
  Court court{config};
  if (const auto opened = court.open(line.analyser); !opened) {
    return fail(opened.error());
  }
  const auto done =
      run_to_end(court.io, analyse::evaluate_sets(line.files, line.json, std::cout, *court.judge));
  return done ? exit_fine : fail(done.error());
}

}  // namespace vigie::app
