// SPDX-License-Identifier: Apache-2.0
// The TikTok simulator: every host of TikTok's that Vigie calls, and a fake language model, on one
// port or on three.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
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
  std::uint16_t port = 0;  // 0: any free one
  // Ports of their own for the webcast host and the stream origin; without one, everything is
  // answered on every port that has none.
  std::optional<std::uint16_t> webcast_port = std::nullopt;
  std::optional<std::uint16_t> cdn_port = std::nullopt;
  std::uint16_t move_port = 0;                          // where streams move to (event `move`)
  std::optional<http::TlsIdentity> tls = std::nullopt;  // https on every port
  Scenario scenario;                                    // on top of the built-in accounts
  std::filesystem::path sound_folder = ".";  // for relative files in /__sim/set and /__sim/scenario
};

class Simulator {
 public:
  virtual ~Simulator() = default;
  virtual std::uint16_t port() const = 0;
  // "http://127.0.0.1:8099"; the others are the same unless they have ports of their own.
  virtual std::string url() const = 0;
  virtual std::string webcast_url() const = 0;
  virtual std::string cdn_url() const = 0;
  virtual std::string move_url() const = 0;  // always another port

  // Serves until cancelled. Lives keep to clock: a ManualClock makes them wait for its hand.
  virtual Async<> run() = 0;
};

// Binds at once; errors are those of http::create_server.
Result<std::unique_ptr<Simulator>> create_simulator(const asio::any_io_executor& executor,
                                                    SimulatorOptions options, Clock& clock,
                                                    Random& random, log::Log& log,
                                                    metrics::Registry& metrics);

}  // namespace vigie::sim
