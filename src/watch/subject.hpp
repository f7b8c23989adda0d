// SPDX-License-Identifier: Apache-2.0
// One account as the watcher holds it in memory; small, for there may be a hundred thousand.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "watch/adaptive_interval.hpp"
#include "watch/decision.hpp"
#include "watch/poll_schedule.hpp"

namespace vigie::watch {

struct Subject final : PollSchedule::Entry {
  static constexpr Span never = Span::min();

  std::string id;
  std::string username;
  Known known;
  Habits habits;
  Interest interest;
  Span second_look_at = never;
  Span owner_look_at = never;
  std::uint32_t listed_in = 0;  // the last list it was on
  bool was_looked_at = false;   // since this watcher took over
  bool is_gone = false;         // nobody follows it any more; a look may still be out
};

using SubjectPtr = std::shared_ptr<Subject>;

struct SubjectHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view id) const noexcept {
    return std::hash<std::string_view>{}(id);
  }
  std::size_t operator()(const SubjectPtr& subject) const noexcept { return (*this)(subject->id); }
};

struct SubjectEqual {
  using is_transparent = void;
  static std::string_view id_of(std::string_view id) { return id; }
  static std::string_view id_of(const SubjectPtr& subject) { return subject->id; }
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    return id_of(a) == id_of(b);
  }
};

using Subjects = std::unordered_set<SubjectPtr, SubjectHash, SubjectEqual>;

}  // namespace vigie::watch
