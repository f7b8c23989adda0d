// SPDX-License-Identifier: Apache-2.0
// The signer and the Webcast socket, over real connections.
#include "sim/webcast.hpp"

#include "sim/webcast_testing.hpp"

namespace vigie::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Handshake;
using testing::Listener;
using testing::refusal;
using testing::Rig;
using testing::sign;
using testing::sign_target;

using testing::binary_frame;
using testing::close_frame;
using testing::ping_frame;

void emit(Rig& rig, const std::string& rest) {
  EXPECT_EQ(rig.get("/__sim/emit?user=vigie_live&" + rest).status, 200) << rest;
}

TEST(Signer, AnswersWithTheFirstResultOfARoom) {
  Rig rig;

  const auto room = rig.room_of("vigie_live");
  const auto response = rig.get(sign_target(room));
  const auto other = rig.get("/webcast/rooms/" + room +
                             "/connect?client=ttlive-node&client_enter=true&platform=web&cursor=");

  EXPECT_EQ(response.headers.get("content-type"), "application/protubuf");
  EXPECT_TRUE(response.headers.get("x-set-tt-cookie").starts_with("ttwid="));
  EXPECT_EQ(response.headers.get("x-room-id"), room);
  webcast::FetchResult result;
  ASSERT_TRUE(result.ParseFromString(response.body));
  EXPECT_TRUE(result.is_first());
  EXPECT_NE(result.cursor(), "");
  EXPECT_NE(result.internal_ext(), "");
  EXPECT_NE(result.route_params_size(), 0);
  EXPECT_TRUE(result.push_server().starts_with("ws://127.0.0.1:")) << result.push_server();
  EXPECT_TRUE(result.ParseFromString(other.body));
  EXPECT_EQ(other.status, 200);
  EXPECT_TRUE(other.headers.has("x-set-tt-cookie"));
}

TEST(Signer, SignsOnlyForWhoIsOnAir) {
  Rig rig;

  EXPECT_EQ(rig.get(sign_target("123")).status, 404);
  EXPECT_EQ(rig.get(sign_target(rig.room_of("vigie_offline"))).status, 404);
  EXPECT_EQ(rig.get(sign_target("")).status, 404);
  EXPECT_EQ(rig.get("/webcast/fetch/?room_id=" + rig.room_of("vigie_live")).status, 400);
}

TEST(Signer, FailsAsItIsTold) {
  Rig rig;
  const auto target = sign_target(rig.room_of("vigie_live"));
  const auto status_in = [&](const std::string& mode) {
    EXPECT_EQ(rig.get("/__sim/mode?route=signer&mode=" + mode).status, 200) << mode;
    return rig.get(target).status;
  };

  EXPECT_EQ(status_in("500"), 500);
  EXPECT_EQ(status_in("403"), 403);
  EXPECT_EQ(status_in("login"), 402);
  EXPECT_EQ(status_in("429&retry_after=7"), 429);
  const auto refused = rig.get(target);
  EXPECT_EQ(refused.headers.get("retry-after"), "7");
  EXPECT_EQ(refused.headers.get("ratelimit-reset"), "7");
  EXPECT_EQ(get_string(Rig::parse(refused), "limit_label"), "minute");
  EXPECT_EQ(get_integer(rig.get_json("/webcast/rate_limits"), "minute.remaining"), 0);
  EXPECT_EQ(status_in("ok"), 200);
  EXPECT_GT(get_integer(rig.get_json("/webcast/rate_limits"), "minute.remaining"), 0);
}

TEST(Signer, IsNoHostOfTikToksAndKeepsOutOfItsTroubles) {
  Rig rig;
  const auto target = sign_target(rig.room_of("vigie_live"));

  rig.get("/__sim/mode?mode=waf");

  EXPECT_EQ(rig.get(target).headers.get("content-type"), "application/protubuf");
}

