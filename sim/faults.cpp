// SPDX-License-Identifier: Apache-2.0
#include "sim/faults.hpp"

#include <ranges>

namespace vigie::sim {
namespace {

bool holds(const FaultPlan& fault, std::string_view route, Span now) {
  return fault.at <= now && (!fault.duration || now < fault.at + *fault.duration) &&
         (fault.route.empty() || fault.route == route) && (!fault.times || *fault.times > 0);
}

// The last one said counts, and one that names the route before one that does not.
template <class Plans>
auto choose_from(Plans& faults, std::string_view route, Span now) -> decltype(faults.data()) {
  decltype(faults.data()) chosen = nullptr;
  for (auto& fault : std::views::reverse(faults)) {
    if (holds(fault, route, now) && (chosen == nullptr || chosen->route.empty())) {
      chosen = chosen == nullptr || !fault.route.empty() ? &fault : chosen;
    }
  }
  return chosen;
}

}  // namespace

void Faults::set(FaultPlan fault, Span now) {
  auto& mine = by_hand_[fault.user];
  std::erase_if(mine, [&](const FaultPlan& old) {
    return old.route == fault.route || (fault.mode == Mode::ok && fault.route.empty());
  });
  if (fault.mode != Mode::ok) {
    fault.at += now;
    mine.push_back(std::move(fault));
  } else if (mine.empty()) {
    by_hand_.erase(fault.user);
  }
}

void Faults::plan(const std::vector<FaultPlan>& faults, Span origin) {
  planned_.clear();
  for (auto fault : faults) {
    fault.at += origin;
    planned_[fault.user].push_back(std::move(fault));
  }
}

template <class Self>
auto Faults::choose(Self& self, std::string_view user, std::string_view route, Span now)
    -> decltype(self.planned_.begin()->second.data()) {
  for (auto* faults : {&self.by_hand_, &self.planned_}) {
    for (const auto& who : {user, std::string_view{}}) {
      const auto place = faults->find(who);
      auto* chosen = place == faults->end() ? nullptr : choose_from(place->second, route, now);
      if (chosen != nullptr) {
        return chosen;
      }
    }
  }
  return nullptr;
}

Fault Faults::at(std::string_view user, std::string_view route, Span now) const {
  const auto* chosen = choose(*this, user, route, now);
  if (chosen == nullptr) {
    return {};
  }
  return {.mode = chosen->mode,
          .retry_after = chosen->retry_after,
          .names_route = !chosen->route.empty()};
}

Fault Faults::take(std::string_view user, std::string_view route, Span now) {
  auto* chosen = choose(*this, user, route, now);
  const auto fault = at(user, route, now);
  if (chosen != nullptr && chosen->times) {
    --*chosen->times;
  }
  return fault;
}

}  // namespace vigie::sim
