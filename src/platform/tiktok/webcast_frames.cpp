// SPDX-License-Identifier: Apache-2.0
#include "platform/tiktok/webcast_frames.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "http/inflate.hpp"
#include "platform/tiktok/webcast.pb.h"

namespace vigie::platform::tiktok {
namespace {

constexpr std::string_view gzip_magic{"\x1F\x8B\x08", 3};
constexpr std::string_view prefix = "Webcast";
constexpr std::size_t longest_word = 16 * 1024;   // of a cursor, an address, a parameter
constexpr std::size_t most_messages = 10'000;     // in one frame
constexpr std::int64_t most_at_once = 1'000'000;  // likes or gifts in one message
constexpr std::int64_t live_id = 12;
constexpr std::int32_t has_come_in = 1;
constexpr std::int32_t sent_in_streaks = 1;

// What could be read of a message, and whether that is all of it.
template <class Message>
struct Read {
  Message message;
  bool is_whole = false;
};

template <class Message>
Read<Message> read(std::string_view bytes) {
  Read<Message> read;
  read.is_whole = bytes.size() <= static_cast<std::size_t>(INT32_MAX) &&
                  read.message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  return read;
}

bool is_packed(const webcast::PushFrameHalf& frame) {
  if (std::string_view{frame.payload()}.starts_with(gzip_magic)) {
    return true;
  }
  return std::any_of(frame.headers().begin(), frame.headers().end(), [](const auto& bytes) {
    const auto entry = read<webcast::Entry>(bytes);
    return entry.is_whole && entry.message.key() == "compress_type" &&
           entry.message.value() == "gzip";
  });
}

std::string word(const std::string& bytes) {
  return bytes.size() <= longest_word ? bytes : std::string{};
}

// Nothing said is this room's too.
bool is_of_room(const std::string& common, std::string_view room) {
  const auto read_common = read<webcast::Common>(common);
  const auto said = read_common.message.room_id();
  return said == 0 || std::to_string(said) == room;
}

// The events of one message into a batch.
class MessageReader {
 public:
  MessageReader(Batch& batch, std::string_view room) : batch_{batch}, room_{room} {}

  void take(const std::string& bytes) {
    ++batch_.messages;
    const auto base = read<webcast::BaseMessage>(bytes);
    if (!base.is_whole) {
      ++batch_.broken;
      return;
    }
    if (base.message.is_history()) {
      return;
    }
    std::string_view method = base.message.method();
    if (method.starts_with(prefix)) {
      method.remove_prefix(prefix.size());
    }
    dispatch(method, base.message.payload());
  }

 private:
  using Reading = void (MessageReader::*)(const std::string&);

  void dispatch(std::string_view method, const std::string& payload) {
    static constexpr std::array<std::pair<std::string_view, Reading>, 7> readings{{
        {"RoomUserSeqMessage", &MessageReader::room_user_seq},
        {"ControlMessage", &MessageReader::control},
        {"ChatMessage", &MessageReader::chat},
        {"LikeMessage", &MessageReader::like},
        {"MemberMessage", &MessageReader::member},
        {"SocialMessage", &MessageReader::social},
        {"GiftMessage", &MessageReader::gift},
    }};
    const auto found = std::ranges::find(readings, method, &decltype(readings)::value_type::first);
    if (found == readings.end()) {
      ++batch_.unknown;
      return;
    }
    (this->*found->second)(payload);
  }

  template <class Message>
  std::optional<Message> whole(const std::string& payload) {
    auto part = read<Message>(payload);
    if (!part.is_whole) {
      ++batch_.broken;
      return std::nullopt;
    }
    return std::move(part.message);
  }

  void add(LiveEventKind kind, std::int64_t number = 1) { batch_.events.push_back({kind, number}); }

  void room_user_seq(const std::string& payload) {
    const auto seen = whole<webcast::RoomUserSeqHalf>(payload);
    if (seen && seen->total() >= 0 && is_of_room(seen->common(), room_)) {
      add(LiveEventKind::viewers, seen->total());
    }
  }

  void control(const std::string& payload) {
    const auto seen = whole<webcast::ControlHalf>(payload);
    if (!seen || !is_of_room(seen->common(), room_)) {
      return;
    }
    switch (seen->action()) {
      case webcast::CONTROL_PAUSED:
        return add(LiveEventKind::paused);
      case webcast::CONTROL_UNPAUSED:
        return add(LiveEventKind::resumed);
      case webcast::CONTROL_ENDED:
        return add(LiveEventKind::ended);
      case webcast::CONTROL_SUSPENDED:
        return add(LiveEventKind::suspended);
      default:
        ++batch_.unknown;
    }
  }

