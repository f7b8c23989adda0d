// SPDX-License-Identifier: Apache-2.0
// What was asked of the simulator, for /__sim/stats.
#pragma once
#include <array>
#include <boost/json/object.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "async/clock.hpp"
#include "sim/routes.hpp"

namespace vigie::sim {

class Stats {
 public:
  explicit Stats(Clock& clock);

  // One request, to a host of TikTok's or to none; user may be empty or anything a client sent.
  void request(std::string_view route, std::optional<Host> host = std::nullopt);
  void of_user(std::string_view route, std::string_view user);
  // One of something else: ("webcast", "acks") is "webcast": {"acks": 1}.
  void note(const std::string& about, const std::string& what);

  // Forgets everything but what is open now.
  void reset();

  // Counts an open stream ("flv") or socket ("webcast") while it lives.
  class Open {
   public:
    explicit Open(Stats& stats, const std::string& what = "flv") : count_{stats.open_[what]} {
      ++count_;
    }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    ~Open() { --count_; }

   private:
    std::int64_t& count_;
  };

  boost::json::object to_json() const;

 private:
  struct Route {
    std::int64_t total = 0;
    std::map<std::string, std::int64_t, std::less<>> by_user;
  };
  // How dense the requests to one host came, over any window and not only whole seconds.
  struct Density {
    std::int64_t total = 0;
    std::deque<Span> last_minute;
    std::size_t peak_per_second = 0;
    std::size_t peak_per_minute = 0;
    std::optional<Span> shortest_gap;
    void add(Span now);
  };

  Clock& clock_;
  std::map<std::string, Route, std::less<>> routes_;
  std::array<Density, host_count> hosts_;
  std::map<std::string, std::map<std::string, std::int64_t>> notes_;
  std::map<std::string, std::int64_t, std::less<>> open_;  // entries are never taken out
};

}  // namespace vigie::sim
