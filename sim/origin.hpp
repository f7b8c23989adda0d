// SPDX-License-Identifier: Apache-2.0
// The FLV origin: signed addresses, and the streams behind them at the pace of real time.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "http/server.hpp"
#include "sim/faults.hpp"
#include "sim/sound.hpp"
#include "sim/stats.hpp"
#include "sim/world.hpp"

namespace vigie::sim {

class Origin {
 public:
  Origin(World& world, SoundBank& sounds, Faults& faults, Stats& stats, Clock& clock,
         Random& random);

  // "<base>/stream/<room>_<quality>.flv?expire=…&sign=…"; quality "ao" is sound only. Good for 14
  // days, as TikTok's, or until the live's addresses expire.
  std::string address(std::string_view base, const Live& live, std::string_view quality) const;

  // The answer to such an address: 403 expired or foreign, 404 not on air.
  http::Answer answer(const http::Request& request);

 private:
  struct Viewer;

  std::string sign(std::string_view room, std::string_view quality, std::string_view expire,
                   std::size_t generation) const;
  Async<> send(std::shared_ptr<Live> live, bool has_video, http::BodyWriter& writer);
  bool goes_on(const Viewer& viewer) const;
  Async<bool> send_due(Viewer& viewer, http::BodyWriter& writer);
  void change_codec(Viewer& viewer, std::string& bytes);
  std::string garbage();

  World& world_;
  SoundBank& sounds_;
  Faults& faults_;
  Stats& stats_;
  Clock& clock_;
  Random& random_;
  std::string secret_;
};

}  // namespace vigie::sim
