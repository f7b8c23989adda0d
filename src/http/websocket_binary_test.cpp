// SPDX-License-Identifier: Apache-2.0
// What an Upgrade may ask of a WebSocket beyond the browser's: bytes, size, fields, no pings.
#include <gtest/gtest.h>

#include "async/clock.hpp"
#include "http/server_testing.hpp"
#include "http/websocket.hpp"

namespace vigie::http {
namespace {

using testing::RawPeer;
using testing::ServerRig;

constexpr unsigned char text_frame = 0x81;
constexpr unsigned char binary_frame = 0x82;
constexpr unsigned char close_frame = 0x88;
constexpr unsigned char ping_frame = 0x89;
constexpr std::size_t longest = 20'000;

const std::string handshake =
    "GET /push?a=b HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: echo-protocol\r\n\r\n";

Async<> echo(WebSocket& socket) {
  while (true) {
    auto message = co_await socket.receive();
    if (!message) {
      co_return;
    }
    socket.send(std::move(*message));
  }
}

Async<Answer> push_socket(Request) {
  Upgrade upgrade;
  upgrade.session = echo;
  upgrade.subprotocol = "echo-protocol";
  upgrade.headers.add("Handshake-Options", "ping-interval=5");
  upgrade.headers.add("X-Split", "a\r\nX-Forged: b");
  upgrade.is_binary = true;
  upgrade.longest_message = longest;
  upgrade.has_pings = false;
  co_return Answer{std::move(upgrade)};
}

Async<RawPeer> open_socket(std::uint16_t port) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer.send(handshake);
  static_cast<void>(co_await peer.read_until("\r\n\r\n"));
  co_return peer;
}

Async<std::string> shake_hands(std::uint16_t port) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer.send(handshake);
  co_return co_await peer.read_until("\r\n\r\n");
}

Async<RawPeer::Frame> send_and_hear(std::uint16_t port, unsigned char head, std::string payload) {
  auto peer = co_await open_socket(port);
  co_await peer.send_frame(head, std::move(payload));
  co_return co_await peer.read_frame();
}

TEST(BinaryWebSocket, AnswersTheHandshakeWithItsOwnFields) {
  ServerRig rig{push_socket};

  const auto answer = rig.run(shake_hands(rig.port()));

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 ")) << answer;
  EXPECT_NE(answer.find("Handshake-Options: ping-interval=5\r\n"), std::string::npos) << answer;
  EXPECT_NE(answer.find("Sec-WebSocket-Protocol: echo-protocol\r\n"), std::string::npos);
  EXPECT_EQ(answer.find("X-Forged"), std::string::npos) << answer;
}

TEST(BinaryWebSocket, CarriesLongBytesBothWays) {
  ServerRig rig{push_socket};
  std::string bytes(longest, '\x8A');
  bytes[1] = '\0';

  const auto frame = rig.run(send_and_hear(rig.port(), binary_frame, bytes));

  EXPECT_EQ(frame.head, binary_frame);
  EXPECT_EQ(frame.payload, bytes);
}

TEST(BinaryWebSocket, ClosesOnTextAndOnWhatIsTooLong) {
  ServerRig rig{push_socket};

  const auto text = rig.run(send_and_hear(rig.port(), text_frame, "bonjour"));
  const auto long_one =
      rig.run(send_and_hear(rig.port(), binary_frame, std::string(longest + 1, 'x')));

  EXPECT_EQ(text.head, close_frame);
  EXPECT_EQ(text.payload,
            "\x03\xEB"
            "binary only");  // 1003
  EXPECT_EQ(long_one.head, close_frame);
  EXPECT_EQ(long_one.payload.substr(0, 2), "\x03\xF1");  // 1009
}

Async<RawPeer::Frame> ping_then_speak(std::uint16_t port) {
  auto peer = co_await open_socket(port);
  for (int i = 0; i < 3; ++i) {
    co_await peer.send_frame(ping_frame, "are you there?");
  }
  co_await peer.send_frame(binary_frame, "bonjour");
  co_return co_await peer.read_frame();
}

TEST(BinaryWebSocket, LeavesPingsUnansweredWhenTold) {
  ServerRig rig{push_socket};

  const auto frame = rig.run(ping_then_speak(rig.port()));

  EXPECT_EQ(frame.head, binary_frame);
  EXPECT_EQ(frame.payload, "bonjour");
}

Async<std::size_t> bytes_after_silence(std::uint16_t port) {
  auto peer = co_await open_socket(port);
  SystemClock clock;
  const Span three_timeouts = std::chrono::milliseconds{150};
  co_await clock.sleep(three_timeouts);
  boost::system::error_code failed;
  const auto count = peer.socket().available(failed);
  EXPECT_FALSE(failed);
  co_return count;
}

TEST(BinaryWebSocket, SendsNoPingsWhenTold) {
  auto options = ServerRig::quick();
  options.ping_timeout = std::chrono::milliseconds{50};
  ServerRig rig{push_socket, options};

  EXPECT_EQ(rig.run(bytes_after_silence(rig.port())), 0U);
}

Async<Answer> refuse(Request) {
  Response response;
  response.headers.set("Handshake-Msg", "DEVICE_BLOCKED");
  response.headers.set("Handshake-Status", "415");
  co_return Answer{std::move(response)};
}

TEST(BinaryWebSocket, AnUpgradeMayBeRefusedWithAnyAnswer) {
  ServerRig rig{refuse};

  const auto answer = rig.run(shake_hands(rig.port()));

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_NE(answer.find("Handshake-Msg: DEVICE_BLOCKED\r\n"), std::string::npos) << answer;
}

}  // namespace
}  // namespace vigie::http
