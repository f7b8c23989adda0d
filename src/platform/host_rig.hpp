// SPDX-License-Identifier: Apache-2.0
// For tests: hosts whose queues are turned by hand.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "async/clock_fake.hpp"
#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "base/random_fake.hpp"
#include "platform/host_queues.hpp"

namespace vigie::platform {

struct HostRig {
  asio::io_context io;
  ManualClock clock;
  SeededRandom random;
  metrics::Registry metrics;
  std::unique_ptr<HostLedger> ledger = create_memory_ledger(clock);
  TaskGroup tasks{io.get_executor(), [](const std::string& name, const std::exception_ptr& why) {
                    ADD_FAILURE() << name << ": " << words_of(why);
                  }};

  ~HostRig() { stop(); }

  void stop() {
    tasks.cancel();
    testing::run(io, tasks.join());
  }

  // Lets time pass in small steps, as it does.
  void pass(Span time, Span step = std::chrono::milliseconds{10}) {
    testing::settle(io);
    for (const auto end = clock.steady() + time; clock.steady() < end;) {
      clock.advance(std::min(step, end - clock.steady()));
      testing::settle(io);
    }
  }
};

}  // namespace vigie::platform
