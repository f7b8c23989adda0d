// SPDX-License-Identifier: Apache-2.0
// The batch question whether known rooms go on (protocol §1.2). It has lied for weeks, so a room
// known dead is asked about too: called alive, nothing of the answer is believed. Pure.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "platform/live_source.hpp"
#include "platform/tiktok/answer.hpp"

namespace vigie::platform::tiktok {

// Peers ask for 50 at once; one place is the canary's.
inline constexpr std::size_t most_rooms = 49;

// Shaped as a room that began in 2018: none can be on air any more.
inline constexpr std::string_view canary_room = "6600000000000000001";

// "1,2,…" with the canary among them, at a place that depends on the rooms: a liar that spares the
// first or the last is found out as well. What is no room id is left out.
std::string room_ids_of(const std::vector<std::string>& rooms);

// asked: as given to room_ids_of(). Rooms nobody asked about are left out; one that is spoken of
// twice in two ways makes the whole answer worthless.
RoomsAnswer decode_check_alive(const Answer& answer, const std::vector<std::string>& asked);

// Refused or broken: no word on any room.
RoomsAnswer no_word(const Observation& refusal);

}  // namespace vigie::platform::tiktok
