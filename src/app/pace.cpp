// SPDX-License-Identifier: Apache-2.0
#include "app/pace.hpp"

#include <utility>

#include "platform/paced_source.hpp"
#include "platform/tiktok/tiktok.hpp"

namespace vigie::app {

platform::PaceLimits pace_limits(const config::Config& config) {
  platform::PaceLimits limits;
  limits.requests_per_second = config.number("POLL_BUDGET_PER_S");
  limits.floor = config.number("POLL_FLOOR");
  limits.parallel = static_cast<std::size_t>(config.integer("POLL_PARALLEL"));
  return limits;
}

std::unique_ptr<platform::LiveSource> open_tiktok(World& world, http::Client& client,
                                                  platform::HostQueues& hosts) {
  platform::tiktok::TikTokOptions options;
  options.web_url = world.config.text("TIKTOK_WEB_URL");
  options.webcast_url = world.config.text("TIKTOK_WEBCAST_URL");
  auto source =
      platform::tiktok::create_tiktok(client, std::move(options), world.log, world.metrics);
  const auto webcast = source->host_of(platform::Question::probe_rooms);
  // A simulator may be both hosts at once: then it has one budget.
  if (world.config.is_set("POLL_BUDGET_WEBCAST_PER_S") &&
      webcast != source->host_of(platform::Question::probe)) {
    auto limits = pace_limits(world.config);
    limits.requests_per_second = world.config.number("POLL_BUDGET_WEBCAST_PER_S");
    hosts.limit(webcast, limits);
  }
  return platform::create_paced(std::move(source), hosts);
}

}  // namespace vigie::app
