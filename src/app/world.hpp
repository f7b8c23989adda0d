// SPDX-License-Identifier: Apache-2.0
// What every part of Vigie stands on: time, randomness, log, database, bus, blobs. Chosen once,
// from the configuration.
#pragma once
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "async/clock.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "blob/blob_store.hpp"
#include "bus/bus.hpp"
#include "config/config.hpp"
#include "db/database.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

namespace vigie::app {

struct World {
  World(const config::Config& configuration, Clock& the_clock, Random& the_random,
        log::Log& the_log, asio::io_context& the_io)
      : config{configuration}, clock{the_clock}, random{the_random}, log{the_log}, io{the_io} {}

  const config::Config& config;
  Clock& clock;
  Random& random;
  log::Log& log;
  asio::io_context& io;
  metrics::Registry metrics;
  Ids ids{random};
  std::unique_ptr<db::Database> database;
  std::unique_ptr<Bus> bus;
  std::unique_ptr<BlobStore> blobs;
};

// Fills in what is still missing: the database DATABASE_URL names (SQLite in DATA_DIR when it is
// empty), the bus, the blobs. Errc::unavailable or corrupt, in words with a cure.
Result<> furnish(World& world);

// The database alone, for commands that need no more.
Result<std::unique_ptr<db::Database>> open_database(const config::Config& config, Clock& clock);

// MODELS_DIR, or where tools/setup put the models.
std::string models_folder(const config::Config& config);

}  // namespace vigie::app
