// SPDX-License-Identifier: Apache-2.0
// WebSockets as a client: against our own server, against peers written byte by byte, and over TLS.
#include "http/websocket_client.hpp"

#include <openssl/evp.h>

#include "http/server_testing.hpp"
#include "http/tls_testing.hpp"

namespace vigie::http {
namespace {

using std::chrono::milliseconds;
using testing::RawPeer;
using testing::ServerRig;
using testing::TlsScript;
using testing::Trust;
using Kind = WebSocketMessage::Kind;

constexpr Span a_moment = milliseconds{300};

WebSocketMessage text(std::string bytes) {
  return {Kind::text, std::move(bytes)};
}

WebSocketMessage binary(std::string bytes) {
  return {Kind::binary, std::move(bytes)};
}

std::string field_of(const std::string& head, const std::string& name) {
  const auto at = head.find(name + ": ");
  const auto begin = at + name.size() + 2;
  return at == std::string::npos ? "" : head.substr(begin, head.find("\r\n", begin) - begin);
}

// The 101 of RFC 6455 §4.2.2 to the request with this head.
std::string acceptance_of(const std::string& head, std::string_view more = "") {
  const auto key = field_of(head, "Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, 20> digest{};
  unsigned int size = 0;
  EVP_Digest(key.data(), key.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::array<unsigned char, 29> base64{};
  EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(size));
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         std::string{base64.begin(), base64.end() - 1} + "\r\n" + std::string{more} + "\r\n";
}

std::string frame(unsigned char head, std::string_view payload) {
  std::string bytes(1, static_cast<char>(head));
  bytes += static_cast<char>(payload.size());  // less than 126
  return bytes + std::string{payload};
}

// What a peer does with its one connection.
struct Manners {
  bool agrees = true;  // shakes hands first
  std::string says = {};
  bool listens = true;  // to the end; else it leaves
};

class Peer {
 public:
  explicit Peer(Manners manners)
      : manners_{std::move(manners)},
        acceptor_{io.get_executor(), testing::tcp::endpoint{asio::ip::address_v4::loopback(), 0}},
        tasks_{io.get_executor(),
               [](const std::string&, std::exception_ptr) { ADD_FAILURE() << "the peer broke"; }} {
    tasks_.spawn("peer", serve());
  }
  ~Peer() {
    tasks_.cancel();
    vigie::testing::run(io, tasks_.join());
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  WebSocketRequest request() const {
    WebSocketRequest wanted;
    wanted.url = "ws://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/im?a=1";
    return wanted;
  }

  Result<WebSocketAnswer> open(WebSocketRequest wanted) {
    guard_.emplace(std::vector{"http" + wanted.url.substr(2)}, std::vector<std::string>{});
    client_ = create_websocket_client(io.get_executor(), *guard_);
    return vigie::testing::run(io, client_->open(std::move(wanted)));
  }
  std::unique_ptr<ClientWebSocket> open() { return std::move(open(request()).value().socket); }

  template <class T>
  T run(Async<T> work) {
    return vigie::testing::run(io, std::move(work));
  }

  asio::io_context io;
  std::string head;
  std::string heard;

 private:
  Async<> serve() {
    RawPeer peer{co_await acceptor_.async_accept(asio::use_awaitable)};
    head = co_await peer.read_until("\r\n\r\n");
    auto words = manners_.agrees ? acceptance_of(head) + manners_.says : manners_.says;
    co_await peer.send(std::move(words));
    if (manners_.listens) {
      heard = co_await peer.read_to_end();
    }
  }

  Manners manners_;
  testing::tcp::acceptor acceptor_;
  std::optional<AddressGuard> guard_;
  std::unique_ptr<WebSocketClient> client_;
  TaskGroup tasks_;
};

Manners agree_and_say(std::string bytes) {
  return {.says = std::move(bytes)};
}

Manners answer(std::string bytes) {
  return {.agrees = false, .says = std::move(bytes), .listens = false};
}

Async<> ask_for_a_second_word(WebSocket& socket, std::string first) {
  auto message = co_await socket.receive();
  socket.send(std::move(first));
  message = co_await socket.receive();
  socket.close(1000, "that is all");
}

Async<Answer> upgrade(Request request) {
  Upgrade upgrade;
  upgrade.subprotocol = "echo-protocol";
  const auto cookie = request.cookie("ttwid").value_or("none");
  upgrade.session = [cookie](WebSocket& socket) {
    return ask_for_a_second_word(socket, "cookie " + cookie);
  };
  co_return Answer{std::move(upgrade)};
}

TEST(WebSocketClient, ExchangesMessagesWithOurServer) {
  ServerRig rig{upgrade};
  WebSocketRequest request;
  request.url = "ws://127.0.0.1:" + std::to_string(rig.port()) + "/socket";
  request.headers.add("Cookie", "ttwid=1%7C2");
  request.subprotocol = "echo-protocol";
  const AddressGuard guard{{"http" + request.url.substr(2)}, {}};
  const auto client = create_websocket_client(rig.io.get_executor(), guard);

  auto opened = rig.run(client->open(std::move(request)));
  ASSERT_TRUE(opened) << opened.error().what;
  ASSERT_TRUE(opened->socket);
  EXPECT_EQ(opened->response.status, 101);
  EXPECT_EQ(opened->response.headers.get("sec-websocket-protocol"), "echo-protocol");
  ASSERT_TRUE(rig.run(opened->socket->send(text("hello"))));
  const auto first = rig.run(opened->socket->receive());
  ASSERT_TRUE(first) << first.error().what;
  EXPECT_EQ(first->bytes, "cookie 1%7C2");
  ASSERT_TRUE(rig.run(opened->socket->send(text("bye"))));
  EXPECT_EQ(rig.run(opened->socket->receive()).error().code, Errc::unavailable);
}

TEST(WebSocketClient, SendsTheHandshakeItIsAskedFor) {
  Peer peer{agree_and_say("")};
  auto request = peer.request();
  request.headers.add("User-Agent", "somebody");
  request.headers.add("Origin", "https://www.tiktok.com");
  request.headers.add("Sec-WebSocket-Key", "mine");
  request.headers.add("Connection", "close");
  request.subprotocol = "echo-protocol";

  ASSERT_TRUE(peer.open(std::move(request)));

  EXPECT_TRUE(peer.head.starts_with("GET /im?a=1 HTTP/1.1\r\n")) << peer.head;
  EXPECT_TRUE(field_of(peer.head, "Host").starts_with("127.0.0.1:")) << peer.head;
  EXPECT_EQ(field_of(peer.head, "User-Agent"), "somebody");
  EXPECT_EQ(field_of(peer.head, "Origin"), "https://www.tiktok.com");
  EXPECT_EQ(field_of(peer.head, "Sec-WebSocket-Protocol"), "echo-protocol");
  EXPECT_NE(field_of(peer.head, "Sec-WebSocket-Key"), "mine");
  EXPECT_EQ(field_of(peer.head, "Connection"), "upgrade");
}

// The first bytes of masked frames shorter than 126 bytes; what they hold is as good as random.
std::string heads_of(std::string_view frames) {
  std::string heads;
  while (frames.size() >= 6) {
    heads += frames[0];
    const auto size = static_cast<std::size_t>(frames[1] & 0x7F);
    frames.remove_prefix(std::min(frames.size(), 6 + size));
  }
  return heads;
}

TEST(WebSocketClient, ReceivesTextAndBinaryAndAnswersPings) {
  const std::string bytes{"\x00\xFF\x1F\x8B", 4};
  Peer peer{agree_and_say(frame(0x82, bytes) + frame(0x89, "ping") + frame(0x01, "in ") +
                          frame(0x80, "two"))};
  auto socket = peer.open();

  const auto first = peer.run(socket->receive()).value();
  const auto second = peer.run(socket->receive()).value();
  peer.run(socket->close(a_moment));

  EXPECT_EQ(first.kind, Kind::binary);
  EXPECT_EQ(first.bytes, bytes);
  EXPECT_EQ(second.kind, Kind::text);
  EXPECT_EQ(second.bytes, "in two");
  socket.reset();
  vigie::testing::settle(peer.io);
  EXPECT_EQ(heads_of(peer.heard), "\x8A\x88") << "a pong, a goodbye, and no ping of ours";
}

Async<> send_binary(ClientWebSocket& socket, std::string bytes, int& sent) {
  const auto done = co_await socket.send(binary(std::move(bytes)));
  sent += done ? 1 : 0;
}

TEST(WebSocketClient, SendsWhatSeveralSayAtOnceInTheirOrder) {
  Peer peer{agree_and_say("")};
  auto socket = peer.open();
  int sent = 0;
  TaskGroup tasks{peer.io.get_executor(), [](const std::string&, std::exception_ptr) { FAIL(); }};

  for (const char letter : {'a', 'b', 'c'}) {
    tasks.spawn("speaker", send_binary(*socket, std::string(3, letter), sent));
  }
  peer.run(tasks.join());
  socket.reset();
  vigie::testing::settle(peer.io);

  EXPECT_EQ(sent, 3);
  std::string said;
  for (std::size_t at = 0; at + 9 <= peer.heard.size(); at += 9) {  // head, length, mask, 3 bytes
    EXPECT_EQ(static_cast<unsigned char>(peer.heard[at]), 0x82);
    for (std::size_t i = 0; i < 3; ++i) {
      said += static_cast<char>(peer.heard[at + 6 + i] ^ peer.heard[at + 2 + i]);
    }
  }
  EXPECT_EQ(said, "aaabbbccc");
}

TEST(WebSocketClient, BringsARefusalWithItsHeaders) {
  for (const int status : {200, 400, 403}) {
    Peer peer{answer("HTTP/1.1 " + std::to_string(status) +
                     " No\r\nHandshake-Msg: DEVICE_BLOCKED\r\nHandshake-Status: 415\r\n"
                     "Content-Length: 0\r\n\r\n")};

    const auto refused = peer.open(peer.request());

    ASSERT_TRUE(refused) << refused.error().what;
    EXPECT_FALSE(refused->socket);
    EXPECT_EQ(refused->response.status, status);
    EXPECT_EQ(refused->response.headers.get("handshake-msg"), "DEVICE_BLOCKED");
    EXPECT_EQ(refused->response.headers.get("Handshake-Status"), "415");
  }
}

TEST(WebSocketClient, RefusesMessagesBeyondItsLimit) {
  Peer peer{agree_and_say(frame(0x82, std::string(101, 'x')))};
  auto request = peer.request();
  request.max_message = 100;
  auto opened = peer.open(std::move(request)).value();

  EXPECT_EQ(peer.run(opened.socket->receive()).error().code, Errc::corrupt);
}

TEST(WebSocketClient, RefusesWhatIsNoWebSocket) {
  Peer stranger{answer("SSH-2.0-OpenSSH_9.2\r\n\r\n")};
  Peer liar{
      answer("HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: bm8=\r\n\r\n")};
  Peer babbler{agree_and_say(std::string(16, '\xFF'))};

  EXPECT_EQ(stranger.open(stranger.request()).error().code, Errc::corrupt);
  EXPECT_EQ(liar.open(liar.request()).error().code, Errc::corrupt);
  auto socket = babbler.open();
  EXPECT_EQ(babbler.run(socket->receive()).error().code, Errc::corrupt);
}

TEST(WebSocketClient, SaysThatTheOtherEndIsGone) {
  Peer silent{answer("")};
  Peer leaver{Manners{.listens = false}};

  EXPECT_EQ(silent.open(silent.request()).error().code, Errc::unavailable);
  auto socket = leaver.open();
  EXPECT_EQ(leaver.run(socket->receive()).error().code, Errc::unavailable);
  EXPECT_EQ(leaver.run(socket->send(text("anybody?"))).error().code, Errc::unavailable);
}

TEST(WebSocketClient, DoesNotWaitForAnAnswerThatNeverComes) {
  Peer peer{Manners{.agrees = false}};
  auto request = peer.request();
  request.timeout = milliseconds{100};

  EXPECT_EQ(peer.open(std::move(request)).error().code, Errc::timeout);
}

Async<> listen(ClientWebSocket& socket, bool& came_back) {
  co_await socket.receive();
  came_back = true;
}

TEST(WebSocketClient, StopsWhenItsListenerIsCancelled) {
  Peer peer{agree_and_say("")};
  auto socket = peer.open();
  bool came_back = false;
  TaskGroup tasks{peer.io.get_executor(), [](const std::string&, std::exception_ptr) { FAIL(); }};
  tasks.spawn("listener", listen(*socket, came_back));
  vigie::testing::settle(peer.io);

  tasks.cancel();
  peer.run(tasks.join());

  EXPECT_FALSE(came_back);
}

TEST(WebSocketClient, GoesNowhereTheGuardForbids) {
  asio::io_context io;
  const AddressGuard guard{{}, {}};
  const auto client = create_websocket_client(io.get_executor(), guard);
  const auto refusal = [&](const std::string& url, std::string cookie = "a=b") {
    WebSocketRequest request;
    request.url = url;
    request.headers.add("Cookie", std::move(cookie));
    return vigie::testing::run(io, client->open(std::move(request))).error().code;
  };

  EXPECT_EQ(refusal("ws://127.0.0.1/"), Errc::denied);
  EXPECT_EQ(refusal("wss://[::1]/"), Errc::denied);
  EXPECT_EQ(refusal("wss://example.org:22/"), Errc::denied);
  EXPECT_EQ(refusal("ftp://example.org/"), Errc::invalid);
  EXPECT_EQ(refusal("wss://example.org/", "a=b\r\nX: y"), Errc::invalid);
}

TEST(WebSocketClient, SpeaksTls) {
  TlsScript script{[](const std::string& head) {
    return acceptance_of(head) + frame(0x82, "over TLS") + frame(0x88, "");
  }};
  const auto open = [&] {
    WebSocketRequest request;
    request.url = "wss" + script.url("localhost").substr(5);
    const AddressGuard guard{{script.url("localhost")}, {}};
    const auto client = create_websocket_client(script.io.get_executor(), guard);
    return vigie::testing::run(script.io, client->open(std::move(request)));
  };

  EXPECT_EQ(open().error().code, Errc::unavailable) << "nobody signed its certificate";
  const Trust trust{script.certificate};
  auto opened = open();
  ASSERT_TRUE(opened) << opened.error().what;
  const auto message = vigie::testing::run(script.io, opened->socket->receive());
  ASSERT_TRUE(message) << message.error().what;
  EXPECT_EQ(message->bytes, "over TLS");
  EXPECT_EQ(vigie::testing::run(script.io, opened->socket->receive()).error().code,
            Errc::unavailable);
}

}  // namespace
}  // namespace vigie::http
