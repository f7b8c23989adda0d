// SPDX-License-Identifier: Apache-2.0
// How the simulator misbehaves: by hand (/__sim/mode) or planned, for one account or for everybody,
// on one route or on all.
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "sim/scenario.hpp"

namespace vigie::sim {

struct Fault {
  Mode mode = Mode::ok;
  std::chrono::seconds retry_after{5};
  bool names_route = false;  // it was meant for this very route
};

class Faults {
 public:
  // By hand, from now on; its `at` counts from now. Mode::ok takes back what was set by hand for
  // that user, and that route when one is named.
  void set(FaultPlan fault, Span now);
  // Replaces the planned ones; their moments count from origin.
  void plan(const std::vector<FaultPlan>& faults, Span origin);

  // What was set by hand comes before what was planned, one account before everybody, one route
  // before all. take() uses up one of a fault's times, at() only looks.
  Fault take(std::string_view user, std::string_view route, Span now);
  Fault at(std::string_view user, std::string_view route, Span now) const;

 private:
  using ByUser = std::map<std::string, std::vector<FaultPlan>, std::less<>>;
  template <class Self>
  static auto choose(Self& self, std::string_view user, std::string_view route, Span now)
      -> decltype(self.planned_.begin()->second.data());

  ByUser by_hand_;
  ByUser planned_;
};

}  // namespace vigie::sim
