// SPDX-License-Identifier: Apache-2.0
#include "analyse/budget.hpp"

namespace vigie::analyse {
namespace {

// A live that was silent for so long has ended, or begins anew.
constexpr Span memory_of_a_live = std::chrono::hours{24};

}  // namespace

std::string_view Budget::spend(const std::string& live_id, Span now) {
  if (now - hour_since_ >= std::chrono::hours{1}) {
    hour_since_ = now;
    this_hour_ = 0;
    forget_old_lives(now);
  }
  if (limits_.per_hour > 0 && this_hour_ >= limits_.per_hour) {
    return "budget: LLM_BUDGET_PER_HOUR is spent";
  }
  if (limits_.per_live > 0) {
    auto& spent = lives_[live_id];
    if (spent.questions >= limits_.per_live) {
      return "budget: LLM_BUDGET_PER_LIVE is spent";
    }
    ++spent.questions;
    spent.last = now;
  }
  ++this_hour_;
  return {};
}

void Budget::forget_old_lives(Span now) {
  std::erase_if(lives_,
                [&](const auto& live) { return now - live.second.last > memory_of_a_live; });
}

}  // namespace vigie::analyse
