// SPDX-License-Identifier: Apache-2.0
// The platforms Vigie knows, each asked politely, and who watches them.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "app/world.hpp"
#include "async/task_group.hpp"
#include "http/client.hpp"
#include "platform/host_queues.hpp"
#include "platform/sources.hpp"
#include "watch/accounts.hpp"
#include "watch/watcher.hpp"

namespace vigie::app {

// What the operator configured by URL may be called wherever it is, at any port.
std::vector<std::string> trusted_origins(const config::Config& config);

platform::Sources open_sources(World& world, http::Client& client, platform::HostQueues& hosts);

// One watcher a platform.
class Watchers {
 public:
  Watchers(World& world, watch::Accounts& accounts, const platform::Sources& sources,
           const watch::WatchOptions& options);

  void spawn(TaskGroup& tasks);

 private:
  std::vector<std::unique_ptr<watch::Watcher>> all_;
};

}  // namespace vigie::app