TEST(Webcast, AnUnsignedFetchIsAnEmptyAnswer) {
  Rig rig;

  const auto answer = rig.get("/webcast/im/fetch/?aid=1988&room_id=" + rig.room_of("vigie_live"));

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
}

TEST(Webcast, RefusesWhatWasNotSignedForThisRequest) {
  Rig rig;
  const auto good = sign(rig, "vigie_live");
  Handshake unknown{.token = "0123", .room = good.room, .cookie = good.cookie};
  Handshake other_agent{.token = good.token, .room = good.room, .cookie = good.cookie};
  other_agent.user_agent = "curl/8";

  EXPECT_NE(refusal(rig, unknown).find("Handshake-Msg: illegal secret key"), std::string::npos);
  const auto answer = refusal(rig, other_agent);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_NE(answer.find("Handshake-Msg: DEVICE_BLOCKED"), std::string::npos) << answer;
  EXPECT_NE(answer.find("Handshake-Status: 415"), std::string::npos) << answer;

  const auto second = sign(rig, "vigie_live");
  const Handshake without_cookie{.token = second.token, .room = second.room, .cookie = "a=b"};
  EXPECT_NE(refusal(rig, without_cookie).find("DEVICE_BLOCKED"), std::string::npos);
}

TEST(Webcast, ASignatureWorksOnceAndSoon) {
  Rig rig;
  const Listener first{rig, "vigie_live"};
  const Handshake again{.token = first.signature().token,
                        .room = first.signature().room,
                        .cookie = first.signature().cookie};
  const auto late = sign(rig, "vigie_live");
  const Handshake too_late{.token = late.token, .room = late.room, .cookie = late.cookie};

  EXPECT_NE(refusal(rig, again).find("illegal secret key"), std::string::npos);
  rig.clock.advance(seconds{31});
  EXPECT_NE(refusal(rig, too_late).find("illegal secret key"), std::string::npos);
}

