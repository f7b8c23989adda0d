// SPDX-License-Identifier: Apache-2.0
// Any direct address of sound as a source of lives: a radio, an Icecast mount, an HLS playlist. The
// account is the address itself, and whether it is on air is found out by trying it.
#pragma once
#include <chrono>
#include <memory>

#include "async/clock.hpp"
#include "http/client.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "platform/live_source.hpp"

namespace vigie::platform::stream {

struct StreamOptions {
  std::chrono::milliseconds patience{10'000};  // for what one look asks
};

// Room and start are left empty: the caller knows since when it is on air. Any host is a stream
// host: which may be called is the address guard's question, at every connect. Wrap it with
// platform::create_paced.
std::unique_ptr<LiveSource> create_stream(http::Client& client, Clock& clock,
                                          metrics::Registry& metrics, StreamOptions options = {});

}  // namespace vigie::platform::stream
