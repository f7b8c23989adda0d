// SPDX-License-Identifier: Apache-2.0
#include "platform/tiktok/webcast_frames.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "platform/tiktok/webcast.pb.h"

namespace vigie::platform::tiktok {
namespace {

using Kind = LiveEventKind;

constexpr std::size_t roomy = 1U << 20U;
const std::string room = "7300000000000000001";

template <class Message>
void add(webcast::FetchResult& result, std::string method, const Message& message) {
  auto& base = *result.add_messages();
  base.set_method(std::move(method));
  base.set_payload(message.SerializeAsString());
}

webcast::RoomUserSeq viewers(std::int64_t total) {
  webcast::RoomUserSeq message;
  message.mutable_common()->set_room_id(7300000000000000001);
  message.set_total(total);
  return message;
}

webcast::Control control(webcast::ControlAction action) {
  webcast::Control message;
  message.set_action(action);
  return message;
}

std::string frame(const std::string& payload, const std::string& coding = "") {
  webcast::PushFrame pushed;
  pushed.set_log_id(42);
  pushed.set_payload_type("msg");
  pushed.set_payload(payload);
  if (!coding.empty()) {
    auto& header = *pushed.add_headers();
    header.set_key("compress_type");
    header.set_value(coding);
  }
  return pushed.SerializeAsString();
}

std::string gzip(const std::string& plain) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
            Z_OK);
  std::string packed(deflateBound(&stream, plain.size()) + 32, '\0');
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast,cppcoreguidelines-pro-type-const-cast)
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast,cppcoreguidelines-pro-type-const-cast)
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

std::vector<Kind> kinds(const Batch& batch) {
  std::vector<Kind> all;
  for (const auto& event : batch.events) {
    all.push_back(event.kind);
  }
  return all;
}

TEST(WebcastFrame, IsUnpackedByItsHeaderOrByItsMagic) {
  const std::string plain = "what is said";

  for (const auto& bytes : {frame(plain), frame(plain, "none"), frame(gzip(plain), "gzip"),
                            frame(gzip(plain)), frame(gzip(plain), "none")}) {
    const auto seen = decode_frame(bytes, roomy);
    ASSERT_TRUE(seen) << seen.error().what;
    EXPECT_EQ(seen->log_id, 42U);
    EXPECT_EQ(seen->type, "msg");
    EXPECT_EQ(seen->payload, plain);
  }
}

TEST(WebcastFrame, RefusesAnOversizePayloadAndADamagedOne) {
  const auto bomb = gzip(std::string(1U << 24U, '\0'));
  ASSERT_LT(bomb.size(), 64U << 10U);

  EXPECT_EQ(decode_frame(frame(bomb, "gzip"), roomy).error().code, Errc::corrupt);
  EXPECT_EQ(decode_frame(frame(std::string(11, 'x')), 10).error().code, Errc::corrupt);
  EXPECT_EQ(decode_frame(frame("not packed", "gzip"), roomy).error().code, Errc::corrupt);
  EXPECT_EQ(decode_frame(frame(bomb.substr(0, 100), "gzip"), roomy).error().code, Errc::corrupt);
  EXPECT_EQ(decode_frame("\xFF\xFF\xFF", roomy).error().code, Errc::corrupt);
}

TEST(WebcastFrame, ABrokenHeaderSpoilsNothing) {
  auto bytes = frame(gzip("said"), "gzip");
  bytes += std::string{"\x2A\x02\x0A\x7F", 4};  // an entry whose key is longer than it is

  EXPECT_EQ(decode_frame(bytes, roomy).value().payload, "said");
}

