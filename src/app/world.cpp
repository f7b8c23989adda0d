// SPDX-License-Identifier: Apache-2.0
#include "app/world.hpp"

#include <cstdlib>
#include <filesystem>

#include "bus/memory/memory_bus.hpp"
#include "db/postgres/postgres_database.hpp"
#include "db/sqlite/sqlite_database.hpp"

namespace vigie::app {
namespace {

constexpr std::size_t postgres_connections = 4;

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread starts
  return value == nullptr ? std::string{} : std::string{value};
}

Result<> make_folder(const std::string& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    return make_error(Errc::unavailable,
                      "DATA_DIR {} cannot be made: {}; choose another with --data-dir", folder,
                      failure.message());
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<db::Database>> open_database(const config::Config& config, Clock& clock) {
  const auto url = config.text("DATABASE_URL");
  if (!url.empty()) {
    return db::open_postgres(url, postgres_connections);
  }
  const auto folder = config.text("DATA_DIR");
  if (const auto made = make_folder(folder); !made) {
    return made.error();
  }
  return db::open_sqlite(folder + "/vigie.db", clock);
}

Result<> furnish(World& world) {
  if (!world.database) {
    auto database = open_database(world.config, world.clock);
    if (!database) {
      return database.error();
    }
    world.database = std::move(*database);
  }
  world.bus = create_memory_bus(world.io.get_executor());
  const auto folder = world.config.text("DATA_DIR");
  if (const auto made = make_folder(folder); !made) {
    return made.error();
  }
  auto blobs = open_disk_blobs(folder + "/blobs");
  if (!blobs) {
    return blobs.error();
  }
  world.blobs = std::move(*blobs);
  return {};
}

std::string models_folder(const config::Config& config) {
  if (config.is_set("MODELS_DIR")) {
    return config.text("MODELS_DIR");
  }
  if (const auto cache = environment("VIGIE_CACHE"); !cache.empty()) {
    return cache + "/models";
  }
  if (const auto cache = environment("XDG_CACHE_HOME"); !cache.empty()) {
    return cache + "/vigie/models";
  }
  return environment("HOME") + "/.cache/vigie/models";
}

}  // namespace vigie::app
