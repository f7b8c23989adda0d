// SPDX-License-Identifier: Apache-2.0
// vigie-sim: the TikTok simulator as a program.
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <span>

#include "async/task_group.hpp"
#include "base/text.hpp"
#include "sim/simulator.hpp"

namespace vigie::sim {
namespace {

constexpr std::uint16_t default_port = 8099;
constexpr int exit_fine = 0;
constexpr int exit_finding = 1;
constexpr int exit_usage = 64;
constexpr int exit_configuration = 78;

constexpr std::string_view usage =
    "usage: vigie-sim [--port N] [--scenario FILE] [--address IP]\n"
    "  --port N         the port to listen on (default 8099; 0: any free one)\n"
    "  --scenario FILE  accounts, lives, faults and answers, in YAML\n"
    "  --address IP     the address to listen on (default 127.0.0.1)\n"
    "Controls: /__sim/set, /__sim/emit, /__sim/mode, /__sim/stats, POST /__sim/scenario\n";

struct CommandLine {
  SimulatorOptions options;
  std::string scenario;
  bool wants_help = false;
};

Result<CommandLine> parse(std::span<char*> words) {
  CommandLine line;
  line.options.port = default_port;
  static constexpr std::string_view known[] = {"--port", "--scenario", "--address", "--help"};
  for (std::size_t index = 1; index < words.size(); ++index) {
    const std::string_view word = words[index];
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    if (name == "--help" || name == "-h") {
      line.wants_help = true;
      continue;
    }
    if (name != "--port" && name != "--scenario" && name != "--address") {
      const auto near = nearest(name, {std::begin(known), std::end(known)});
      return make_error(Errc::invalid, "unknown option \"{}\"{}", clean_utf8(word, 60),
                        near.empty() ? "" : fmt::format(": did you mean {}?", near));
    }
    if (equals == std::string_view::npos && index + 1 == words.size()) {
      return make_error(Errc::invalid, "{} needs a value", name);
    }
    const std::string value{equals == std::string_view::npos ? std::string_view{words[++index]}
                                                             : word.substr(equals + 1)};
    if (name == "--scenario") {
      line.scenario = value;
    } else if (name == "--address") {
      line.options.address = value;
    } else {
      const auto port = to_integer(value);
      if (!port || *port < 0 || *port > 65'535) {
        return make_error(Errc::invalid, "--port must be a number from 0 to 65535, not \"{}\"",
                          clean_utf8(value, 20));
      }
      line.options.port = static_cast<std::uint16_t>(*port);
    }
  }
  return line;
}

int serve(SimulatorOptions options) {
  SystemClock clock;
  SystemRandom random;
  log::Log log{log::to_stream(STDERR_FILENO), [&clock] { return clock.now(); }};
  metrics::Registry metrics;
  asio::io_context io{1};
  auto simulator =
      create_simulator(io.get_executor(), std::move(options), clock, random, log, metrics);
  if (!simulator) {
    fmt::print(stderr, "vigie-sim: {}\n", simulator.error().what);
    return simulator.error().code == Errc::conflict ? exit_finding : exit_usage;
  }
  int exit_code = exit_fine;
  TaskGroup tasks{io.get_executor(), [&](const std::string& name, std::exception_ptr failure) {
                    exit_code = exit_finding;
                    try {
                      std::rethrow_exception(failure);
                    } catch (const std::exception& error) {
                      fmt::print(stderr, "vigie-sim: {}: {}\n", name, error.what());
                    }
                  }};
  asio::signal_set signals{io, SIGINT, SIGTERM};
  signals.async_wait([&tasks](const boost::system::error_code& failed, int) {
    if (!failed) {
      tasks.cancel();
    }
  });
  fmt::print("vigie-sim: {}\n", (*simulator)->url());
  std::fflush(stdout);
  tasks.spawn("simulator", (*simulator)->run());
  io.run();
  return exit_code;
}

int run(std::span<char*> words) {
  auto line = parse(words);
  if (!line) {
    fmt::print(stderr, "vigie-sim: {}\n{}", line.error().what, usage);
    return exit_usage;
  }
  if (line->wants_help) {
    fmt::print("{}", usage);
    return exit_fine;
  }
  if (!line->scenario.empty()) {
    auto scenario = load_scenario(line->scenario);
    if (!scenario) {
      fmt::print(stderr, "vigie-sim: {}\n", scenario.error().what);
      return exit_configuration;
    }
    line->options.scenario = std::move(*scenario);
    line->options.sound_folder = std::filesystem::path{line->scenario}.parent_path();
  }
  return serve(std::move(line->options));
}

}  // namespace
}  // namespace vigie::sim

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  return vigie::sim::run({argv, static_cast<std::size_t>(argc)});
}
