// SPDX-License-Identifier: Apache-2.0
// Asks in batches whether known lives go on, and knows how far such answers can be relied on: they
// have lied for weeks (failures 3), and they never begin or end a live by themselves.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "platform/live_source.hpp"

namespace vigie::watch {

struct RoomWatchLimits {
  Span lasts{std::chrono::seconds{90}};     // how long a good answer is relied on
  Span distrust{std::chrono::minutes{10}};  // after a lie
};

class RoomWatch {
 public:
  RoomWatch(platform::LiveSource& source, Clock& clock, log::Log& log, metrics::Registry& metrics,
            RoomWatchLimits limits = {})
      : source_{source}, clock_{clock}, log_{log}, metrics_{metrics}, limits_{limits} {}

  bool is_possible() const { return source_.rooms_at_once() > 0; }

  // While it is, lives that go on need only a slow look of their own.
  bool is_trusted() const;

  // Of the rooms, those that are said to be over or that were not spoken of; nothing when the
  // answers are worth nothing.
  Async<std::optional<std::set<std::string>>> ask(std::vector<std::string> rooms);

 private:
  bool judge(const platform::RoomsAnswer& answer);

  platform::LiveSource& source_;
  Clock& clock_;
  log::Log& log_;
  metrics::Registry& metrics_;
  RoomWatchLimits limits_;
  std::optional<Span> good_at_;
  Span distrusted_until_{0};
};

}  // namespace vigie::watch
