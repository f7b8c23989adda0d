// SPDX-License-Identifier: Apache-2.0
// A LiveSource that asks another one politely: every question waits in its host's queue, whoever
// asks it, detection and capture alike.
#pragma once
#include <memory>

#include "platform/host_queues.hpp"
#include "platform/live_source.hpp"

namespace vigie::platform {

// While a host refuses us, probe(), look_up() and probe_rooms() answer `unknown` at once, with the
// reason of the refusal and the time to wait; resolve() answers Errc::rate_limited. For one thread,
// the I/O thread. queues outlives the source.
std::unique_ptr<LiveSource> create_paced(std::unique_ptr<LiveSource> source, HostQueues& queues);

}  // namespace vigie::platform
