// SPDX-License-Identifier: Apache-2.0
// How often a language model may be asked: per hour, all lives together, and per live. Pure.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace vigie::analyse {

struct BudgetLimits {
  std::int64_t per_hour = 0;  // questions; 0: as many as there are
  std::int64_t per_live = 0;
};

class Budget {
 public:
  explicit Budget(BudgetLimits limits) : limits_{limits} {}

  // Empty, and one question counted; or which limit stands in the way, in words, and nothing
  // counted. now: of a steady clock.
  std::string_view spend(const std::string& live_id, Span now);

 private:
  struct Spent {
    std::int64_t questions = 0;
    Span last{0};
  };
  void forget_old_lives(Span now);

  BudgetLimits limits_;
  Span hour_since_{0};
  std::int64_t this_hour_ = 0;
  std::map<std::string, Spent, std::less<>> lives_;
};

}  // namespace vigie::analyse
