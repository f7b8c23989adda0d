// SPDX-License-Identifier: Apache-2.0
// TikTok as a source of lives: one unsigned JSON request says everything (protocol §0). No account,
// no cookie, no signature, and no challenge is ever solved.
#pragma once
#include <memory>
#include <string>

#include "http/client.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "platform/live_source.hpp"

namespace vigie::platform::tiktok {

struct TikTokOptions {
  std::string web_url = "https://www.tiktok.com";
  std::string webcast_url = "https://webcast.tiktok.com";
};

// Wrap it with platform::create_paced before use: a source itself never waits its turn.
std::unique_ptr<LiveSource> create_tiktok(http::Client& client, TikTokOptions options,
                                          log::Log& log, metrics::Registry& metrics);

}  // namespace vigie::platform::tiktok
