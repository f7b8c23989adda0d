// SPDX-License-Identifier: Apache-2.0
// The stream origin: signed addresses, and the FLV streams and HLS segments behind them at the pace
// of real time.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/server.hpp"
#include "sim/faults.hpp"
#include "sim/hls.hpp"
#include "sim/routes.hpp"
#include "sim/sound.hpp"
#include "sim/stats.hpp"
#include "sim/world.hpp"

namespace vigie::sim {

class Origin {
 public:
  Origin(World& world, SoundBank& sounds, Faults& faults, Stats& stats, Clock& clock,
         Random& random);

  // "<base>/stream/<room>_<quality>.flv?expire=…&sign=…"; quality "ao" is sound only, a 5 at the
  // end is H.265. Good for 14 days, as TikTok's, or until the live's addresses expire or move.
  std::string address(std::string_view base, const Live& live, std::string_view quality) const;
  // "<base>/stream/<room>_<quality>/playlist.m3u8?…", in the same way.
  std::string playlist(std::string_view base, const Live& live, std::string_view quality) const;

  // The account that an address belongs to, and how it is counted: "flv" or "hls".
  Route route_of(const http::Request& request) const;
  // The answer to such an address, come to the origin's port `which` (0 or 1): 403 expired or
  // foreign, 404 not on air, or no longer here.
  Async<http::Answer> answer(http::Request request, std::size_t which);

 private:
  struct Viewer;

  std::string sign(std::string_view room, std::string_view quality, std::string_view expire,
                   std::size_t generation) const;
  std::string query(const Live& live, std::string_view quality) const;
  std::optional<http::Response> refusal(const http::Request& request, const Live& live,
                                        std::string_view quality, std::size_t which) const;
  Async<> send(std::shared_ptr<Live> live, std::string quality, http::BodyWriter& writer);
  bool goes_on(const Viewer& viewer) const;
  Async<bool> send_due(Viewer& viewer, http::BodyWriter& writer);
  void change_codec(Viewer& viewer, std::string& bytes);
  void add_picture(Viewer& viewer, Span timestamp, std::string& bytes);
  std::string garbage(std::size_t size);

  World& world_;
  SoundBank& sounds_;
  Faults& faults_;
  Stats& stats_;
  Clock& clock_;
  Random& random_;
  Hls hls_;
  std::string secret_;
};

}  // namespace vigie::sim
