// SPDX-License-Identifier: Apache-2.0
// The bus of a single process.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "bus/bus.hpp"

namespace vigie {

// Hints run on executor, one at a time. Subscriptions may outlive the bus; it must not outlive
// executor.
std::unique_ptr<Bus> create_memory_bus(boost::asio::any_io_executor executor);

}  // namespace vigie
