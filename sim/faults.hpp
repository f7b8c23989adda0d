// SPDX-License-Identifier: Apache-2.0
// How the simulator misbehaves: by hand (/__sim/mode) or planned, for one account or for everybody.
#pragma once
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "http/server.hpp"
#include "sim/scenario.hpp"

namespace vigie::sim {

struct Fault {
  Mode mode = Mode::ok;
  std::chrono::seconds retry_after{5};
};

class Faults {
 public:
  // An empty user is everybody; Mode::ok takes back what was set by hand for that user.
  void set(const std::string& user, Fault fault);
  // Replaces the planned ones; their moments count from origin.
  void plan(const std::vector<FaultPlan>& faults, Span origin);

  // What was set by hand comes before what was planned, one account before everybody.
  Fault at(std::string_view user, Span now) const;

 private:
  std::map<std::string, Fault, std::less<>> by_hand_;
  std::vector<FaultPlan> planned_;
};

}  // namespace vigie::sim
