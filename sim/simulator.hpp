// SPDX-License-Identifier: Apache-2.0
// The TikTok simulator: every host of TikTok's that Vigie calls, and a fake language model, on one
// port.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "async/clock.hpp"
#include "base/random.hpp"
#include "http/server.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "sim/scenario.hpp"

namespace vigie::sim {

struct SimulatorOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;                    // 0: any free one
  Scenario scenario;                         // on top of the built-in accounts
  std::filesystem::path sound_folder = ".";  // for relative files in /__sim/set and /__sim/scenario
};

class Simulator {
 public:
  virtual ~Simulator() = default;
  virtual std::uint16_t port() const = 0;
  std::string url() const;  // "http://127.0.0.1:8099"

  // Serves until cancelled. Lives keep to clock: a ManualClock makes them wait for its hand.
  virtual Async<> run() = 0;

 protected:
  std::string address_;
};

// Binds at once; errors are those of http::create_server.
Result<std::unique_ptr<Simulator>> create_simulator(const asio::any_io_executor& executor,
                                                    SimulatorOptions options, Clock& clock,
                                                    Random& random, log::Log& log,
                                                    metrics::Registry& metrics);

}  // namespace vigie::sim
