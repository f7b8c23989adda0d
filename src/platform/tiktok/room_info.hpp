// SPDX-License-Identifier: Apache-2.0
// What webcast/room/info (protocol §1.3) says of a room and its owner. Pure. Its stream addresses
// are streams.hpp's.
#pragma once
#include <string_view>

#include "platform/live_source.hpp"
#include "platform/tiktok/answer.hpp"

namespace vigie::platform::tiktok {

// The owner's stable id and name, whatever became of the room; live or paused when it is the room
// that was asked about and its status says so. A room that is over says nothing of another, and so
// proves nothing ("room_over").
Observation decode_room_info(const Answer& answer, std::string_view asked_room);

}  // namespace vigie::platform::tiktok
