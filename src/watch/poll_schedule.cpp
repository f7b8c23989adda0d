// SPDX-License-Identifier: Apache-2.0
#include "watch/poll_schedule.hpp"

#include <algorithm>

namespace vigie::watch {

void PollSchedule::put(const std::string& id, Entry& entry, Span due) {
  queue_.erase({entry.due, id});
  entry.due = due;
  queue_.insert({due, id});
}

void PollSchedule::add(const std::string& id, Span due, Span measured) {
  const auto [place, is_new] = entries_.try_emplace(id);
  if (is_new) {
    place->second.measured = measured;
    put(id, place->second, due);
  }
}

void PollSchedule::remove(const std::string& id) {
  const auto found = entries_.find(id);
  if (found != entries_.end()) {
    queue_.erase({found->second.due, id});
    entries_.erase(found);
  }
}

void PollSchedule::urge(const std::string& id, Span now) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    return;
  }
  auto& entry = found->second;
  entry.is_regular = false;
  if (entry.is_out) {
    entry.is_urged = true;
    return;
  }
  const bool is_fresh = entry.looked_at && now - *entry.looked_at < limits_.soon;
  // Before 0 lies nothing that merely fell due: an urged account goes first.
  put(id, entry, is_fresh ? *entry.looked_at + limits_.soon : Span{-1});
}

std::optional<std::string> PollSchedule::take(Span now) {
  if (queue_.empty() || queue_.begin()->first > now) {
    return std::nullopt;
  }
  auto id = queue_.begin()->second;
  queue_.erase(queue_.begin());
  entries_.at(id).is_out = true;
  return id;
}

std::optional<Span> PollSchedule::next_due() const {
  return queue_.empty() ? std::nullopt : std::optional{queue_.begin()->first};
}

Span PollSchedule::overdue(Span now) const {
  const auto first = queue_.lower_bound({Span{0}, ""});
  return first == queue_.end() ? Span{0} : std::max(Span{0}, now - first->first);
}

Span PollSchedule::wait_after(Entry& entry, LookOutcome outcome, double random) const {
  const auto spread = [&](Span wait) {
    return from_seconds(to_seconds(wait) * (1 + limits_.jitter * random));
  };
  if (outcome.is_refused && outcome.retry_after > Span{0}) {
    return spread(std::max(outcome.retry_after, limits_.soon));
  }
  if (outcome.is_refused) {
    const int doublings = std::min(entry.refusals++, 20);
    return spread(std::min<Span>(limits_.first_backoff * (std::int64_t{1} << doublings),
                                 limits_.longest_backoff));
  }
  entry.refusals = 0;
  if (outcome.asks_again_soon) {
    return limits_.soon;
  }
  const Span wished = outcome.is_live ? limits_.live_interval : limits_.interval;
  return from_seconds(to_seconds(wished) * (1 + limits_.jitter * (2 * random - 1)));
}

NextLook PollSchedule::answered(const std::string& id, Span now, LookOutcome outcome,
                                double random) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    return {};
  }
  auto& entry = found->second;
  if (entry.looked_at && entry.is_regular) {
    const Span last = now - *entry.looked_at;
    entry.measured = entry.measured == Span{0} ? last : (3 * entry.measured + last) / 4;
  }
  entry.looked_at = now;
  entry.is_out = false;
  Span wait = wait_after(entry, outcome, random);
  if (std::exchange(entry.is_urged, false)) {
    wait = std::min(wait, limits_.soon);
  }
  entry.is_regular = !outcome.asks_again_soon;
  put(id, entry, now + wait);
  return NextLook{wait, entry.measured};
}

}  // namespace vigie::watch
