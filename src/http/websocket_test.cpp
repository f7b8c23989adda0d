// SPDX-License-Identifier: Apache-2.0
#include "http/websocket.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <optional>
#include <stdexcept>

#include "http/server_testing.hpp"

namespace vigie::http {
namespace {

using std::chrono::milliseconds;
using testing::RawPeer;
using testing::ServerRig;

constexpr unsigned char text_frame = 0x81;
constexpr unsigned char binary_frame = 0x82;
constexpr unsigned char close_frame = 0x88;
constexpr unsigned char ping_frame = 0x89;
constexpr unsigned char pong_frame = 0x8A;

std::string handshake(std::string_view more = "") {
  // Key and answer are RFC 6455's example (§1.3).
  return "GET /events HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\n"
         "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         std::string{more} + "\r\n";
}

int close_code(const RawPeer::Frame& frame) {
  return frame.payload.size() < 2 ? 0
                                  : static_cast<unsigned char>(frame.payload[0]) * 256 +
                                        static_cast<unsigned char>(frame.payload[1]);
}

// What the session of a test saw.
struct Seen {
  std::vector<std::string> messages;
  std::optional<Errc> end;
  int sent = 0;
};

Async<> echo(WebSocket& socket, Seen& seen) {
  while (true) {
    auto message = co_await socket.receive();
    if (!message) {
      seen.end = message.error().code;
      co_return;
    }
    seen.messages.push_back(*message);
    socket.send("echo " + *message);
  }
}

Async<Answer> upgrade(std::function<Async<>(WebSocket&)> session) {
  Upgrade answer;
  answer.session = std::move(session);
  answer.subprotocol = "vigie.v1";
  co_return Answer{std::move(answer)};
}

Handler with_session(Async<> (*session)(WebSocket&, Seen&), Seen& seen) {
  return [session, &seen](Request) {
    return upgrade([session, &seen](WebSocket& socket) { return session(socket, seen); });
  };
}

Async<RawPeer> open_socket(std::uint16_t port) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer.send(handshake());
  const auto answer = co_await peer.read_until("\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 ")) << answer;
  co_return peer;
}

Async<std::string> shake_hands(std::uint16_t port, std::string more) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer.send(handshake(more));
  co_return co_await peer.read_until("\r\n\r\n");
}

TEST(WebSocket, ShakesHands) {
  Seen seen;
  ServerRig rig{with_session(echo, seen)};

  const auto answer = rig.run(shake_hands(rig.port(), ""));

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 ")) << answer;
  EXPECT_NE(answer.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos);
  EXPECT_EQ(answer.find("Sec-WebSocket-Protocol"), std::string::npos);
  EXPECT_EQ(answer.find("Beast"), std::string::npos) << "nobody needs to know";
}

TEST(WebSocket, AgreesOnTheSubprotocolWhenAsked) {
  Seen seen;
  ServerRig rig{with_session(echo, seen)};

  const auto agreed =
      rig.run(shake_hands(rig.port(), "Sec-WebSocket-Protocol: other, vigie.v1\r\n"));
  const auto unknown = rig.run(shake_hands(rig.port(), "Sec-WebSocket-Protocol: other\r\n"));

  EXPECT_NE(agreed.find("Sec-WebSocket-Protocol: vigie.v1\r\n"), std::string::npos) << agreed;
  EXPECT_EQ(unknown.find("Sec-WebSocket-Protocol"), std::string::npos) << unknown;
}

TEST(WebSocket, RefusesWhatIsNotAnUpgrade) {
  Seen seen;
  ServerRig rig{with_session(echo, seen)};

  const auto plain = rig.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  auto old_version = handshake();
  old_version.replace(old_version.find("Version: 13"), 11, "Version: 8");
  const auto old_answer = rig.exchange(old_version);
  const auto early_frame = rig.exchange(handshake() + "\x81\x80mask");

  EXPECT_TRUE(plain.starts_with("HTTP/1.1 426 ")) << plain;
  EXPECT_NE(plain.find("Upgrade: websocket\r\n"), std::string::npos);
  EXPECT_TRUE(old_answer.starts_with("HTTP/1.1 426 ")) << old_answer;
  EXPECT_TRUE(early_frame.starts_with("HTTP/1.1 400 ")) << early_frame;
}

