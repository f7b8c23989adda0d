// SPDX-License-Identifier: Apache-2.0
// What was asked of the simulator, for /__sim/stats.
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace vigie::sim {

class Stats {
 public:
  Stats();
  // One request; user may be empty or anything a client sent.
  void request(std::string_view route);
  void of_user(std::string_view route, std::string_view user);

  // Counts an open stream while it lives.
  class Open {
   public:
    explicit Open(Stats& stats) : stats_{stats} { ++stats_.streams_; }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    ~Open() { --stats_.streams_; }

   private:
    Stats& stats_;
  };

  boost::json::object to_json() const;

 private:
  struct Route {
    std::int64_t total = 0;
    std::map<std::string, std::int64_t, std::less<>> by_user;
  };
  std::map<std::string, Route, std::less<>> routes_;
  std::int64_t streams_ = 0;
};

}  // namespace vigie::sim
