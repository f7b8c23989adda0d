// SPDX-License-Identifier: Apache-2.0
#include "sim/webcast_messages.hpp"

#include <zlib.h>

#include <array>
#include <limits>
#include <stdexcept>

namespace vigie::sim {
namespace {

constexpr std::array<std::string_view, 6> emission_names{"chat",   "like",  "member",
                                                         "follow", "share", "gift"};

std::int64_t unix_millis(Time time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

std::int32_t to_int32(std::int64_t value) {
  return static_cast<std::int32_t>(
      std::clamp<std::int64_t>(value, 0, std::numeric_limits<std::int32_t>::max()));
}

template <class Message>
webcast::BaseMessage wrap(const MessageContext& context, std::string_view method,
                          Message& message) {
  auto& common = *message.mutable_common();
  common.set_method(std::string{method});
  common.set_msg_id(context.message);
  common.set_room_id(context.room);
  common.set_create_time(unix_millis(context.now));
  common.set_is_show_msg(true);
  webcast::BaseMessage out;
  out.set_method(std::string{method});
  out.set_payload(message.SerializeAsString());
  out.set_msg_id(context.message);
  return out;
}

// The same name is the same person.
void set_user(webcast::User& user, const std::string& name) {
  constexpr std::int64_t first_id = 6'000'000'000'000'000'000;
  constexpr std::uint64_t spread = 899'999'999'999'999'999;
  std::uint64_t hash = 14'695'981'039'346'656'037U;  // FNV-1a
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  }
  const auto id = first_id + static_cast<std::int64_t>(hash % spread);
  user.set_id(id);
  user.set_username(name);
  user.set_nick_name(name);
  user.set_sec_uid("MS4wLjABAAAA" + std::to_string(id));
}

webcast::BaseMessage chat(const MessageContext& context, const Emission& emission) {
  webcast::Chat message;
  set_user(*message.mutable_user(), emission.name);
  message.set_content(emission.text);
  message.set_content_language("fr");
  return wrap(context, "WebcastChatMessage", message);
}

webcast::BaseMessage like(const MessageContext& context, const Emission& emission,
                          const RoomTotals& totals) {
  webcast::Like message;
  set_user(*message.mutable_user(), emission.name);
  message.set_count(to_int32(emission.count));
  message.set_total(totals.likes);
  return wrap(context, "WebcastLikeMessage", message);
}

webcast::BaseMessage member(const MessageContext& context, const Emission& emission,
                            const RoomTotals& totals) {
  webcast::Member message;
  set_user(*message.mutable_user(), emission.name);
  message.set_member_count(to_int32(totals.viewers));
  message.set_action(1);
  message.set_user_id(message.user().id());
  return wrap(context, "WebcastMemberMessage", message);
}

webcast::BaseMessage social(const MessageContext& context, const Emission& emission,
                            const RoomTotals& totals) {
  const bool is_follow = emission.what == "follow";
  webcast::Social message;
  set_user(*message.mutable_user(), emission.name);
  message.set_action(is_follow ? 1 : 3);
  if (is_follow) {
    message.set_follow_count(totals.followers);
  } else {
    message.set_share_count(to_int32(emission.count));
  }
  auto& words = *message.mutable_common()->mutable_display_text();
  words.set_key(is_follow ? "pm_main_follow_message_viewer_2" : "pm_mt_guidance_share");
  words.set_default_pattern(is_follow ? "{0:user} followed the host" : "{0:user} shared the LIVE");
  return wrap(context, "WebcastSocialMessage", message);
}

webcast::BaseMessage gift(const MessageContext& context, const Emission& emission,
                          const RoomTotals& totals) {
  constexpr std::int64_t rose = 5655;
  webcast::Gift message;
  set_user(*message.mutable_user(), emission.name);
  set_user(*message.mutable_to_user(), totals.host);
  message.set_gift_id(rose);
  message.set_repeat_count(to_int32(emission.count));
  message.set_combo_count(to_int32(emission.count));
  message.set_group_count(1);
  message.set_repeat_end(1);
  message.set_group_id(context.message);
  auto& details = *message.mutable_gift();
  details.set_id(rose);
  details.set_name(emission.text.empty() ? "Rose" : emission.text);
  details.set_describe("sent " + details.name());
  details.set_combo(true);
  details.set_type(1);
  details.set_diamond_count(1);
  return wrap(context, "WebcastGiftMessage", message);
}

}  // namespace

webcast::BaseMessage control_message(const MessageContext& context, webcast::ControlAction action) {
  webcast::Control message;
  message.set_action(action);
  return wrap(context, "WebcastControlMessage", message);
}

webcast::BaseMessage viewers_message(const MessageContext& context, std::int64_t viewers,
                                     std::int64_t entered) {
  webcast::RoomUserSeq message;
  message.set_total(viewers);
  message.set_pop_str(std::to_string(viewers));
  message.set_popularity(viewers);
  message.set_total_user(entered);
  message.set_anonymous(viewers / 2);
  return wrap(context, "WebcastRoomUserSeqMessage", message);
}

webcast::BaseMessage welcome_message(const MessageContext& context) {
  webcast::Chat message;
  return wrap(context, "RoomMessage", message);
}

webcast::BaseMessage broken_message(const MessageContext& context) {
  webcast::BaseMessage out;
  out.set_method("WebcastChatMessage");
  out.set_payload("\x0A\xFF\xFF\xFF\x7F broken");  // a field longer than all there is
  out.set_msg_id(context.message);
  return out;
}

bool is_emission(std::string_view what) {
  return std::ranges::find(emission_names, what) != emission_names.end();
}

webcast::BaseMessage emitted_message(const MessageContext& context, const Emission& emission,
                                     const RoomTotals& totals) {
  if (emission.what == "chat") {
    return chat(context, emission);
  }
  if (emission.what == "like") {
    return like(context, emission, totals);
  }
  if (emission.what == "member") {
    return member(context, emission, totals);
  }
  return emission.what == "gift" ? gift(context, emission, totals)
                                 : social(context, emission, totals);
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  constexpr int gzip_header = 15 + 16;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_header, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error{"zlib does not start"};
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  std::string in{bytes};
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace vigie::sim