Async<RawPeer::Frame> send_and_hear(std::uint16_t port, unsigned char head, std::string payload) {
  auto peer = co_await open_socket(port);
  co_await peer.send_frame(head, std::move(payload));
  co_return co_await peer.read_frame();
}

TEST(WebSocket, CarriesMessagesBothWays) {
  Seen seen;
  ServerRig rig{with_session(echo, seen)};

  const auto frame = rig.run(send_and_hear(rig.port(), text_frame, "bonjour"));

  EXPECT_EQ(frame.head, text_frame);
  EXPECT_EQ(frame.payload, "echo bonjour");
  EXPECT_EQ(seen.messages, std::vector<std::string>{"bonjour"});
}

TEST(WebSocket, AnswersAPing) {
  Seen seen;
  ServerRig rig{with_session(echo, seen)};

  const auto frame = rig.run(send_and_hear(rig.port(), ping_frame, "are you there"));

  EXPECT_EQ(frame.head, pong_frame);
  EXPECT_EQ(frame.payload, "are you there");
}

TEST(WebSocket, TellsTheSessionThatTheOtherEndIsGone) {
  Seen seen;
  ServerRig rig{with_session(echo, seen)};

  rig.run(send_and_hear(rig.port(), text_frame, "last words"));  // closes without goodbye
  rig.run_until([&] { return seen.end.has_value(); });

  EXPECT_EQ(seen.end, Errc::unavailable);
}

TEST(WebSocket, AnswersAGoodbye) {
  Seen seen;
  ServerRig rig{with_session(echo, seen)};

  const auto frame =
      rig.run(send_and_hear(rig.port(), close_frame, std::string{"\x03\xE9", 2}));  // 1001

  EXPECT_EQ(frame.head, close_frame);
  EXPECT_EQ(close_code(frame), 1001);
  rig.run_until([&] { return seen.end.has_value(); });
  EXPECT_EQ(seen.end, Errc::unavailable);
}

TEST(WebSocket, ClosesOnWhatItDoesNotTake) {
  struct Row {
    unsigned char head;
    std::string payload;
    int code;
  };
  const std::vector<Row> rows{
      {text_frame, std::string(4097, 'x'), 1009},
      {binary_frame, "\x01\x02", 1003},
      {text_frame, "\xFF\xFE", 1007},              // not UTF-8
      {0x83, "reserved opcode", 1002},             // RFC 6455 §5.2
      {0xC1, "reserved bit, no extension", 1002},  // compressed, never agreed on
      {0x80, "continuation of nothing", 1002},
      {0x09, "fragmented ping", 1002},
      {ping_frame, std::string(126, 'x'), 1002},        // control frames are short
      {close_frame, "\x03", 1002},                      // half a code
      {close_frame, std::string{"\x03\xED", 2}, 1002},  // 1005 may not be sent
  };
  for (const auto& row : rows) {
    Seen seen;
    ServerRig rig{with_session(echo, seen)};

    const auto frame = rig.run(send_and_hear(rig.port(), row.head, row.payload));

    EXPECT_EQ(frame.head, close_frame) << row.payload.substr(0, 40);
    EXPECT_EQ(close_code(frame), row.code) << row.payload.substr(0, 40);
    EXPECT_TRUE(seen.messages.empty());
  }
}

Async<RawPeer::Frame> send_unmasked(std::uint16_t port) {
  auto peer = co_await open_socket(port);
  co_await peer.send("\x81\x02hi");
  co_return co_await peer.read_frame();
}

TEST(WebSocket, RefusesUnmaskedFrames) {
  Seen seen;
  ServerRig rig{with_session(echo, seen)};

  EXPECT_EQ(close_code(rig.run(send_unmasked(rig.port()))), 1002);
}

Async<> send_too_much(WebSocket& socket, Seen& seen) {
  const std::string text(4096, 'x');
  while (seen.sent < 100'000 && socket.send(text)) {
    ++seen.sent;
    if (seen.sent % 16 == 0) {
      // Let the writer work, as a real session would between two events.
      co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    }
  }
  socket.close(1013, "too slow");
  seen.end = (co_await socket.receive()).error().code;
}

Async<> open_and_never_read(std::uint16_t port, Seen& seen) {
  auto peer = co_await open_socket(port);
  while (!seen.end) {
    co_await asio::post(peer.socket().get_executor(), asio::use_awaitable);
  }
}

