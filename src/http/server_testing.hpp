// SPDX-License-Identifier: Apache-2.0
// For tests: a server running on a context of its own, and a scenario run against it.
#pragma once
#include <gtest/gtest.h>

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "base/random_fake.hpp"
#include "http/raw_peer.hpp"
#include "http/server.hpp"

namespace vigie::http::testing {

class ServerRig {
 public:
  explicit ServerRig(Handler handler, ServerOptions options = quick())
      : log{[this](std::string_view line) { lines.emplace_back(line); },
            [] { return from_micros(0); }, log::Level::debug},
        tasks_{io.get_executor(), [](const std::string& name, std::exception_ptr) {
                 ADD_FAILURE() << name << " ended by an exception";
               }} {
    auto made = create_server(io.get_executor(), std::move(options), std::move(handler), random_,
                              log, metrics);
    server = std::move(made.value());
    tasks_.spawn("server", server->run());
  }
  ~ServerRig() { stop(); }
  ServerRig(const ServerRig&) = delete;
  ServerRig& operator=(const ServerRig&) = delete;

  // Deadlines short enough to wait for, long enough for a busy machine.
  static ServerOptions quick() {
    using std::chrono::milliseconds;
    ServerOptions options;
    options.stop_grace = milliseconds{200};
    options.close_timeout = milliseconds{300};
    return options;
  }

  std::uint16_t port() const { return server->port(); }

  template <class T>
  T run(Async<T> work) {
    return vigie::testing::run(io, std::move(work));
  }

  // Turns the context until something has come true.
  template <class Predicate>
  void run_until(Predicate is_true) {
    io.restart();
    while (!is_true() && io.run_one() != 0) {
    }
  }

  // Sends bytes on a new connection and returns all that comes back until it is closed.
  std::string exchange(std::string bytes) { return run(exchange_on(port(), std::move(bytes))); }

  void stop() {
    tasks_.cancel();
    vigie::testing::run(io, tasks_.join());
  }
  void cancel() { tasks_.cancel(); }
  bool stopped() const { return tasks_.size() == 0; }

  bool logged(std::string_view words) const {
    for (const auto& line : lines) {
      if (line.find(words) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  asio::io_context io;
  std::vector<std::string> lines;
  log::Log log;
  metrics::Registry metrics;
  std::unique_ptr<Server> server;

 private:
  static Async<std::string> exchange_on(std::uint16_t port, std::string bytes) {
    auto peer = co_await RawPeer::connect(port);
    co_await peer.send(std::move(bytes));
    co_return co_await peer.read_to_end();
  }

  SeededRandom random_;
  TaskGroup tasks_;
};

// Answers with what it understood of the request.
inline Async<Answer> describe(Request request) {
  Response response;
  response.headers.add("Content-Type", "text/plain");
  response.body = request.method + " " + request.path + " [" + request.body + "]";
  for (const auto& [name, value] : request.query) {
    response.body += " " + name + "=" + value;
  }
  co_return Answer{std::move(response)};
}

}  // namespace vigie::http::testing
