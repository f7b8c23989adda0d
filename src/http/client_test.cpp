// SPDX-License-Identifier: Apache-2.0
#include "http/client.hpp"

#include <gtest/gtest.h>

#include "http/packing_testing.hpp"
#include "http/script_testing.hpp"
#include "http/server_testing.hpp"

namespace vigie::http {
namespace {

using std::chrono::milliseconds;
using testing::describe;
using testing::get;
using testing::pack;
using testing::redirect_to;
using testing::Script;
using testing::ServerRig;
using testing::tcp;

Result<Response> send(asio::io_context& io, ClientRequest request) {
  const AddressGuard guard{{request.url}, {}};
  const auto client = create_client(io.get_executor(), guard);
  return vigie::testing::run(io, client->send(std::move(request)));
}

std::string url_of(const ServerRig& rig, std::string_view path) {
  return "http://127.0.0.1:" + std::to_string(rig.port()) + std::string{path};
}

TEST(Client, GetsAnAnswer) {
  ServerRig rig{describe};

  const auto response = send(rig.io, get(url_of(rig, "/a%20b?c=d")));

  ASSERT_TRUE(response) << response.error().what;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->headers.get("content-type"), "text/plain");
  EXPECT_EQ(response->body, "GET /a b [] c=d");
}

TEST(Client, SendsMethodHeadersAndBody) {
  Script script{{"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"}};
  auto request = get(script.url("/x"));
  request.method = "POST";
  request.headers.add("Content-Type", "application/json");
  request.headers.add("Content-Length", "999");
  request.headers.add("Host", "elsewhere");
  request.body = "{}";

  const auto response = send(script.io, request);

  ASSERT_TRUE(response) << response.error().what;
  EXPECT_EQ(response->status, 201);
  const auto& sent = script.requests.at(0);
  EXPECT_TRUE(sent.starts_with("POST /x HTTP/1.1\r\nHost: 127.0.0.1:")) << sent;
  EXPECT_NE(sent.find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(sent.find("Content-Length: 2\r\n"), std::string::npos);
  EXPECT_NE(sent.find("User-Agent: Vigie\r\n"), std::string::npos);
  EXPECT_EQ(sent.find(": 999"), std::string::npos);
  EXPECT_EQ(sent.find("elsewhere"), std::string::npos);
}

TEST(Client, RefusesToSendALineBreakInAHeader) {
  Script script{{}};
  auto request = get(script.url());
  request.headers.add("X-A", "b\r\nX-Injected: yes");

  const auto response = send(script.io, request);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::invalid);
}

TEST(Client, RefusesAMethodThatIsNoWord) {
  Script script{{}};
  auto request = get(script.url());
  request.method = "GET / HTTP/1.1\r\nX:";

  EXPECT_EQ(send(script.io, request).error().code, Errc::invalid);
}

TEST(Client, ReadsEveryFramingOfABody) {
  const std::vector<std::string> answers{
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: "
      "u\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\nhello",
      "HTTP/1.0 200 OK\r\n\r\nhello",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  };
  for (const auto& answer : answers) {
    Script script{{answer}};

    const auto response = send(script.io, get(script.url()));

    ASSERT_TRUE(response) << answer << response.error().what;
    EXPECT_EQ(response->body, "hello") << answer;
    EXPECT_FALSE(response->headers.has("T")) << "a trailer is no header";
  }
}

TEST(Client, TellsBadAnswersApart) {
  struct Row {
    std::string answer;
    Errc code;
  };
  const std::vector<Row> rows{
      {"", Errc::unavailable},
      {"HTTP/1.1 200 OK\r\nContent-Le", Errc::unavailable},
      {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", Errc::unavailable},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", Errc::unavailable},
      {"<html>not HTTP at all</html>\r\n\r\n", Errc::corrupt},
      {"SSH-2.0-OpenSSH_9.2\r\n", Errc::corrupt},
      {"HTTP/1.1 abc OK\r\n\r\n", Errc::corrupt},
      {"HTTP/3.0 200 OK\r\n\r\n", Errc::corrupt},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", Errc::corrupt},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", Errc::corrupt},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
       Errc::corrupt},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nhello", Errc::corrupt},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", Errc::corrupt},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'), Errc::corrupt},
      {"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n", Errc::corrupt},
      {"HTTP/1.1 200 OK\r\n\r\n" + std::string(3'000'000, 'x'), Errc::corrupt},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2FAF080\r\n", Errc::corrupt},
  };
  for (const auto& row : rows) {
    Script script{{row.answer}};

    const auto response = send(script.io, get(script.url()));

    ASSERT_FALSE(response) << row.answer.substr(0, 80);
    EXPECT_EQ(response.error().code, row.code)
        << row.answer.substr(0, 80) << ": " << response.error().what;
  }
}

