// SPDX-License-Identifier: Apache-2.0
// vigie serve: runs until SIGTERM or SIGINT; a second signal ends at once.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdlib>

#include "app/application.hpp"
#include "app/commands.hpp"
#include "app/exit_codes.hpp"
#include "async/run.hpp"
#include "async/task_group.hpp"

namespace vigie::app {
namespace {

constexpr int exit_now = 130;
constexpr rlim_t enough_files = 65'536;

// Each connection is a file, and a shell gives 1024: a thousand slow visitors would keep everybody
// out (B11).
void ask_for_files() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < enough_files) {
    files.rlim_cur = std::min(files.rlim_max, enough_files);
    setrlimit(RLIMIT_NOFILE, &files);
  }
}

Async<> wait_for_signal(asio::signal_set& signals) {
  co_await signals.async_wait(asio::use_awaitable);
}

Async<> end_at_second_signal(asio::signal_set& signals) {
  co_await wait_for_signal(signals);
  std::_Exit(exit_now);  // kill -9 is safe too: SQL and blobs are whole at any moment
}

Async<> run_until_signal(Application& vigie, World& world) {
  asio::signal_set signals{world.io, SIGINT, SIGTERM};
  TaskGroup group{world.io.get_executor(),
                  [&world](const std::string& name, std::exception_ptr failure) {
                    world.log.error("a part of Vigie ended by a bug",
                                    {{"part", name}, {"why", words_of(failure)}});
                  }};
  group.spawn("vigie", vigie.run());
  co_await wait_for_signal(signals);
  world.log.info("ending");
  TaskGroup hurry{world.io.get_executor(), [](const std::string&, std::exception_ptr) {}};
  hurry.spawn("second signal", end_at_second_signal(signals));
  group.cancel();
  co_await group.join();
  hurry.cancel();
  co_await hurry.join();
}

}  // namespace

int serve(const CommandLine& line, const config::Config& config) {
  ask_for_files();
  SystemClock clock;
  SystemRandom random;
  const auto level = log::parse_level(config.text("LOG_LEVEL"));
  log::Log log{log::to_stream(STDOUT_FILENO), [&clock] { return clock.now(); }, level.value()};
  asio::io_context io{1};
  World world{config, clock, random, log, io};
  if (const auto furnished = furnish(world); !furnished) {
    fmt::print(stderr, "vigie: {}\n", furnished.error().what);
    return exit_finding;
  }
  const auto vigie = create_application(world, parse_roles(line.roles));
  if (!vigie) {
    fmt::print(stderr, "vigie: {}\n", vigie.error().what);
    return exit_finding;
  }
  run_to_end(io, run_until_signal(**vigie, world));
  return exit_fine;
}

}  // namespace vigie::app
