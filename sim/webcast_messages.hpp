// SPDX-License-Identifier: Apache-2.0
// What is said on the Webcast socket, as bytes (protocol notes §5.1). Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "platform/tiktok/webcast.pb.h"

namespace vigie::sim {

// What every message tells of itself.
struct MessageContext {
  std::int64_t room = 0;
  std::int64_t message = 0;  // its number, never twice
  Time now;
};

webcast::BaseMessage control_message(const MessageContext& context, webcast::ControlAction action);
webcast::BaseMessage viewers_message(const MessageContext& context, std::int64_t viewers,
                                     std::int64_t entered);
// Of a method that clients do not know, and named without the usual prefix.
webcast::BaseMessage welcome_message(const MessageContext& context);
// Of a method that clients do know, with bytes that are no protobuf.
webcast::BaseMessage broken_message(const MessageContext& context);

// What viewers do.
struct Emission {
  std::string what;  // one of emission_names
  std::string name;  // the viewer's @name
  std::string text;  // what a chat says, what a gift is called
  std::int64_t count = 1;
};
struct RoomTotals {
  std::int64_t likes = 0;
  std::int64_t viewers = 0;
  std::int64_t followers = 0;
  std::string host;  // the @name of who is on air
};
bool is_emission(std::string_view what);
webcast::BaseMessage emitted_message(const MessageContext& context, const Emission& emission,
                                     const RoomTotals& totals);

std::string gzip(std::string_view bytes);

}  // namespace vigie::sim
