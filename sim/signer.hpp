// SPDX-License-Identifier: Apache-2.0
// The signing service that stands before the Webcast socket, as two unmodified clients call it
// (protocol notes §5): it answers with the first fetch result and the ticket of one connection.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "http/server.hpp"
#include "sim/faults.hpp"
#include "sim/stats.hpp"
#include "sim/world.hpp"

namespace vigie::sim {

// What one signature is good for: one connection to one room, soon, by whom it was made for.
struct Ticket {
  std::string room;
  std::string cookie;      // name=value, to be sent along
  std::string user_agent;  // empty: any
  Span expires{0};
};

class Signer {
 public:
  // base_of: "http://host:port" of the simulator, as whoever asks knows it.
  using BaseOf = std::function<std::string(const http::Request&)>;
  Signer(World& world, Faults& faults, Stats& stats, Random& random, BaseOf base_of);

  static bool serves(std::string_view path);
  http::Answer answer(const http::Request& request);

  // Takes a ticket out: it works once. Nothing when it is not ours, used, or too old.
  std::optional<Ticket> take(std::string_view token);

 private:
  http::Answer sign(const http::Request& request, const std::string& room);
  http::Response first_result(const http::Request& request, const World::Room& room);
  http::Response limits(bool are_used_up) const;

  World& world_;
  Faults& faults_;
  Stats& stats_;
  Random& random_;
  BaseOf base_of_;
  std::map<std::string, Ticket, std::less<>> tickets_;
  std::int64_t signed_ = 0;
};

}  // namespace vigie::sim
