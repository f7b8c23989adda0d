// SPDX-License-Identifier: Apache-2.0
// The server over TLS, asked by our own client.
#include <boost/asio/read.hpp>

#include "http/client.hpp"
#include "http/server.hpp"
#include "http/tls_testing.hpp"
#include "http/websocket_client.hpp"

namespace vigie::http {
namespace {

using std::chrono::milliseconds;
using testing::make_certificate;
using testing::Trust;

Async<> echo(WebSocket& socket) {
  while (true) {
    auto message = co_await socket.receive();
    if (!message || !socket.send(std::move(*message))) {
      co_return;
    }
  }
}

Async<Answer> say_hello(Request request) {
  if (request.path == "/socket") {
    co_return Upgrade{.session = echo, .subprotocol = {}};
  }
  Response response;
  response.body = "hello " + std::to_string(request.body.size());
  co_return response;
}

class TlsServerTest : public ::testing::Test {
 protected:
  TlsServerTest()
      : certificate_{make_certificate("localhost")},
        trust_{certificate_.certificate},
        log_{[](std::string_view) {}, [] { return from_micros(0); }},
        tasks_{io_.get_executor(), [](const std::string& name, std::exception_ptr) {
                 ADD_FAILURE() << name << " ended by an exception";
               }} {
    ServerOptions options;
    options.max_body = 1U << 20U;
    options.header_timeout = milliseconds{200};
    options.tls = TlsIdentity{.certificate = certificate_.certificate, .key = certificate_.key};
    server_ =
        create_server(io_.get_executor(), std::move(options), say_hello, random_, log_, metrics_)
            .value();
    guard_ =
        std::make_unique<AddressGuard>(std::vector{url("https", "")}, std::vector<std::string>{});
    client_ = create_client(io_.get_executor(), *guard_);
    tasks_.spawn("server", server_->run());
    vigie::testing::settle(io_);
  }
  ~TlsServerTest() override {
    client_.reset();
    tasks_.cancel();
    vigie::testing::run(io_, tasks_.join());
  }

  std::string url(const std::string& scheme, const std::string& target) const {
    return scheme + "://localhost:" + std::to_string(server_->port()) + target;
  }
  Result<Response> send(const std::string& scheme, std::string body) {
    ClientRequest request;
    request.method = body.empty() ? "GET" : "POST";
    request.url = url(scheme, "/");
    request.body = std::move(body);
    request.timeout = milliseconds{5'000};
    return vigie::testing::run(io_, client_->send(std::move(request)));
  }

  testing::Certificate certificate_;
  Trust trust_;
  asio::io_context io_;
  SystemRandom random_;
  log::Log log_;
  metrics::Registry metrics_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<AddressGuard> guard_;
  std::unique_ptr<Client> client_;
  TaskGroup tasks_;
};

TEST_F(TlsServerTest, AnswersAgainAndAgainOnOneConnection) {
  const auto first = send("https", {});
  const auto second = send("https", std::string(500'000, 'a'));

  ASSERT_TRUE(first) << first.error().what;
  ASSERT_TRUE(second) << second.error().what;
  EXPECT_EQ(first->body, "hello 0");
  EXPECT_EQ(second->body, "hello 500000");
}

Async<Result<WebSocketMessage>> say_and_listen(WebSocketClient& client, std::string url) {
  WebSocketRequest request;
  request.url = std::move(url);
  auto opened = co_await client.open(std::move(request));
  if (!opened || !opened->socket) {
    co_return make_error(Errc::unavailable, "not opened");
  }
  WebSocketMessage message{.kind = WebSocketMessage::Kind::text, .bytes = "anybody there?"};
  const auto sent = co_await opened->socket->send(std::move(message));
  EXPECT_TRUE(sent.has_value());
  auto heard = co_await opened->socket->receive();
  const Span patience = std::chrono::seconds{5};
  co_await opened->socket->close(patience);
  co_return heard;
}

TEST_F(TlsServerTest, TalksOnAWebSocket) {
  const auto client = create_websocket_client(io_.get_executor(), *guard_);

  const auto heard = vigie::testing::run(io_, say_and_listen(*client, url("wss", "/socket")));

  ASSERT_TRUE(heard) << heard.error().what;
  EXPECT_EQ(heard->bytes, "anybody there?");
}

Async<> read_to_end(asio::ip::tcp::socket& socket, std::string& text,
                    boost::system::error_code& failed) {
  auto buffer = asio::dynamic_buffer(text);
  co_await asio::async_read(socket, buffer, asio::redirect_error(asio::use_awaitable, failed));
}

TEST_F(TlsServerTest, LetsGoOfWhoSpeaksNoTls) {
  asio::ip::tcp::socket stranger{io_};
  stranger.connect({asio::ip::address_v4::loopback(), server_->port()});
  asio::write(stranger, asio::buffer(std::string{"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"}));
  std::string received;
  boost::system::error_code ended;

  vigie::testing::run(io_, read_to_end(stranger, received, ended));

  EXPECT_TRUE(ended.failed());
  EXPECT_EQ(received.find("HTTP/1.1"), std::string::npos);
  EXPECT_TRUE(send("https", {}).has_value()) << "the others are still served";
}

TEST(TlsServer, RefusesACertificateThatIsNoneAndAForeignKey) {
  asio::io_context io;
  SystemRandom random;
  log::Log log{[](std::string_view) {}, [] { return from_micros(0); }};
  metrics::Registry metrics;
  const auto first = make_certificate("localhost");
  const auto second = make_certificate("localhost");
  const auto refusal = [&](const std::string& certificate, const std::string& key) {
    ServerOptions options;
    options.tls = TlsIdentity{.certificate = certificate, .key = key};
    const auto made =
        create_server(io.get_executor(), std::move(options), say_hello, random, log, metrics);
    return made ? std::string{"accepted"} : made.error().what;
  };

  EXPECT_NE(refusal("not a certificate", first.key).find("certificate"), std::string::npos);
  EXPECT_NE(refusal(first.certificate, second.key).find("key"), std::string::npos);
  EXPECT_EQ(refusal(first.certificate, first.key), "accepted");
}

}  // namespace
}  // namespace vigie::http
