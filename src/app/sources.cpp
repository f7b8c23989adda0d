// SPDX-License-Identifier: Apache-2.0
#include "app/sources.hpp"

#include <utility>

#include "app/engines.hpp"
#include "app/pace.hpp"
#include "http/guard.hpp"
#include "platform/paced_source.hpp"
#include "platform/stream/stream.hpp"

namespace vigie::app {
namespace {

// Every stream has a host of its own; this bounds what leaves this machine.
constexpr double stream_looks_per_second = 4;

std::unique_ptr<platform::LiveSource> open_streams(World& world, http::Client& client,
                                                   platform::HostQueues& hosts) {
  auto source = platform::stream::create_stream(client, world.clock, world.metrics);
  auto limits = pace_limits(world.config);
  limits.requests_per_second = stream_looks_per_second;
  hosts.limit(source->platform(), limits);
  return platform::create_paced(std::move(source), hosts);
}

}  // namespace

std::vector<std::string> trusted_origins(const config::Config& config) {
  std::vector<std::string> origins{config.text("TIKTOK_WEB_URL"),
                                   config.text("TIKTOK_WEBCAST_URL")};
  if (const auto llm = llm_base_url(config); !llm.empty()) {
    origins.push_back(llm);
  }
  for (auto& allowed : config.list("OUTBOUND_ALLOW")) {
    if (http::parse_url(allowed)) {  // the others are suffixes of hosts
      origins.push_back(std::move(allowed));
    }
  }
  return origins;
}

platform::Sources open_sources(World& world, http::Client& client, platform::HostQueues& hosts) {
  platform::Sources sources;
  sources.add(open_tiktok(world, client, hosts));
  sources.add(open_streams(world, client, hosts));
  return sources;
}

Watchers::Watchers(World& world, watch::Accounts& accounts, const platform::Sources& sources,
                   const watch::WatchOptions& options) {
  for (const auto& source : sources.all()) {
    all_.push_back(std::make_unique<watch::Watcher>(world.io.get_executor(), accounts, *source,
                                                    *world.bus, world.clock, world.random,
                                                    world.log, world.metrics, options));
  }
}

void Watchers::spawn(TaskGroup& tasks) {
  for (const auto& watcher : all_) {
    tasks.spawn("watch", watcher->run());
  }
}

}  // namespace vigie::app
