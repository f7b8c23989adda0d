// SPDX-License-Identifier: Apache-2.0
// The Webcast socket's frames as plain values, and ours as bytes (protocol §5.1). Pure. What is
// unknown passes, what is broken is counted and left out: neither ends a connection.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "platform/live_socket.hpp"

namespace vigie::platform::tiktok {

struct Frame {
  std::uint64_t log_id = 0;
  std::string type;     // "msg" carries events; "hb", "ack" and "im_enter_room_resp" do not
  std::string payload;  // unpacked
};

// Errc::corrupt for what is no frame, for a damaged payload and for more than max_payload unpacked.
Result<Frame> decode_frame(std::string_view bytes, std::size_t max_payload);

// What a frame of type "msg" carries, and what the signer answers.
struct Batch {
  std::vector<LiveEvent> events;  // in their order, without what the room remembers of before
  std::string cursor;
  std::string internal_ext;
  bool needs_ack = false;
  std::string push_server;
  std::vector<std::pair<std::string, std::string>> route_params;
  std::size_t messages = 0;
  std::size_t unknown = 0;  // of kinds that are not used
  std::size_t broken = 0;   // parts that could not be read
};

// room: what another room says is not counted among the events.
Batch decode_batch(std::string_view bytes, std::string_view room);

std::string encode_ack(std::uint64_t log_id, std::string_view internal_ext);
std::string encode_heartbeat(std::uint64_t room, std::uint64_t sequence);
std::string encode_enter_room(std::int64_t room, std::string_view cursor);

}  // namespace vigie::platform::tiktok