  void chat(const std::string&) { add(LiveEventKind::chat); }

  void like(const std::string& payload) {
    if (const auto seen = whole<webcast::LikeHalf>(payload)) {
      add(LiveEventKind::like, std::clamp<std::int64_t>(seen->count(), 1, most_at_once));
    }
  }

  void member(const std::string& payload) {
    const auto seen = whole<webcast::MemberHalf>(payload);
    if (seen && seen->action() == has_come_in) {
      add(LiveEventKind::member);
    }
  }

  // A share says so in the same place.
  void social(const std::string& payload) {
    const auto seen = whole<webcast::SocialHalf>(payload);
    if (seen && read<webcast::Common>(seen->common()).message.display_text().key().find("follow") !=
                    std::string::npos) {
      add(LiveEventKind::follow);
    }
  }

  // A streak repeats its growing count and is counted once, at its end.
  void gift(const std::string& payload) {
    const auto seen = whole<webcast::GiftHalf>(payload);
    if (!seen) {
      return;
    }
    const auto details = read<webcast::Gift::Details>(seen->gift());
    const bool goes_on = details.message.type() == sent_in_streaks && seen->repeat_end() == 0;
    if (!goes_on) {
      add(LiveEventKind::gift, std::clamp<std::int64_t>(seen->repeat_count(), 1, most_at_once));
    }
  }

  Batch& batch_;
  std::string_view room_;
};

std::string encode_frame(std::string_view type, std::string payload, std::uint64_t log_id = 0) {
  webcast::PushFrame frame;
  frame.set_log_id(log_id);
  frame.set_payload_encoding("pb");
  frame.set_payload_type(std::string{type});
  frame.set_payload(std::move(payload));
  return frame.SerializeAsString();
}

}  // namespace

Result<Frame> decode_frame(std::string_view bytes, std::size_t max_payload) {
  auto seen = read<webcast::PushFrameHalf>(bytes);
  if (!seen.is_whole) {
    return make_error(Errc::corrupt, "the bytes are no frame");
  }
  Frame frame;
  frame.log_id = seen.message.log_id();
  frame.type = word(seen.message.payload_type());
  if (is_packed(seen.message)) {
    auto plain = http::inflate_body(seen.message.payload(), "gzip", max_payload);
    if (!plain) {
      return plain.error().during("unpacking a frame");
    }
    frame.payload = std::move(*plain);
    return frame;
  }
  if (seen.message.payload().size() > max_payload) {
    return make_error(Errc::corrupt, "a frame of more than {} bytes", max_payload);
  }
  frame.payload = std::move(*seen.message.mutable_payload());
  return frame;
}

Batch decode_batch(std::string_view bytes, std::string_view room) {
  auto seen = read<webcast::FetchResultHalf>(bytes);
  auto& result = seen.message;
  Batch batch;
  batch.broken = seen.is_whole ? 0 : 1;
  batch.cursor = word(result.cursor());
  batch.internal_ext = word(result.internal_ext());
  batch.needs_ack = result.need_ack();
  batch.push_server = word(result.push_server());
  for (const auto& entry_bytes : result.route_params()) {
    const auto entry = read<webcast::Entry>(entry_bytes);
    batch.broken += entry.is_whole ? 0 : 1;
    if (entry.is_whole) {
      batch.route_params.emplace_back(word(entry.message.key()), word(entry.message.value()));
    }
  }
  MessageReader reader{batch, room};
  for (const auto& message : result.messages()) {
    if (batch.messages == most_messages) {
      ++batch.broken;
      break;
    }
    reader.take(message);
  }
  return batch;
}

std::string encode_ack(std::uint64_t log_id, std::string_view internal_ext) {
  return encode_frame("ack", internal_ext.empty() ? "-" : std::string{internal_ext}, log_id);
}

std::string encode_heartbeat(std::uint64_t room, std::uint64_t sequence) {
  webcast::HeartBeat beat;
  beat.set_room_id(room);
  beat.set_send_packet_seq_id(sequence);
  return encode_frame("hb", beat.SerializeAsString());
}

std::string encode_enter_room(std::int64_t room, std::string_view cursor) {
  webcast::EnterRoom enter;
  enter.set_room_id(room);
  enter.set_live_id(live_id);
  enter.set_identity("audience");
  enter.set_cursor(std::string{cursor});
  enter.set_filter_welcome_msg("0");
  return encode_frame("im_enter_room", enter.SerializeAsString());
}

}  // namespace vigie::platform::tiktok