TEST(WebcastBatch, TellsWhatHappensInTheirOrder) {
  webcast::FetchResult result;
  add(result, "WebcastRoomUserSeqMessage", viewers(321));
  add(result, "WebcastControlMessage", control(webcast::CONTROL_PAUSED));
  add(result, "WebcastControlMessage", control(webcast::CONTROL_UNPAUSED));
  add(result, "WebcastChatMessage", webcast::Chat{});
  webcast::Like likes;
  likes.set_count(15);
  add(result, "WebcastLikeMessage", likes);
  webcast::Member member;
  member.set_action(1);
  add(result, "WebcastMemberMessage", member);
  webcast::Social follow;
  follow.mutable_common()->mutable_display_text()->set_key("pm_main_follow_message_viewer_2");
  add(result, "WebcastSocialMessage", follow);
  add(result, "WebcastControlMessage", control(webcast::CONTROL_SUSPENDED));
  add(result, "WebcastControlMessage", control(webcast::CONTROL_ENDED));

  const auto batch = decode_batch(result.SerializeAsString(), room);

  EXPECT_EQ(kinds(batch),
            (std::vector{Kind::viewers, Kind::paused, Kind::resumed, Kind::chat, Kind::like,
                         Kind::member, Kind::follow, Kind::suspended, Kind::ended}));
  EXPECT_EQ(batch.events[0].number, 321);
  EXPECT_EQ(batch.events[4].number, 15);
  EXPECT_EQ(batch.broken, 0U);
}

TEST(WebcastBatch, CountsAStreakOfGiftsOnceAtItsEnd) {
  webcast::Gift gift;
  gift.mutable_gift()->set_type(1);
  gift.set_repeat_count(3);
  webcast::FetchResult result;
  add(result, "WebcastGiftMessage", gift);
  gift.set_repeat_count(5);
  gift.set_repeat_end(1);
  add(result, "WebcastGiftMessage", gift);
  gift = {};
  add(result, "WebcastGiftMessage", gift);

  const auto batch = decode_batch(result.SerializeAsString(), room);

  ASSERT_EQ(kinds(batch), (std::vector{Kind::gift, Kind::gift}));
  EXPECT_EQ(batch.events[0].number, 5);
  EXPECT_EQ(batch.events[1].number, 1);
}

TEST(WebcastBatch, CountsNeitherSharesNorDeparturesNorWhatWasBefore) {
  webcast::FetchResult result;
  webcast::Social share;
  share.mutable_common()->mutable_display_text()->set_key("pm_mt_guidance_share");
  add(result, "WebcastSocialMessage", share);
  add(result, "WebcastMemberMessage", webcast::Member{});
  add(result, "WebcastControlMessage", control(webcast::CONTROL_ENDED));
  result.mutable_messages(2)->set_is_history(true);

  EXPECT_TRUE(decode_batch(result.SerializeAsString(), room).events.empty());
}

TEST(WebcastBatch, BelievesNoOtherRoom) {
  auto ended = control(webcast::CONTROL_ENDED);
  ended.mutable_common()->set_room_id(1);
  auto watched = viewers(7);
  watched.mutable_common()->set_room_id(2);
  webcast::FetchResult result;
  add(result, "WebcastControlMessage", ended);
  add(result, "WebcastRoomUserSeqMessage", watched);

  EXPECT_TRUE(decode_batch(result.SerializeAsString(), room).events.empty());
}

// failures.md: "protobuf drift breaking whole clients".
TEST(WebcastBatch, ProtobufDriftABrokenPartInTheMiddleIsLeftOutAndCounted) {
  webcast::FetchResult result;
  add(result, "WebcastRoomUserSeqMessage", viewers(1));
  auto& drifted = *result.add_messages();
  drifted.set_method("WebcastControlMessage");
  drifted.set_payload("\x12\x7F");  // cut
  add(result, "WebcastRoomUserSeqMessage", viewers(2));
  auto bytes = result.SerializeAsString();
  bytes += std::string{"\x0A\x03\x0A\x7F\x01", 5};  // a message that is none
  webcast::FetchResult more;
  add(more, "WebcastRoomUserSeqMessage", viewers(3));
  add(more, "WebcastSomethingNewMessage", viewers(9));
  add(more, "RoomUserSeqMessage", viewers(4));  // without the prefix
  bytes += more.SerializeAsString();
  bytes += std::string{"\xA2\x06\x01x", 4};  // field 100

  const auto batch = decode_batch(bytes, room);

  std::vector<std::int64_t> numbers;
  for (const auto& event : batch.events) {
    numbers.push_back(event.number);
  }
  EXPECT_EQ(numbers, (std::vector<std::int64_t>{1, 2, 3, 4}));
  EXPECT_EQ(batch.broken, 2U);
  EXPECT_EQ(batch.unknown, 1U);
  EXPECT_EQ(batch.messages, 7U);
}

