// SPDX-License-Identifier: Apache-2.0
// The queue of each host that is asked.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/host_queue.hpp"

namespace vigie::platform {

class HostQueues {
 public:
  HostQueues(HostLedger& ledger, PaceLimits usual, Clock& clock, Random& random,
             metrics::Registry& metrics);

  // For a host whose limits are not the usual ones, before it is first asked for.
  void limit(std::string_view host, PaceLimits limits);

  // Made when first asked for; stays.
  HostQueue& of(std::string_view host);

  Async<std::vector<HostStatus>> status();

 private:
  HostLedger& ledger_;
  PaceLimits usual_;
  std::map<std::string, PaceLimits> by_host_;
  Clock& clock_;
  Random& random_;
  metrics::Registry& metrics_;
  std::map<std::string, std::unique_ptr<HostQueue>, std::less<>> queues_;
};

}  // namespace vigie::platform
