// SPDX-License-Identifier: Apache-2.0
#include "sim/faults.hpp"

namespace vigie::sim {

void Faults::set(const std::string& user, Fault fault) {
  if (fault.mode == Mode::ok) {
    by_hand_.erase(user);
  } else {
    by_hand_[user] = fault;
  }
}

void Faults::plan(const std::vector<FaultPlan>& faults, Span origin) {
  planned_ = faults;
  for (auto& fault : planned_) {
    fault.at += origin;
  }
}

Fault Faults::at(std::string_view user, Span now) const {
  for (const auto& who : {user, std::string_view{}}) {
    const auto place = by_hand_.find(who);
    if (place != by_hand_.end()) {
      return place->second;
    }
  }
  Fault fault;
  for (const auto& plan : planned_) {
    const bool is_on = plan.at <= now && (!plan.duration || now < plan.at + *plan.duration);
    if (is_on && (plan.user == user || (plan.user.empty() && fault.mode == Mode::ok))) {
      fault.mode = plan.mode;
    }
  }
  return fault;
}

}  // namespace vigie::sim
