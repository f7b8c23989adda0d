// SPDX-License-Identifier: Apache-2.0
#include "sim/stats.hpp"

#include "base/text.hpp"

namespace vigie::sim {
namespace {

constexpr std::size_t most_users = 20'000;  // names come from outside
constexpr std::size_t longest_user = 40;

}  // namespace

Stats::Stats() {
  for (const auto* route : {"api-live", "check_alive", "room_info", "flv"}) {
    routes_[route];
  }
}

void Stats::request(std::string_view route) {
  ++routes_[std::string{route}].total;
}

void Stats::of_user(std::string_view route, std::string_view user) {
  auto& counted = routes_[std::string{route}].by_user;
  const auto name = clean_utf8(user, longest_user);
  if (counted.size() < most_users || counted.contains(name)) {
    ++counted[name];
  }
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
  // The Webcast socket is not part of this simulator yet: nobody can be connected to it.
  const boost::json::object connections{{"flv", streams_}, {"webcast", 0}};
  return {{"requests", std::move(requests)}, {"connections", connections}};
}

}  // namespace vigie::sim