TEST(Client, SaysThatNobodyListens) {
  asio::io_context io;
  tcp::acceptor closed{io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
  const auto url = "http://127.0.0.1:" + std::to_string(closed.local_endpoint().port());
  closed.close();

  const auto response = send(io, get(url));

  EXPECT_EQ(response.error().code, Errc::unavailable) << response.error().what;
}

TEST(Client, SaysThatANameDoesNotExist) {
  asio::io_context io;

  const auto response = send(io, get("http://no-such-name.invalid/"));

  ASSERT_FALSE(response);
  EXPECT_TRUE(response.error().code == Errc::unavailable || response.error().code == Errc::timeout)
      << response.error().what;
}

TEST(Client, WaitsNoLongerThanItsTimeout) {
  for (const auto* answer :
       {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"}) {
    Script script{{answer}, false};
    auto request = get(script.url());
    request.timeout = milliseconds{60};

    const auto response = send(script.io, request);

    ASSERT_FALSE(response) << answer;
    EXPECT_EQ(response.error().code, Errc::timeout) << answer << response.error().what;
  }
}

TEST(Client, HasNoBodyToReadAfterHead) {
  Script script{{"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"}, false};
  auto request = get(script.url());
  request.method = "HEAD";

  const auto response = send(script.io, request);

  ASSERT_TRUE(response) << response.error().what;
  EXPECT_EQ(response->headers.get("Content-Length"), "500");
  EXPECT_EQ(response->body, "");
}

std::string packed_answer(std::string_view coding, const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Encoding: " + std::string{coding} +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(Client, UnpacksBodies) {
  const std::string text = "{\"a\": \"" + std::string(5000, 'b') + "\"}";
  const std::vector<std::string> answers{
      packed_answer("gzip", pack(text, 15 + 16)),
      packed_answer("GZIP", pack(text.substr(0, 100), 15 + 16) + pack(text.substr(100), 15 + 16)),
      packed_answer("deflate", pack(text, 15)),
      packed_answer("deflate", pack(text, -15)),
      packed_answer("identity", text),
  };
  for (const auto& answer : answers) {
    Script script{{answer}};

    const auto response = send(script.io, get(script.url()));

    ASSERT_TRUE(response) << response.error().what;
    EXPECT_EQ(response->body, text);
    EXPECT_NE(script.requests.at(0).find("Accept-Encoding: gzip, deflate\r\n"), std::string::npos);
  }
}

TEST(Client, DoesNotUnpackABomb) {
  const auto bomb = pack(std::string(50'000'000, '\0'), 15 + 16);
  ASSERT_LT(bomb.size(), 100'000U);
  Script script{{packed_answer("gzip", bomb)}};

  const auto response = send(script.io, get(script.url()));

  EXPECT_EQ(response.error().code, Errc::corrupt);
}

Async<Answer> count_connections(Request request, std::vector<std::string>& seen) {
  seen.push_back(request.path);
  Response response;
  response.body = request.path;
  if (request.path == "/last") {
    response.headers.add("Connection", "close");
  }
  co_return Answer{std::move(response)};
}

Async<> ask_all(Client& client, std::vector<std::string> urls) {
  for (const auto& url : urls) {
    auto request = get(url);
    const auto response = co_await client.send(std::move(request));
    EXPECT_TRUE(response);
  }
}

int accepted(const ServerRig& rig) {
  int most = 0;
  for (int i = 1; i < 10; ++i) {
    if (rig.metrics.render().find("open_connections{server=\"http\"} " + std::to_string(i)) !=
        std::string::npos) {
      most = i;
    }
  }
  return most;
}

TEST(Client, KeepsTheConnectionForTheSameOrigin) {
  std::vector<std::string> seen;
  ServerRig rig{[&seen](Request request) { return count_connections(std::move(request), seen); }};
  const AddressGuard guard{{url_of(rig, "")}, {}};
  const auto client = create_client(rig.io.get_executor(), guard);

  rig.run(ask_all(*client, {url_of(rig, "/1"), url_of(rig, "/2"), url_of(rig, "/3")}));

  EXPECT_EQ(seen.size(), 3U);
  EXPECT_EQ(accepted(rig), 1);
}

TEST(Client, TriesAgainWhenTheKeptConnectionWasClosed) {
  // Two connections, each for one request; nothing tells the client that the first is over.
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  Script script{{ok, ok}};
  const AddressGuard guard{{script.url()}, {}};
  const auto client = create_client(script.io.get_executor(), guard);

  vigie::testing::run(script.io, ask_all(*client, {script.url("/1"), script.url("/2")}));

  EXPECT_EQ(script.requests.size(), 2U);
}

TEST(Client, FollowsRedirects) {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  Script script{{redirect_to("/b?c=d"), redirect_to("e"), ok}};

  const auto response = send(script.io, get(script.url("/a")));

  ASSERT_TRUE(response) << response.error().what;
  EXPECT_EQ(response->body, "ok");
  EXPECT_TRUE(script.requests.at(1).starts_with("GET /b?c=d "));
  EXPECT_TRUE(script.requests.at(2).starts_with("GET /e "));
}

TEST(Client, TurnsAPostIntoAGetWhenRedirectedSo) {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  for (const auto& [status, method] : std::vector<std::pair<int, std::string>>{
           {302, "GET"}, {303, "GET"}, {307, "POST"}, {308, "POST"}}) {
    Script script{{redirect_to("/b", status), ok}};
    auto request = get(script.url("/a"));
    request.method = "POST";
    request.body = "x";

    const auto response = send(script.io, request);

    ASSERT_TRUE(response) << response.error().what;
    EXPECT_TRUE(script.requests.at(1).starts_with(method + " /b ")) << script.requests.at(1);
  }
}

TEST(Client, EndsALoopOfRedirects) {
  Script script{std::vector<std::string>(4, redirect_to("/again"))};

  const auto response = send(script.io, get(script.url()));

  EXPECT_EQ(response.error().code, Errc::corrupt);
  EXPECT_EQ(script.requests.size(), 4U);
}

TEST(Client, ReturnsTheRedirectWhenNoneIsToBeFollowed) {
  Script script{{redirect_to("/b")}};
  auto request = get(script.url());
  request.max_redirects = 0;

  const auto response = send(script.io, request);

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(response->headers.get("location"), "/b");
}

TEST(Client, ChecksWhereARedirectLeads) {
  ServerRig other{describe};
  for (const std::string& location :
       {url_of(other, "/"), std::string{"http://169.254.169.254/latest/meta-data"},
        std::string{"http://127.0.0.1:8080/"}, std::string{"http://[::1]/"},
        std::string{"http://[::ffff:127.0.0.1]/"}, std::string{"http://localhost/"}}) {
    Script script{{redirect_to(location)}};

    const auto response = send(script.io, get(script.url()));

    ASSERT_FALSE(response) << location;
    EXPECT_EQ(response.error().code, Errc::denied) << location << ": " << response.error().what;
  }
}

TEST(Client, DoesNotFollowARedirectToAnotherScheme) {
  for (const auto* location :
       {"ftp://example.org/", "file:///etc/passwd", "gopher://x/", "//u:p@h/"}) {
    Script script{{redirect_to(location)}};

    EXPECT_EQ(send(script.io, get(script.url())).error().code, Errc::corrupt) << location;
  }
}

TEST(Client, LeavesCredentialsBehindWhenTheOriginChanges) {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  asio::io_context io;
  Script second{{ok}, true, &io};
  Script first{{redirect_to(second.url("/b"))}, true, &io};
  const AddressGuard guard{{first.url(), second.url()}, {}};
  const auto client = create_client(io.get_executor(), guard);
  auto request = get(first.url("/a"));
  request.headers.add("Authorization", "Bearer canary");
  request.headers.add("Cookie", "canary=1");
  request.headers.add("Accept", "text/html");

  const auto response = vigie::testing::run(io, client->send(std::move(request)));

  ASSERT_TRUE(response) << response.error().what;
  EXPECT_NE(first.requests.at(0).find("canary"), std::string::npos);
  EXPECT_EQ(second.requests.at(0).find("canary"), std::string::npos);
  EXPECT_NE(second.requests.at(0).find("Accept: text/html"), std::string::npos);
}

TEST(Client, CallsNoPrivateAddressThatNobodyConfigured) {
  // The name looks harmless; what it resolves to decides.
  ServerRig rig{describe};
  const AddressGuard guard{{url_of(rig, "/")}, {}};
  const auto client = create_client(rig.io.get_executor(), guard);

  for (const std::string url : {"http://localhost/", "http://localhost:8080/", "http://127.0.0.1/",
                                "http://[::1]/", "http://0.0.0.0/", "http://10.0.0.1/"}) {
    const auto response = rig.run(client->send(get(url)));

    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().code, Errc::denied) << url << ": " << response.error().what;
  }
  const auto port = rig.run(client->send(get("http://example.org:22/")));
  EXPECT_EQ(port.error().code, Errc::denied);
}

TEST(Client, CallsANameThatTheOperatorTrusts) {
  ServerRig rig{describe};
  const auto url = "http://localhost:" + std::to_string(rig.port()) + "/";

  const auto response = send(rig.io, get(url));

  ASSERT_TRUE(response) << response.error().what;
  EXPECT_EQ(response->body, "GET / []");
}

}  // namespace
}  // namespace vigie::http
