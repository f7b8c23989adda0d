// SPDX-License-Identifier: Apache-2.0
// How much one address and one person may ask at once (requirement B13). Kept in memory: a restart
// forgives everybody.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::api {

class Limits {
 public:
  // now: of the steady clock. 50 requests a second, 200 at once, for an address; those of this
  // machine are spared. Nothing: go on; else Errc::rate_limited with how long to wait.
  Result<> take_request(std::string_view address, Span now);

  // A place for an event socket, given back when the last copy goes: 20 an address (this machine is
  // spared), 10 a person. Errc::rate_limited.
  using Seat = std::shared_ptr<void>;
  Result<Seat> take_seat(std::string_view address, const std::string& person_id);

  // Addresses whose requests are still being counted.
  std::size_t remembered() const { return arrivals_.size(); }

 private:
  void forget_old(Span now);

  std::map<std::string, Span, std::less<>> arrivals_;  // GCRA: when the next request is due
  std::optional<Span> forgot_at_;
  std::shared_ptr<std::map<std::string, int>> seats_ =
      std::make_shared<std::map<std::string, int>>();
};

// Whom a limit counts: an IPv4 address, or the /64 that an IPv6 address is in; empty for this
// machine.
std::string counted_address(std::string_view address);

}  // namespace vigie::api
