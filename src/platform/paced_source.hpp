// SPDX-License-Identifier: Apache-2.0
// A LiveSource that asks another one politely: one budget and one circuit breaker for everything
// that calls the platform, detection and capture alike.
#pragma once
#include <memory>

#include "async/clock.hpp"
#include "base/random.hpp"
#include "metrics/metrics.hpp"
#include "platform/live_source.hpp"
#include "platform/pace.hpp"

namespace vigie::platform {

// While the platform refuses us, probe() and look_up() answer `unknown` at once, with the reason of
// the refusal and the time to wait; resolve() answers Errc::rate_limited. For one thread, the I/O
// thread.
std::unique_ptr<LiveSource> create_paced(std::unique_ptr<LiveSource> source, PaceLimits limits,
                                         Clock& clock, Random& random, metrics::Registry& metrics);

}  // namespace vigie::platform
