// SPDX-License-Identifier: Apache-2.0
#include "platform/host_ledger.hpp"

#include <map>

namespace vigie::platform {
namespace {

class MemoryLedger final : public HostLedger {
 public:
  explicit MemoryLedger(Clock& clock) : clock_{clock} {}

  Async<Result<Known>> change(std::string host, Change change) override {
    Known known{hosts_[host], clock_.now()};
    change(known.state, known.now);
    hosts_[host] = known.state;
    co_return known;
  }

  Async<Result<Known>> read(std::string host) override {
    const auto found = hosts_.find(host);
    Known known{HostState{}, clock_.now()};
    if (found != hosts_.end()) {
      known.state = found->second;
    }
    co_return known;
  }

 private:
  Clock& clock_;
  std::map<std::string, HostState> hosts_;
};

}  // namespace

std::unique_ptr<HostLedger> create_memory_ledger(Clock& clock) {
  return std::make_unique<MemoryLedger>(clock);
}

}  // namespace vigie::platform
