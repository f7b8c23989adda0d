// SPDX-License-Identifier: Apache-2.0
// TLS as a client, against a server with a certificate made for the test.
#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <list>

#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "http/client.hpp"
#include "http/tls_testing.hpp"

namespace vigie::http {
namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;
using testing::TlsScript;
using testing::Trust;

const std::string hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

Result<Response> send(asio::io_context& io, const std::string& url, milliseconds timeout) {
  const AddressGuard guard{{url}, {}};
  const auto client = create_client(io.get_executor(), guard);
  ClientRequest request;
  request.url = url;
  request.timeout = timeout;
  return vigie::testing::run(io, client->send(std::move(request)));
}

constexpr milliseconds patience{5000};

TEST(ClientTls, TalksToAHostWithAValidCertificate) {
  TlsScript script{hello};
  const Trust trust{script.certificate};

  const auto response = send(script.io, script.url("localhost"), patience);

  ASSERT_TRUE(response) << response.error().what;
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(script.asked_name, "localhost");
}

TEST(ClientTls, RefusesACertificateNobodySigned) {
  TlsScript script{hello};

  const auto response = send(script.io, script.url("localhost"), patience);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::unavailable);
  EXPECT_NE(response.error().what.find("certificate"), std::string::npos) << response.error().what;
  EXPECT_EQ(script.requests, 0) << "nothing is asked of a stranger";
}

TEST(ClientTls, RefusesACertificateOfAnotherHost) {
  TlsScript script{hello};
  const Trust trust{script.certificate};

  const auto response = send(script.io, script.url("127.0.0.1"), patience);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::unavailable);
  EXPECT_EQ(script.requests, 0);
}

Async<> accept_and(tcp::acceptor& acceptor, std::string words, std::list<tcp::socket>& kept) {
  while (true) {
    kept.push_back(co_await acceptor.async_accept(asio::use_awaitable));
    co_await asio::async_write(kept.back(), asio::buffer(words), asio::use_awaitable);
  }
}

Result<Response> ask_a_stranger(const std::string& words, milliseconds timeout) {
  asio::io_context io;
  tcp::acceptor acceptor{io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
  std::list<tcp::socket> kept;
  TaskGroup tasks{io.get_executor(), [](const std::string&, std::exception_ptr) { FAIL(); }};
  tasks.spawn("stranger", accept_and(acceptor, words, kept));
  const auto url = "https://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/";
  auto response = send(io, url, timeout);
  tasks.cancel();
  vigie::testing::run(io, tasks.join());
  return response;
}

TEST(ClientTls, DoesNotWaitForAHandshakeThatNeverComes) {
  EXPECT_EQ(ask_a_stranger("", milliseconds{100}).error().code, Errc::timeout);
}

TEST(ClientTls, SaysThatTheOtherEndSpeaksNoTls) {
  EXPECT_EQ(ask_a_stranger("HTTP/1.1 400 Bad Request\r\n\r\n", patience).error().code,
            Errc::unavailable);
}

TEST(ClientTls, TellsACutAnswerFromAWholeOne) {
  const std::string until_close = "HTTP/1.1 200 OK\r\n\r\nhello";
  TlsScript whole{until_close};
  TlsScript cut{until_close, false};
  const Trust trust{whole.certificate + cut.certificate};

  const auto first = send(whole.io, whole.url("localhost"), patience);
  const auto second = send(cut.io, cut.url("localhost"), patience);

  ASSERT_TRUE(first) << first.error().what;
  EXPECT_EQ(first->body, "hello");
  EXPECT_EQ(second.error().code, Errc::unavailable);
}

TEST(ClientTls, DoesNotFollowARedirectOutOfTls) {
  TlsScript script{
      "HTTP/1.1 302 Found\r\nLocation: http://example.org/\r\nContent-Length: 0\r\n\r\n"};
  const Trust trust{script.certificate};

  EXPECT_EQ(send(script.io, script.url("localhost"), patience).error().code, Errc::denied);
}

Async<> ask_twice(Client& client, std::string url) {
  for (int i = 0; i < 2; ++i) {
    ClientRequest request;
    request.url = url;
    const auto response = co_await client.send(std::move(request));
    EXPECT_TRUE(response) << response.error().what;
  }
}

TEST(ClientTls, KeepsTheConnection) {
  TlsScript script{hello};
  const Trust trust{script.certificate};
  const AddressGuard guard{{script.url("localhost")}, {}};
  const auto client = create_client(script.io.get_executor(), guard);

  vigie::testing::run(script.io, ask_twice(*client, script.url("localhost")));

  EXPECT_EQ(script.requests, 2);
  EXPECT_EQ(script.connections, 1);
}

}  // namespace
}  // namespace vigie::http
