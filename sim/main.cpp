// SPDX-License-Identifier: Apache-2.0
// vigie-sim: the TikTok simulator as a program.
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <span>

#include "async/task_group.hpp"
#include "base/text.hpp"
#include "sim/certificate.hpp"
#include "sim/simulator.hpp"

namespace vigie::sim {
namespace {

constexpr std::uint16_t default_port = 8099;
constexpr int exit_fine = 0;
constexpr int exit_finding = 1;
constexpr int exit_usage = 64;
constexpr int exit_configuration = 78;

constexpr std::string_view usage =
    "usage: vigie-sim [--port N] [--scenario FILE] [--address IP] [more]\n"
    "  --port N          the port to listen on (default 8099; 0: any free one)\n"
    "  --webcast-port N  a port of its own for webcast.tiktok.com (0: any free one)\n"
    "  --cdn-port N      a port of its own for the streams (0: any free one)\n"
    "  --move-port N     where streams go to when they move (default: any free one)\n"
    "  --scenario FILE   accounts, lives, faults and answers, in YAML\n"
    "  --address IP      the address to listen on (default 127.0.0.1)\n"
    "  --tls             https, with a certificate made now; its file is printed, to be trusted\n"
    "  --cert FILE --key FILE   https, with this certificate (PEM)\n"
    "Controls: /__sim/set, /__sim/emit, /__sim/mode, /__sim/rename, /__sim/stats,\n"
    "          POST /__sim/scenario\n";

struct CommandLine {
  SimulatorOptions options;
  std::string scenario;
  std::string certificate;
  std::string key;
  bool wants_tls = false;
  bool wants_help = false;
};

constexpr std::string_view known[] = {"--port",     "--webcast-port", "--cdn-port", "--move-port",
                                      "--scenario", "--address",      "--tls",      "--cert",
                                      "--key",      "--help"};

Result<std::uint16_t> parse_port(std::string_view name, std::string_view text) {
  const auto port = to_integer(text);
  if (!port || *port < 0 || *port > 65'535) {
    return make_error(Errc::invalid, "{} must be a number from 0 to 65535, not \"{}\"", name,
                      clean_utf8(text, 20));
  }
  return static_cast<std::uint16_t>(*port);
}

Result<> take(CommandLine& line, std::string_view name, const std::string& value) {
  if (name == "--scenario") {
    line.scenario = value;
  } else if (name == "--address") {
    line.options.address = value;
  } else if (name == "--cert") {
    line.certificate = value;
  } else if (name == "--key") {
    line.key = value;
  } else {
    const auto port = parse_port(name, value);
    if (!port) {
      return port.error();
    }
    if (name == "--port") {
      line.options.port = *port;
    } else if (name == "--webcast-port") {
      line.options.webcast_port = *port;
    } else if (name == "--cdn-port") {
      line.options.cdn_port = *port;
    } else {
      line.options.move_port = *port;
    }
  }
  return {};
}

Result<CommandLine> parse(std::span<char*> words) {
  CommandLine line;
  line.options.port = default_port;
  for (std::size_t index = 1; index < words.size(); ++index) {
    const std::string_view word = words[index];
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    if (name == "--help" || name == "-h") {
      line.wants_help = true;
      continue;
    }
    if (name == "--tls") {
      line.wants_tls = true;
      continue;
    }
    if (std::ranges::find(known, name) == std::end(known)) {
      const auto near = nearest(name, {std::begin(known), std::end(known)});
      return make_error(Errc::invalid, "unknown option \"{}\"{}", clean_utf8(word, 60),
                        near.empty() ? "" : fmt::format(": did you mean {}?", near));
    }
    if (equals == std::string_view::npos && index + 1 == words.size()) {
      return make_error(Errc::invalid, "{} needs a value", name);
    }
    const std::string value{equals == std::string_view::npos ? std::string_view{words[++index]}
                                                             : word.substr(equals + 1)};
    const auto taken = take(line, name, value);
    if (!taken) {
      return taken.error();
    }
  }
  if (line.certificate.empty() != line.key.empty()) {
    return make_error(Errc::invalid, "--cert and --key go together");
  }
  return line;
}

// The file by which clients can trust a certificate; gone when the program ends.
class TrustFile {
 public:
  Result<> write(const std::string& certificate) {
    std::error_code failed;
    const auto folder = std::filesystem::temp_directory_path(failed);
    path_ = folder / fmt::format("vigie-sim-{}.pem", ::getpid());
    std::ofstream file{path_};
    file << certificate;
    if (failed || !file.flush()) {
      return make_error(Errc::unavailable, "{}: it cannot be written", path_.string());
    }
    return {};
  }
  TrustFile() = default;
  TrustFile(const TrustFile&) = delete;
  TrustFile& operator=(const TrustFile&) = delete;
  ~TrustFile() {
    std::error_code ignored;
    if (!path_.empty()) {
      std::filesystem::remove(path_, ignored);
    }
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

Result<> secure(CommandLine& line, TrustFile& trust) {
  const bool has_own = !line.certificate.empty();
  if (!has_own && !line.wants_tls) {
    return {};
  }
  auto identity = has_own ? load_certificate(line.certificate, line.key)
                          : make_certificate(line.options.address);
  if (!identity) {
    return identity.error();
  }
  line.options.tls = std::move(*identity);
  const auto written = has_own ? Result<>{} : trust.write(line.options.tls->certificate);
  if (written) {
    fmt::print("vigie-sim: trust {}\n", has_own ? line.certificate : trust.path());
  }
  return written;
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
  for (const auto& [what, url] : {std::pair{"webcast", (*simulator)->webcast_url()},
                                  std::pair{"streams", (*simulator)->cdn_url()}}) {
    if (url != (*simulator)->url()) {
      fmt::print("vigie-sim: {} {}\n", what, url);
    }
  }
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
  TrustFile trust;
  const auto secured = secure(*line, trust);
  if (!secured) {
    fmt::print(stderr, "vigie-sim: {}\n", secured.error().what);
    return exit_configuration;
  }
  return serve(std::move(line->options));
}

}  // namespace
}  // namespace vigie::sim

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  return vigie::sim::run({argv, static_cast<std::size_t>(argc)});
}
