// SPDX-License-Identifier: Apache-2.0
// Where what is known of each host is kept, so that a budget holds across restarts and among
// processes. In memory here; in the database in platform/stored.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "base/result.hpp"
#include "platform/pace.hpp"

namespace vigie::platform {

class HostLedger {
 public:
  // now: the ledger's own clock, the same for every process.
  using Change = std::function<void(HostState& state, Time now)>;

  struct Known {
    HostState state;
    Time now;
  };

  virtual ~HostLedger() = default;

  // Changes what is known of a host, alone among all processes, and returns it. change may run on
  // another thread, and more than once: it works on nothing but its arguments and its own results.
  // A host nobody knows yet is a HostState{}. Errc::unavailable: nothing was changed.
  virtual Async<Result<Known>> change(std::string host, Change change) = 0;

  // What is known, unchanged. Errc::unavailable.
  virtual Async<Result<Known>> read(std::string host) = 0;
};

// For one process and one life; what tests use.
std::unique_ptr<HostLedger> create_memory_ledger(Clock& clock);

}  // namespace vigie::platform
