// SPDX-License-Identifier: Apache-2.0
#include "watch/room_watch.hpp"

#include <algorithm>
#include <utility>

namespace vigie::watch {
namespace {

std::string_view outcome_of(const platform::RoomsAnswer& answer) {
  if (answer.poisoned) {
    return "poisoned";
  }
  if (answer.blocked) {
    return "refused";
  }
  return answer.reason.empty() ? "good" : "unknown";
}

}  // namespace

bool RoomWatch::is_trusted() const {
  return good_at_ && clock_.steady() - *good_at_ < limits_.lasts;
}

bool RoomWatch::judge(const platform::RoomsAnswer& answer) {
  metrics_
      .counter("vigie_watch_room_batches_total", "Batches of rooms asked about, by outcome.",
               {{"outcome", outcome_of(answer)}})
      .add();
  if (answer.poisoned) {
    log_.warn("the platform calls a dead room alive: batches are not believed for a while", {});
    distrusted_until_ = clock_.steady() + limits_.distrust;
  }
  if (!answer.reason.empty()) {
    good_at_.reset();
    return false;
  }
  good_at_ = clock_.steady();
  return true;
}

Async<std::optional<std::set<std::string>>> RoomWatch::ask(std::vector<std::string> rooms) {
  if (clock_.steady() < distrusted_until_) {
    co_return std::nullopt;
  }
  std::set<std::string> over;
  const auto most = source_.rooms_at_once();
  for (std::size_t from = 0; from < rooms.size(); from += most) {
    const auto to = std::min(from + most, rooms.size());
    std::vector<std::string> batch{rooms.begin() + static_cast<std::ptrdiff_t>(from),
                                   rooms.begin() + static_cast<std::ptrdiff_t>(to)};
    auto copy = batch;
    const auto answer = co_await source_.probe_rooms(std::move(copy));
    if (!judge(answer)) {
      co_return std::nullopt;
    }
    for (auto& room : batch) {
      const auto found = answer.alive.find(room);
      if (found == answer.alive.end() || !found->second) {
        over.insert(std::move(room));
      }
    }
  }
  co_return over;
}

}  // namespace vigie::watch