TEST(WebSocket, RefusesMessagesForASlowReader) {
  Seen seen;
  ServerRig rig{with_session(send_too_much, seen)};

  rig.run(open_and_never_read(rig.port(), seen));

  EXPECT_EQ(seen.end, Errc::unavailable);
  EXPECT_GE(seen.sent, 64);
  EXPECT_LT(seen.sent, 100'000) << "the queue never filled";
}

Async<> fill_the_queue(WebSocket& socket, Seen& seen) {
  while (socket.send("x")) {
    ++seen.sent;
  }
  const bool large = socket.send(std::string(300 * 1024, 'x'));
  EXPECT_FALSE(large);
  co_return;
}

Async<int> count_frames(std::uint16_t port) {
  auto peer = co_await open_socket(port);
  int count = 0;
  auto frame = co_await peer.read_frame();
  while (frame.head == text_frame) {
    ++count;
    frame = co_await peer.read_frame();
  }
  EXPECT_EQ(close_code(frame), 1000);
  co_return count;
}

TEST(WebSocket, SendsWhatWasQueuedBeforeTheGoodbye) {
  Seen seen;
  ServerRig rig{with_session(fill_the_queue, seen)};

  const auto frames = rig.run(count_frames(rig.port()));

  EXPECT_EQ(seen.sent, 64);
  EXPECT_EQ(frames, 64);
}

Async<> throw_at_once(WebSocket&, Seen&) {
  throw std::runtime_error{"a bug of the session"};
  co_return;
}

Async<RawPeer::Frame> hear(std::uint16_t port) {
  auto peer = co_await open_socket(port);
  co_return co_await peer.read_frame();
}

TEST(WebSocket, ClosesWhenTheSessionThrows) {
  Seen seen;
  ServerRig rig{with_session(throw_at_once, seen)};

  EXPECT_EQ(close_code(rig.run(hear(rig.port()))), 1011);
  EXPECT_TRUE(rig.logged("a bug of the session"));
}

Async<RawPeer::Frame> hear_a_restart(std::uint16_t port, ServerRig& rig) {
  auto peer = co_await open_socket(port);
  co_await peer.send_frame(text_frame, "hello");
  co_await peer.read_frame();
  rig.cancel();
  co_return co_await peer.read_frame();
}

TEST(WebSocket, IsToldThatTheServerRestarts) {
  Seen seen;
  ServerRig rig{with_session(echo, seen)};

  const auto frame = rig.run(hear_a_restart(rig.port(), rig));
  rig.stop();

  EXPECT_EQ(frame.head, close_frame);
  EXPECT_EQ(close_code(frame), 1012);
  EXPECT_EQ(seen.end, Errc::unavailable);
}

Async<> wait_for_ever(WebSocket&, Seen& seen) {
  seen.sent = 1;
  asio::steady_timer never{co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max()};
  co_await never.async_wait(asio::use_awaitable);
}

TEST(WebSocket, CancelsASessionThatDoesNotListen) {
  Seen seen;
  ServerRig rig{with_session(wait_for_ever, seen)};

  rig.run(shake_hands(rig.port(), ""));
  rig.run_until([&] { return seen.sent == 1; });
  rig.run_until([&] {
    return rig.metrics.render().find("open_connections{server=\"http\"} 0") != std::string::npos;
  });
  rig.stop();

  EXPECT_TRUE(rig.stopped());
}

Async<RawPeer::Frame> stay_silent(std::uint16_t port) {
  auto peer = co_await open_socket(port);
  const auto ping = co_await peer.read_frame();
  EXPECT_EQ(ping.head, ping_frame);
  const auto after = co_await peer.read_frame();  // never answered
  co_return after;
}

TEST(WebSocket, PingsASilentPeerAndGivesUp) {
  Seen seen;
  auto options = ServerRig::quick();
  options.ping_timeout = milliseconds{100};
  ServerRig rig{with_session(echo, seen), options};

  const auto nothing = rig.run(stay_silent(rig.port()));
  rig.run_until([&] { return seen.end.has_value(); });

  EXPECT_EQ(nothing.head, 0);
  EXPECT_EQ(seen.end, Errc::unavailable);
}

}  // namespace
}  // namespace vigie::http
