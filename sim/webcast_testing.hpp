// SPDX-License-Identifier: Apache-2.0
// For the simulator's tests: a client of the signer and of the Webcast socket, byte by byte.
#pragma once
#include "http/inflate.hpp"
#include "http/raw_peer.hpp"
#include "sim/sim_testing.hpp"
#include "sim/webcast.hpp"

namespace vigie::sim::testing {

using http::testing::RawPeer;

constexpr unsigned char binary_frame = 0x82;
constexpr unsigned char close_frame = 0x88;
constexpr unsigned char ping_frame = 0x89;
constexpr std::string_view agent = "Mozilla/5.0 (test)";

inline std::string sign_target(const std::string& room) {
  return "/webcast/fetch/?client=ttlive-python&platform=web&client_enter=true&room_id=" + room +
         "&user_agent=" + http::percent_encode(agent);
}

// What a signature gives.
struct Signed {
  webcast::FetchResult result;
  std::string room;
  std::string cookie;
  std::string token;
};

inline Signed sign(Rig& rig, const std::string& user) {
  Signed out;
  out.room = rig.room_of(user);
  const auto response = rig.get(sign_target(out.room));
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_TRUE(out.result.ParseFromString(response.body));
  const auto cookie = response.headers.get("x-set-tt-cookie");
  out.cookie = std::string{cookie.substr(0, cookie.find(';'))};
  out.token = out.result.route_params_size() == 0 ? "" : out.result.route_params(0).value();
  return out;
}

struct Handshake {
  std::string token;
  std::string room;
  std::string cookie;
  std::string user_agent{agent};
  std::string more = "&compress=gzip";
};

inline std::string handshake_bytes(const Handshake& handshake) {
  return "GET /webcast/im/ws_proxy/ws_reuse_supplement/?version_code=180800&aid=1988&wrss=" +
         handshake.token + "&room_id=" + handshake.room + handshake.more +
         "&version_code=270000 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Sec-WebSocket-Protocol: echo-protocol\r\nCookie: tt-target-idc=useast1a; " +
         handshake.cookie + "\r\nUser-Agent: " + handshake.user_agent + "\r\n\r\n";
}

inline Async<std::unique_ptr<RawPeer>> dial(std::uint16_t port, std::string request,
                                            std::string& answer) {
  auto peer = std::make_unique<RawPeer>(co_await RawPeer::connect(port));
  co_await peer->send(std::move(request));
  answer = co_await peer->read_until("\r\n\r\n");
  co_return peer;
}

inline std::string refusal(Rig& rig, const Handshake& handshake) {
  std::string answer;
  auto request = handshake_bytes(handshake);
  static_cast<void>(
      vigie::testing::run(rig.io, dial(rig.simulator->port(), std::move(request), answer)));
  return answer;
}

// Somebody in a room.
class Listener {
 public:
  explicit Listener(Rig& rig, const std::string& user, std::string more = "&compress=gzip")
      : rig_{rig}, signature_{sign(rig, user)}, peer_{open(std::move(more))} {}

  // Asks to be let in, and reads what comes then: the answer and the viewers.
  void enter() {
    webcast::EnterRoom wish;
    wish.set_room_id(to_integer(signature_.room).value_or(0));
    wish.set_live_id(12);
    wish.set_identity("audience");
    say("im_enter_room", wish.SerializeAsString());
    EXPECT_EQ(hear().payload_type(), "im_enter_room_resp");
    EXPECT_EQ(message().method(), "WebcastRoomUserSeqMessage");
  }

  void say(const std::string& type, const std::string& payload, std::uint64_t log_id = 0) {
    webcast::PushFrame frame;
    frame.set_payload_type(type);
    frame.set_payload_encoding("pb");
    frame.set_payload(payload);
    frame.set_log_id(log_id);
    send(binary_frame, frame.SerializeAsString());
  }
  void send(unsigned char head, std::string bytes) {
    vigie::testing::run(rig_.io, peer_->send_frame(head, std::move(bytes)));
  }
  RawPeer::Frame raw() { return vigie::testing::run(rig_.io, peer_->read_frame()); }

  webcast::PushFrame hear() {
    webcast::PushFrame frame;
    const auto bytes = raw();
    EXPECT_EQ(bytes.head, binary_frame);
    EXPECT_TRUE(frame.ParseFromString(bytes.payload));
    return frame;
  }
  // The messages of one frame, unpacked.
  webcast::FetchResult result(webcast::PushFrame* whole = nullptr) {
    const auto frame = hear();
    EXPECT_EQ(frame.payload_type(), "msg");
    EXPECT_EQ(frame.headers(0).key(), "compress_type");
    const auto plain = frame.headers(0).value() == "gzip"
                           ? http::inflate_body(frame.payload(), "gzip", 1U << 20U).value()
                           : frame.payload();
    webcast::FetchResult out;
    EXPECT_TRUE(out.ParseFromString(plain));
    if (whole != nullptr) {
      *whole = frame;
    }
    return out;
  }
  webcast::BaseMessage message() {
    const auto all = result();
    EXPECT_EQ(all.messages_size(), 1);
    return all.messages_size() == 0 ? webcast::BaseMessage{} : all.messages(0);
  }
  template <class Message>
  Message message_of(std::string_view method) {
    const auto one = message();
    EXPECT_EQ(one.method(), method);
    Message out;
    EXPECT_TRUE(out.ParseFromString(one.payload()));
    return out;
  }
  webcast::ControlAction control() {
    return message_of<webcast::Control>("WebcastControlMessage").action();
  }
  bool hears_nothing() {
    vigie::testing::settle(rig_.io);
    return peer_->socket().available() == 0;
  }

  const Signed& signature() const { return signature_; }

 private:
  std::unique_ptr<RawPeer> open(std::string more) {
    std::string answer;
    const Handshake handshake{.token = signature_.token,
                              .room = signature_.room,
                              .cookie = signature_.cookie,
                              .more = std::move(more)};
    auto request = handshake_bytes(handshake);
    auto peer =
        vigie::testing::run(rig_.io, dial(rig_.simulator->port(), std::move(request), answer));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 ")) << answer;
    EXPECT_NE(answer.find("Sec-WebSocket-Protocol: echo-protocol"), std::string::npos) << answer;
    EXPECT_NE(answer.find("Handshake-Options: ping-interval="), std::string::npos) << answer;
    return peer;
  }

  Rig& rig_;
  Signed signature_;
  std::unique_ptr<RawPeer> peer_;
};

}  // namespace vigie::sim::testing