TEST(WebcastBatch, ProtobufDriftABrokenRankOrUserDoesNotHideTheViewers) {
  auto payload = viewers(55).SerializeAsString();
  payload += std::string{"\x12\x02\x12\x7F", 4};  // a rank whose user is cut
  webcast::FetchResult result;
  auto& base = *result.add_messages();
  base.set_method("WebcastRoomUserSeqMessage");
  base.set_payload(payload);

  const auto batch = decode_batch(result.SerializeAsString(), room);

  ASSERT_EQ(batch.events.size(), 1U);
  EXPECT_EQ(batch.events[0].number, 55);
}

TEST(WebcastBatch, IsReadAsFarAsItGoes) {
  webcast::FetchResult result;
  result.set_cursor("t-1");
  add(result, "WebcastRoomUserSeqMessage", viewers(1));
  const auto bytes = result.SerializeAsString();

  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto batch = decode_batch(std::string_view{bytes}.substr(0, size), room);
    EXPECT_LE(batch.events.size(), 1U);
  }
}

TEST(WebcastBatch, ReadsARecordedFirstMessage) {
  const auto* source = std::getenv("VIGIE_SOURCE_DIR");
  const auto path = std::filesystem::path{source == nullptr ? "." : source} /
                    "../shared/tiktok/vectors/ProtoMessageFetchResult_first_message_202402.bin";
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << "the recorded answers are not here";
  }
  std::ifstream file{path, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};

  const auto batch = decode_batch(bytes, "7332382733227429667");

  EXPECT_EQ(batch.messages, 1U);
  EXPECT_EQ(batch.unknown, 1U) << "a RoomMessage, without the prefix";
  EXPECT_EQ(batch.broken, 0U);
}

TEST(WebcastFrame, OursSayWhatTheProtocolAsks) {
  webcast::PushFrame ack;
  webcast::PushFrame beat;
  webcast::PushFrame enter;
  ASSERT_TRUE(ack.ParseFromString(encode_ack(42, "ext")));
  ASSERT_TRUE(beat.ParseFromString(encode_heartbeat(7, 3)));
  ASSERT_TRUE(enter.ParseFromString(encode_enter_room(7, "t-1")));

  EXPECT_EQ(ack.payload_type(), "ack");
  EXPECT_EQ(ack.log_id(), 42U);
  EXPECT_EQ(ack.payload(), "ext");
  ASSERT_TRUE(ack.ParseFromString(encode_ack(43, "")));
  EXPECT_EQ(ack.payload(), "-");
  webcast::HeartBeat heartbeat;
  EXPECT_EQ(beat.payload_type(), "hb");
  ASSERT_TRUE(heartbeat.ParseFromString(beat.payload()));
  EXPECT_EQ(heartbeat.room_id(), 7U);
  EXPECT_EQ(heartbeat.send_packet_seq_id(), 3U);
  webcast::EnterRoom wish;
  EXPECT_EQ(enter.payload_type(), "im_enter_room");
  ASSERT_TRUE(wish.ParseFromString(enter.payload()));
  EXPECT_EQ(wish.room_id(), 7);
  EXPECT_EQ(wish.live_id(), 12);
  EXPECT_EQ(wish.identity(), "audience");
  EXPECT_EQ(wish.cursor(), "t-1");
  EXPECT_EQ(wish.filter_welcome_msg(), "0");
}

}  // namespace
}  // namespace vigie::platform::tiktok
