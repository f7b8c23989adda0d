// SPDX-License-Identifier: Apache-2.0
// The politeness towards platforms, as the configuration wants it.
#pragma once
#include <memory>

#include "app/world.hpp"
#include "http/client.hpp"
#include "platform/host_queues.hpp"
#include "platform/live_source.hpp"

namespace vigie::app {

platform::PaceLimits pace_limits(const config::Config& config);

// TikTok, each host of it within its budget.
std::unique_ptr<platform::LiveSource> open_tiktok(World& world, http::Client& client,
                                                  platform::HostQueues& hosts);

}  // namespace vigie::app
