// SPDX-License-Identifier: Apache-2.0
#include "platform/host_queues.hpp"

#include <utility>

namespace vigie::platform {

HostQueues::HostQueues(HostLedger& ledger, PaceLimits usual, Clock& clock, Random& random,
                       metrics::Registry& metrics)
    : ledger_{ledger}, usual_{usual}, clock_{clock}, random_{random}, metrics_{metrics} {}

void HostQueues::limit(std::string_view host, PaceLimits limits) {
  by_host_.insert_or_assign(std::string{host}, limits);
}

HostQueue& HostQueues::of(std::string_view host) {
  const auto found = queues_.find(host);
  if (found != queues_.end()) {
    return *found->second;
  }
  std::string name{host};
  const auto own = by_host_.find(name);
  const auto& limits = own == by_host_.end() ? usual_ : own->second;
  auto queue = std::make_unique<HostQueue>(name, limits, ledger_, clock_, random_, metrics_);
  return *queues_.emplace(std::move(name), std::move(queue)).first->second;
}

Async<std::vector<HostStatus>> HostQueues::status() {
  std::vector<HostStatus> all;
  all.reserve(queues_.size());
  for (const auto& [host, queue] : queues_) {
    all.push_back(co_await queue->status());
  }
  co_return all;
}

}  // namespace vigie::platform
