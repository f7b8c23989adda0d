// SPDX-License-Identifier: Apache-2.0
#include "watch/poll_schedule.hpp"

#include <algorithm>
#include <utility>

namespace vigie::watch {
namespace {

// The rest of the budget is for what nobody planned: first looks, checks on demand, addresses of
// streams, second looks.
constexpr double planned_share = 0.9;

// Before 0 lies nothing that merely fell due: an urged account goes first.
constexpr Span at_once{-1};

double rate_of(Span interval) {
  return interval > Span{0} ? 1 / to_seconds(interval) : 0;
}

}  // namespace

void PollSchedule::put(Entry& entry, Span due) {
  if (!entry.is_out_) {
    queue_.erase(&entry);
  }
  entry.is_out_ = false;
  entry.due_ = due;
  queue_.insert(&entry);
}

void PollSchedule::wish(Entry& entry, Span interval) {
  demand_per_s_ += rate_of(interval) - rate_of(entry.wish_);
  entry.wish_ = interval;
}

void PollSchedule::add(Entry& entry, Span due, Span measured, bool is_urgent) {
  if (entry.is_in_) {
    return;
  }
  entry.is_in_ = true;
  entry.is_urgent_ = is_urgent;
  entry.serial_ = next_serial_++;
  entry.measured_ = measured;
  entry.due_ = due;
  queue_.insert(&entry);
  wish(entry, limits_.interval);
  ++size_;
}

void PollSchedule::remove(Entry& entry) {
  if (!entry.is_in_) {
    return;
  }
  if (!entry.is_out_) {
    queue_.erase(&entry);
  }
  entry.is_in_ = false;
  wish(entry, Span{0});
  --size_;
}

void PollSchedule::urge(Entry& entry, Span now) {
  if (!entry.is_in_) {
    return;
  }
  entry.is_regular_ = false;
  if (entry.is_out_) {
    entry.is_urged_ = true;
    return;
  }
  entry.is_urgent_ = true;
  const bool is_fresh = entry.looked_at_ && now - *entry.looked_at_ < limits_.soon;
  put(entry, is_fresh ? *entry.looked_at_ + limits_.soon : at_once);
}

void PollSchedule::hasten(Entry& entry, Span due) {
  if (entry.is_in_ && !entry.is_out_ && due < entry.due_) {
    put(entry, due);
  }
}

PollSchedule::Entry* PollSchedule::take(Span now) {
  if (queue_.empty() || (*queue_.begin())->due_ > now) {
    return nullptr;
  }
  auto* entry = *queue_.begin();
  queue_.erase(queue_.begin());
  entry->is_out_ = true;
  return entry;
}

std::optional<Span> PollSchedule::next_due() const {
  return queue_.empty() ? std::nullopt : std::optional{(*queue_.begin())->due_};
}

Span PollSchedule::overdue(Span now) const {
  const auto first = queue_.upper_bound(at_once);
  return first == queue_.end() ? Span{0} : std::max(Span{0}, now - (*first)->due_);
}

double PollSchedule::stretch() const {
  return limits_.budget_per_s <= 0
             ? 1
             : std::max(1.0, demand_per_s_ / (planned_share * limits_.budget_per_s));
}

Span PollSchedule::wait_after(Entry& entry, LookOutcome outcome, double random) {
  const auto spread = [&](Span wait) {
    return from_seconds(to_seconds(wait) * (1 + limits_.jitter * random));
  };
  if (outcome.is_refused && outcome.retry_after > Span{0}) {
    return spread(std::max(outcome.retry_after, limits_.soon));
  }
  if (outcome.is_refused) {
    const int doublings = entry.refusals_;
    entry.refusals_ = static_cast<std::uint8_t>(std::min(doublings + 1, 20));
    return spread(std::min<Span>(limits_.first_backoff * (std::int64_t{1} << doublings),
                                 limits_.longest_backoff));
  }
  entry.refusals_ = 0;
  wish(entry, outcome.interval > Span{0} ? outcome.interval : limits_.interval);
  if (outcome.asks_again_soon) {
    return limits_.soon;
  }
  return from_seconds(to_seconds(entry.wish_) * stretch() *
                      (1 + limits_.jitter * (2 * random - 1)));
}

NextLook PollSchedule::answered(Entry& entry, Span now, LookOutcome outcome, double random) {
  if (!entry.is_in_) {
    return {};
  }
  if (entry.looked_at_ && entry.is_regular_) {
    const Span last = now - *entry.looked_at_;
    entry.measured_ = entry.measured_ == Span{0} ? last : (3 * entry.measured_ + last) / 4;
  }
  entry.looked_at_ = now;
  Span wait = wait_after(entry, outcome, random);
  const bool is_urged = std::exchange(entry.is_urged_, false);
  if (is_urged) {
    wait = std::min(wait, limits_.soon);
  }
  entry.is_urgent_ = is_urged || outcome.asks_again_soon;
  entry.is_regular_ = !entry.is_urgent_;
  put(entry, now + wait);
  return NextLook{wait, entry.measured_};
}

}  // namespace vigie::watch
