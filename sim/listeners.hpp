// SPDX-License-Identifier: Apache-2.0
// The simulator's ports: one for everything, or one for each of TikTok's hosts; and a second port
// of the stream origin, where streams can move to.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "async/task_group.hpp"
#include "sim/routes.hpp"
#include "sim/simulator.hpp"

namespace vigie::sim {

// Where a request came in.
struct Entrance {
  std::array<bool, host_count> serves{};  // which hosts are answered there
  std::size_t origin = 0;                 // which of the origin's two ports it counts as
};
using EntranceHandler = std::function<Async<http::Answer>(const Entrance&, http::Request)>;

class Listeners {
 public:
  static Result<std::unique_ptr<Listeners>> open(const asio::any_io_executor& executor,
                                                 const SimulatorOptions& options,
                                                 EntranceHandler handler, Random& random,
                                                 log::Log& log, metrics::Registry& metrics);

  // Serves on all of them until cancelled.
  Async<> run(TaskGroup& tasks);

  // "http://127.0.0.1:8099" of a host; of the origin's usual port (even) or its other one (odd).
  std::string url(Host host, std::size_t origin = 0) const;
  // The same under the name by which a client came (its Host field), so that it can come again. One
  // that asked for a host of TikTok's gets a host of TikTok's.
  std::string url_for(std::string_view host_field, Host host, std::size_t origin = 0) const;
  std::uint16_t port() const { return doors_.front()->server->port(); }

 private:
  struct Door {
    Entrance entrance;
    std::unique_ptr<http::Server> server;
  };
  Result<> add(const asio::any_io_executor& executor, const SimulatorOptions& options,
               std::uint16_t port, const Entrance& entrance);
  const Door& door_of(Host host, std::size_t origin) const;

  EntranceHandler handler_;
  std::string scheme_ = "http";
  std::string address_;
  Random* random_ = nullptr;
  log::Log* log_ = nullptr;
  metrics::Registry* metrics_ = nullptr;
  std::vector<std::unique_ptr<Door>> doors_;  // the first is the web's, the last the other origin's
};

}  // namespace vigie::sim