TEST(Webcast, RefusesAsItIsTold) {
  Rig rig;
  const auto answer_in = [&](const std::string& mode) {
    rig.get("/__sim/mode?route=webcast&user=vigie_live&mode=" + mode);
    const auto signature = sign(rig, "vigie_live");
    const Handshake handshake{
        .token = signature.token, .room = signature.room, .cookie = signature.cookie};
    return refusal(rig, handshake);
  };

  EXPECT_NE(answer_in("403").find("Handshake-Msg: DEVICE_BLOCKED"), std::string::npos);
  EXPECT_TRUE(answer_in("params_error").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(answer_in("429").starts_with("HTTP/1.1 429 "));
  EXPECT_EQ(answer_in("reset"), "");
  EXPECT_TRUE(answer_in("ok").starts_with("HTTP/1.1 101 "));
}

TEST(Webcast, TellsOfWhatViewersDo) {
  Rig rig;
  Listener listener{rig, "vigie_live"};
  listener.enter();

  emit(rig, "what=chat&name=ana&text=Bonjour%20%C3%A0%20tous");
  const auto chat = listener.message_of<webcast::Chat>("WebcastChatMessage");
  EXPECT_EQ(chat.content(), "Bonjour à tous");
  EXPECT_EQ(chat.user().username(), "ana");
  EXPECT_EQ(std::to_string(chat.common().room_id()), listener.signature().room);
  EXPECT_EQ(chat.common().create_time(), to_micros(rig.clock.now()) / 1000);

  emit(rig, "what=like&name=ana&count=15");
  emit(rig, "what=like&count=2");
  EXPECT_EQ(listener.message_of<webcast::Like>("WebcastLikeMessage").count(), 15);
  EXPECT_EQ(listener.message_of<webcast::Like>("WebcastLikeMessage").total(), 17);

  emit(rig, "what=member&name=bob");
  const auto member = listener.message_of<webcast::Member>("WebcastMemberMessage");
  EXPECT_EQ(member.action(), 1);
  EXPECT_EQ(member.user().username(), "bob");

  emit(rig, "what=follow&name=bob");
  const auto follow = listener.message_of<webcast::Social>("WebcastSocialMessage");
  EXPECT_NE(follow.common().display_text().key().find("follow"), std::string::npos);
  emit(rig, "what=share");
  const auto share = listener.message_of<webcast::Social>("WebcastSocialMessage");
  EXPECT_NE(share.common().display_text().key().find("share"), std::string::npos);

  emit(rig, "what=gift&name=ana&text=Rose&count=3");
  const auto gift = listener.message_of<webcast::Gift>("WebcastGiftMessage");
  EXPECT_EQ(gift.gift().name(), "Rose");
  EXPECT_EQ(gift.repeat_count(), 3);
  EXPECT_EQ(gift.repeat_end(), 1);
}

TEST(Webcast, TellsOfPausesViewersAndTheEnd) {
  Rig rig;
  Listener listener{rig, "vigie_live"};
  listener.enter();

  emit(rig, "what=pause");
  EXPECT_EQ(listener.control(), webcast::CONTROL_PAUSED);
  emit(rig, "what=unpause");
  EXPECT_EQ(listener.control(), webcast::CONTROL_UNPAUSED);
  emit(rig, "what=viewers&count=4321");
  EXPECT_EQ(listener.message_of<webcast::RoomUserSeq>("WebcastRoomUserSeqMessage").total(), 4321);
  emit(rig, "what=end");
  EXPECT_EQ(listener.control(), webcast::CONTROL_ENDED);

  rig.clock.advance(seconds{3});
  EXPECT_EQ(listener.raw().head, close_frame);
}

TEST(Webcast, TellsOfAnEndByTikTok) {
  Rig rig;
  Listener listener{rig, "vigie_live"};
  listener.enter();

  emit(rig, "what=suspend");

  EXPECT_EQ(listener.control(), webcast::CONTROL_SUSPENDED);
  EXPECT_EQ(get_integer(rig.api_live("vigie_live"), "data.liveRoom.status"), 4);
}

TEST(Webcast, FollowsThePlanByItself) {
  Scenario scenario;
  LivePlan live;
  live.end = seconds{60};
  live.viewers = {100, 400};
  live.events.push_back({.at = seconds{20}, .what = LiveEvent::What::pause, .span = seconds{5}});
  AccountPlan account;
  account.username = "planned";
  account.lives.push_back(live);
  scenario.accounts.push_back(account);
  Rig rig{scenario};
  Listener listener{rig, "planned"};
  listener.enter();
  const auto pass = [&](Span span) {
    rig.clock.advance(span);
    vigie::testing::settle(rig.io);
  };

  pass(seconds{10});
  EXPECT_EQ(listener.message_of<webcast::RoomUserSeq>("WebcastRoomUserSeqMessage").total(), 150);
  pass(milliseconds{10'200});
  EXPECT_EQ(listener.control(), webcast::CONTROL_PAUSED);
  EXPECT_EQ(listener.message().method(), "WebcastRoomUserSeqMessage");
  listener.say("hb", "");
  EXPECT_EQ(listener.hear().payload_type(), "hb");
  pass(seconds{5});
  EXPECT_EQ(listener.control(), webcast::CONTROL_UNPAUSED);
  pass(seconds{35});
  EXPECT_EQ(listener.control(), webcast::CONTROL_ENDED);
}

TEST(Webcast, CountsAcknowledgementsAndHeartbeats) {
  Rig rig;
  Listener listener{rig, "vigie_live", ""};
  listener.enter();

  emit(rig, "what=chat&text=a");
  webcast::PushFrame frame;
  const auto result = listener.result(&frame);
  EXPECT_TRUE(result.need_ack());
  EXPECT_EQ(frame.headers(0).value(), "none") << "gzip only for who asked";
  listener.say("ack", result.internal_ext(), frame.log_id());
  listener.say("ack", result.internal_ext(), frame.log_id());
  webcast::HeartBeat beat;
  beat.set_send_packet_seq_id(1);
  listener.say("hb", beat.SerializeAsString());
  EXPECT_EQ(listener.hear().payload_type(), "hb");

  const auto stats = rig.get_json("/__sim/stats");
  EXPECT_EQ(get_integer(stats, "webcast.acks"), 1);
  EXPECT_EQ(get_integer(stats, "webcast.wrong_acks"), 1);
  EXPECT_EQ(get_integer(stats, "webcast.heartbeats"), 1);
  EXPECT_EQ(get_integer(stats, "connections.webcast"), 1);
  EXPECT_EQ(get_integer(stats, "requests.signer.total"), 1);
  EXPECT_EQ(get_integer(stats, "requests.webcast.by_user.vigie_live"), 1);
}

TEST(Webcast, TellsNothingBeforeTheRoomIsEntered) {
  Rig rig;
  Listener listener{rig, "vigie_live"};

  emit(rig, "what=chat&text=a");

  EXPECT_TRUE(listener.hears_nothing());
}

TEST(Webcast, GivesNoPong) {
  Rig rig;
  Listener listener{rig, "vigie_live"};

  listener.send(ping_frame, "there?");
  listener.say("hb", "");

  EXPECT_EQ(listener.hear().payload_type(), "hb");
}

TEST(Webcast, LetsGoOfWhoIsSilentForAMinute) {
  Rig rig;
  Listener listener{rig, "vigie_live"};
  listener.enter();

  rig.clock.advance(seconds{61});

  auto frame = listener.raw();
  EXPECT_EQ(frame.head, close_frame);
}

TEST(Webcast, MisbehavesAsItIsTold) {
  Rig rig;
  Listener listener{rig, "vigie_live"};
  listener.enter();
  const auto bytes_in = [&](const std::string& mode) {
    rig.get("/__sim/mode?route=webcast&mode=" + mode);
    emit(rig, "what=chat&text=a");
    return listener.raw().payload;
  };
  webcast::PushFrame frame;

  EXPECT_FALSE(frame.ParseFromString(bytes_in("truncated")));
  ASSERT_TRUE(frame.ParseFromString(bytes_in("huge")));
  EXPECT_LT(frame.payload().size(), 100'000U);
  EXPECT_FALSE(http::inflate_body(frame.payload(), "gzip", 1U << 20U).has_value());
  static_cast<void>(bytes_in("garbage"));

  rig.get("/__sim/mode?route=webcast&mode=poison");
  emit(rig, "what=chat&text=a");
  const auto result = listener.result();
  ASSERT_EQ(result.messages_size(), 2);
  webcast::Chat chat;
  EXPECT_FALSE(chat.ParseFromString(result.messages(0).payload()));
  EXPECT_TRUE(chat.ParseFromString(result.messages(1).payload()));

  rig.get("/__sim/mode?route=webcast&mode=empty");
  emit(rig, "what=chat&text=a");
  EXPECT_TRUE(listener.hears_nothing()) << "an open socket on which nothing comes";
}

TEST(Webcast, ClosesOnWhatIsNoFrame) {
  Rig rig;
  Listener listener{rig, "vigie_live"};

  listener.send(binary_frame, "\xFF\xFF\xFF");

  EXPECT_EQ(listener.raw().head, close_frame);
}

TEST(Emit, SaysWhatCannotBeEmitted) {
  Rig rig;

  EXPECT_EQ(rig.get("/__sim/emit?user=vigie_offline&what=chat&text=a").status, 404);
  EXPECT_EQ(rig.get("/__sim/emit?user=vigie_absent&what=gift").status, 404);
  EXPECT_EQ(rig.get("/__sim/emit?user=vigie_live&what=like&count=many").status, 400);
  EXPECT_EQ(rig.get("/__sim/emit?user=vigie_live&what=dance").status, 400);
}

}  // namespace
}  // namespace vigie::sim
