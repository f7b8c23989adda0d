// SPDX-License-Identifier: Apache-2.0
#include "sim/stats.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace vigie::sim {
namespace {

constexpr std::size_t most_users = 200'000;  // names come from outside
constexpr std::size_t longest_user = 40;
constexpr std::size_t most_remembered = 1'000'000;  // requests of one minute

}  // namespace

Stats::Stats(Clock& clock) : clock_{clock} {
  open_["flv"] = 0;
  open_["webcast"] = 0;
  reset();
}

void Stats::reset() {
  routes_.clear();
  for (const auto* route : {"api-live", "check_alive", "room_info", "flv"}) {
    routes_[route];
  }
  hosts_ = {};
  notes_ = {{"webcast", {}}};
}

void Stats::request(std::string_view route, std::optional<Host> host) {
  auto place = routes_.find(route);
  if (place == routes_.end()) {
    place = routes_.emplace(std::string{route}, Route{}).first;
  }
  ++place->second.total;
  if (host) {
    hosts_.at(static_cast<std::size_t>(*host)).add(clock_.steady());
  }
}

void Stats::of_user(std::string_view route, std::string_view user) {
  auto& counted = routes_[std::string{route}].by_user;
  const auto name = clean_utf8(user, longest_user);
  if (counted.size() < most_users || counted.contains(name)) {
    ++counted[name];
  }
}

void Stats::note(const std::string& about, const std::string& what) {
  ++notes_[about][what];
}

void Stats::Density::add(Span now) {
  ++total;
  if (!last_minute.empty()) {
    const auto gap = now - last_minute.back();
    shortest_gap = std::min(shortest_gap.value_or(gap), gap);
  }
  last_minute.push_back(now);
  // A request leaves a window exactly one minute (one second) after it came.
  while (last_minute.front() <= now - std::chrono::minutes{1} ||
         last_minute.size() > most_remembered) {
    last_minute.pop_front();
  }
  const auto of_second = std::ranges::upper_bound(last_minute, now - std::chrono::seconds{1});
  peak_per_second =
      std::max(peak_per_second, static_cast<std::size_t>(last_minute.end() - of_second));
  peak_per_minute = std::max(peak_per_minute, last_minute.size());
}

boost::json::object Stats::to_json() const {
  boost::json::object requests;
  for (const auto& [name, route] : routes_) {
    boost::json::object by_user;
    for (const auto& [user, count] : route.by_user) {
      by_user[user] = count;
    }
    requests[name] = {{"total", route.total}, {"by_user", std::move(by_user)}};
  }
  boost::json::object hosts;
  for (std::size_t index = 0; index < hosts_.size(); ++index) {
    const auto& host = hosts_.at(index);
    boost::json::object out{{"total", host.total},
                            {"peak_per_s", host.peak_per_second},
                            {"peak_per_min", host.peak_per_minute}};
    if (host.shortest_gap) {
      out["shortest_gap_s"] = to_seconds(*host.shortest_gap);
    } else {
      out["shortest_gap_s"] = nullptr;
    }
    hosts[to_string(static_cast<Host>(index))] = std::move(out);
  }
  boost::json::object connections;
  for (const auto& [what, count] : open_) {
    connections[what] = count;
  }
  boost::json::object out{{"requests", std::move(requests)},
                          {"connections", std::move(connections)},
                          {"hosts", std::move(hosts)}};
  for (const auto& [about, counts] : notes_) {
    boost::json::object counted;
    for (const auto& [what, count] : counts) {
      counted[what] = count;
    }
    out[about] = std::move(counted);
  }
  return out;
}

}  // namespace vigie::sim
