// SPDX-License-Identifier: Apache-2.0
// Requests that lie about themselves, come too slowly or are too large (requirements B10, B11,
// B12).
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include "http/server_testing.hpp"

namespace vigie::http {
namespace {

using std::chrono::milliseconds;
using testing::describe;
using testing::RawPeer;
using testing::ServerRig;

struct RawCase {
  const char* name;
  std::string bytes;
};

// A second request behind the ambiguous one: nothing of it may be answered.
const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

std::vector<RawCase> ambiguous_requests() {
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  return {
      {"two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"},
      {"two equal lengths", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
      {"a list of lengths", post + "Content-Length: 5, 5\r\n\r\nhello"},
      {"length and chunked",
       post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"chunked and length",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
      {"length with a sign", post + "Content-Length: +5\r\n\r\nhello"},
      {"negative length", post + "Content-Length: -5\r\n\r\nhello"},
      {"hexadecimal length", post + "Content-Length: 0x5\r\n\r\nhello"},
      {"length with a space inside", post + "Content-Length: 1 0\r\n\r\nhellohello"},
      {"empty length", post + "Content-Length: \r\n\r\n"},
      {"length beyond 64 bits", post + "Content-Length: 18446744073709551621\r\n\r\nhello"},
      {"two codings", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
      {"chunked twice in one field", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
      {"chunked in two fields",
       post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"chunked, then identity",
       post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"},
      {"nearly chunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
      {"quoted chunked", post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
      {"chunked behind a vertical tab", post + "Transfer-Encoding: \x0b"
                                               "chunked\r\n\r\n0\r\n\r\n"},
      {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"space before the colon", post + "Content-Length : 5\r\n\r\nhello"},
      {"tab before the colon", post + "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n"},
      {"folded field", post + "X-A: b\r\n Content-Length: 5\r\n\r\nhello"},
      {"folded first field", "GET / HTTP/1.1\r\n Host: x\r\n\r\n"},
      {"bare line feed after the request line", "GET / HTTP/1.1\nHost: x\r\n\r\n"},
      {"bare line feed after a field", "GET / HTTP/1.1\r\nHost: x\n\r\n"},
      {"bare line feeds throughout", "GET / HTTP/1.1\nHost: x\n\n"},
      {"bare carriage return in a field", "GET / HTTP/1.1\r\nHost: x\r\nX-A: b\rX-C: d\r\n\r\n"},
      {"NUL in a field", "GET / HTTP/1.1\r\nHost: x\r\nX-A: b" + std::string(1, '\0') + "\r\n\r\n"},
      {"NUL in a name", "GET / HTTP/1.1\r\nHost: x\r\nX" + std::string(1, '\0') + ": b\r\n\r\n"},
      {"field without a colon", "GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n"},
      {"field without a name", "GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n"},
      {"letters in a name that none has", "GET / HTTP/1.1\r\nHost: x\r\nX(A): b\r\n\r\n"},
      {"no host", "GET / HTTP/1.1\r\n\r\n"},
      {"two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"},
      {"a host that is a list", "GET / HTTP/1.1\r\nHost: x, y\r\n\r\n"},
      {"a host with a path", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n"},
      {"HTTP/0.9", "GET /\r\n\r\n"},
      {"HTTP/2 with prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n"},
      {"http in small letters", "GET / http/1.1\r\nHost: x\r\n\r\n"},
      {"two spaces in the request line", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"tab in the request line", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"bytes beyond ASCII in the target", "GET /\xC3\xA9 HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"a method that is no word", "G@T / HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"a target that is no path", "GET a HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"climbing path", "GET /a/%2e%2e/b HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"escaped NUL in the path", "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"broken escape in the path", "GET /a%zz HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"query that is not UTF-8", "GET /?a=%FF HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"TLS on the plain port", "\x16\x03\x01\x02" + std::string(1, '\0') + "\x01\x01\xFC\x03\x03"},
      {"two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"chunk without a size", chunked + "hello\r\n0\r\n\r\n"},
      {"chunk with a sign", chunked + "+5\r\nhello\r\n0\r\n\r\n"},
      {"chunk in 0x form", chunked + "0x5\r\nhello\r\n0\r\n\r\n"},
      {"chunk beyond 64 bits", chunked + "10000000000000005\r\nhello\r\n0\r\n\r\n"},
      {"chunk with a space", chunked + " 5\r\nhello\r\n0\r\n\r\n"},
      {"chunk longer than it says", chunked + "3\r\nhello\r\n0\r\n\r\n"},
      {"bare line feed after a chunk's size", chunked + "5\nhello\r\n0\r\n\r\n"},
      {"bare line feed after a chunk", chunked + "5\r\nhello\n0\r\n\r\n"},
      {"bare line feed in a chunk's extension", chunked + "5;a\nb\r\nhello\r\n0\r\n\r\n"},
      {"trailer that is no field", chunked + "5\r\nhello\r\n0\r\nno field\r\n\r\n"},
  };
}

TEST(ServerSmuggling, RefusesWhatTwoProgramsCouldReadInTwoWays) {
  for (const auto& row : ambiguous_requests()) {
    ServerRig rig{describe};

    const auto answer = rig.exchange(row.bytes + smuggled);

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << row.name << ": " << answer;
    EXPECT_NE(answer.find("Connection: close"), std::string::npos) << row.name;
    EXPECT_EQ(answer.find("smuggled"), std::string::npos) << row.name << ": " << answer;
  }
}

TEST(ServerSmuggling, AcceptsOddButClearRequests) {
  const std::string end = "Connection: close\r\n\r\n";
  const std::vector<RawCase> rows{
      {"one empty line first", "\r\nGET / HTTP/1.1\r\nHost: x\r\n" + end},
      {"absolute form", "GET http://x/ HTTP/1.1\r\nHost: x\r\n" + end},
      {"no space after the colon", "GET / HTTP/1.1\r\nHost:x\r\n" + end},
      {"tabs around a value", "GET / HTTP/1.1\r\nHost:\tx\t\r\n" + end},
      {"empty host", "GET / HTTP/1.1\r\nHost:\r\n" + end},
      {"chunk extensions", "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n" + end +
                               "0;a=b\r\nTrailer: yes\r\n\r\n"},
      {"UTF-8 in a value", "GET / HTTP/1.1\r\nHost: x\r\nX-A: \xC3\xA9\r\n" + end},
      {"length zero", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n" + end},
  };
  for (const auto& row : rows) {
    ServerRig rig{describe};

    const auto answer = rig.exchange(row.bytes);

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << row.name << ": " << answer;
    EXPECT_TRUE(answer.ends_with("GET / []")) << row.name << ": " << answer;
  }
}

std::string with_fields(int count) {
  std::string request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  for (int i = 2; i < count; ++i) {
    request += "A" + std::to_string(i) + ": b\r\n";
  }
  return request + "\r\n";
}

TEST(ServerLimits, AnswersWhatIsTooLarge) {
  const std::string host = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  struct Row {
    const char* name;
    std::string bytes;
    int status;
  };
  const std::vector<Row> rows{
      {"100 fields", with_fields(100), 200},
      {"101 fields", with_fields(101), 431},
      {"8000 bytes of target", "GET /" + std::string(8000, 'a') + host + "\r\n", 200},
      {"9000 bytes of target", "GET /" + std::string(9000, 'a') + host + "\r\n", 400},
      {"an endless target", "GET /" + std::string(100'000, 'a'), 400},
      {"15 KiB of head", "GET /" + host + "A: " + std::string(15'000, 'a') + "\r\n\r\n", 200},
      {"17 KiB of head", "GET /" + host + "A: " + std::string(17'000, 'a') + "\r\n\r\n", 431},
      {"an endless head", "GET /" + host + "A: " + std::string(100'000, 'a'), 431},
      {"body at the limit",
       "POST /" + host + "Content-Length: 1000\r\n\r\n" + std::string(1000, 'a'), 200},
      {"body over the limit",
       "POST /" + host + "Content-Length: 1001\r\n\r\n" + std::string(1001, 'a'), 413},
      {"chunks over the limit",
       "POST /" + host + "Transfer-Encoding: chunked\r\n\r\n" + "1F4\r\n" + std::string(500, 'a') +
           "\r\n1F5\r\n" + std::string(501, 'a') + "\r\n0\r\n\r\n",
       413},
      {"an endless chunk extension",
       "POST /" + host + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(100'000, 'a'), 400},
      {"an unknown expectation", "POST /" + host + "Expect: wonders\r\n\r\n", 417},
      {"TRACE", "TRACE /" + host + "\r\n", 405},
      {"CONNECT", "CONNECT /" + host + "\r\n", 405},
      {"an unknown method is the handler's", "BREW /" + host + "\r\n", 200},
  };
  for (const auto& row : rows) {
    auto options = ServerRig::quick();
    options.max_body = 1000;
    ServerRig rig{describe, options};

    const auto answer = rig.exchange(row.bytes);

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(row.status)))
        << row.name << ": " << answer.substr(0, 200);
  }
}

Async<std::string> send_half_and_wait(std::uint16_t port, std::string half) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer.send(std::move(half));
  co_return co_await peer.read_to_end();
}

ServerOptions impatient() {
  auto options = ServerRig::quick();
  options.header_timeout = milliseconds{80};
  options.body_grace = milliseconds{80};
  options.idle_timeout = milliseconds{80};
  return options;
}

TEST(ServerLimits, DoesNotWaitForASlowHead) {
  ServerRig rig{describe, impatient()};

  const auto answer = rig.run(send_half_and_wait(rig.port(), "GET / HTTP/1.1\r\nHo"));

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 ")) << answer;
}

TEST(ServerLimits, DoesNotWaitForASlowBody) {
  ServerRig rig{describe, impatient()};

  const auto answer = rig.run(send_half_and_wait(
      rig.port(), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhalf"));

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 ")) << answer;
}

// One byte now and then: each comes in time, the whole head does not.
Async<std::string> drip(std::uint16_t port) {
  auto peer = co_await RawPeer::connect(port);
  asio::steady_timer pause{co_await asio::this_coro::executor};
  for (const char letter : std::string{"GET / HTTP/1.1\r\nHost: x\r\nX-A: aaaaaaaaaaaaaaaaaa"}) {
    co_await peer.send(std::string(1, letter));
    pause.expires_after(milliseconds{10});
    co_await pause.async_wait(asio::use_awaitable);
  }
  co_return co_await peer.read_to_end();
}

TEST(ServerLimits, IsNotHeldByDripFeeding) {
  ServerRig rig{describe, impatient()};

  const auto answer = rig.run(drip(rig.port()));

  EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 408 ")) << answer;
}

TEST(ServerLimits, ClosesIdleConnectionsWithoutAWord) {
  ServerRig rig{describe, impatient()};

  const auto never_asked = rig.run(send_half_and_wait(rig.port(), ""));
  const auto asked_once =
      rig.run(send_half_and_wait(rig.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));

  EXPECT_EQ(never_asked, "");
  EXPECT_TRUE(asked_once.starts_with("HTTP/1.1 200 ")) << asked_once;
  EXPECT_EQ(asked_once.find("408"), std::string::npos);
}

struct Crowd {
  std::vector<RawPeer> peers;
  std::vector<std::string> answers;
};

Async<> gather(std::uint16_t port, std::size_t count, Crowd& crowd) {
  for (std::size_t i = 0; i < count; ++i) {
    crowd.peers.push_back(co_await RawPeer::connect(port));
    co_await crowd.peers.back().send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    crowd.answers.push_back(co_await crowd.peers.back().read_answer());
  }
}

TEST(ServerLimits, LetsEachPeerHaveSoManyConnections) {
  auto options = ServerRig::quick();
  options.max_connections_per_peer = 3;
  ServerRig rig{describe, options};
  Crowd crowd;

  rig.run(gather(rig.port(), 4, crowd));
  crowd.peers[0].close();
  crowd.peers.erase(crowd.peers.begin());
  rig.run_until([&] {
    return rig.metrics.render().find("open_connections{server=\"http\"} 3") != std::string::npos;
  });
  rig.run(gather(rig.port(), 1, crowd));

  EXPECT_TRUE(crowd.answers[2].starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(crowd.answers[3].starts_with("HTTP/1.1 429 ")) << crowd.answers[3];
  EXPECT_NE(crowd.answers[3].find("Retry-After: "), std::string::npos);
  EXPECT_TRUE(crowd.answers[4].starts_with("HTTP/1.1 200 ")) << "one left, one may come";
}

TEST(ServerLimits, TurnsAwayWhoComesWhenItIsFull) {
  auto options = ServerRig::quick();
  options.max_connections = 2;
  ServerRig rig{describe, options};
  Crowd crowd;

  rig.run(gather(rig.port(), 3, crowd));

  EXPECT_TRUE(crowd.answers[1].starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(crowd.answers[2].starts_with("HTTP/1.1 503 ")) << crowd.answers[2];
}

TEST(ServerLimits, ServesTwoHundredConnectionsAtOnce) {
  auto options = ServerRig::quick();
  options.max_connections_per_peer = 1000;
  ServerRig rig{describe, options};
  Crowd crowd;

  rig.run(gather(rig.port(), 200, crowd));

  ASSERT_EQ(crowd.answers.size(), 200U);
  for (const auto& answer : crowd.answers) {
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  }
  EXPECT_NE(rig.metrics.render().find("open_connections{server=\"http\"} 200"), std::string::npos);
  rig.stop();
  EXPECT_NE(rig.metrics.render().find("open_connections{server=\"http\"} 0"), std::string::npos);
}

// A handler that answers when told to.
struct Gate {
  bool entered = false;
  bool open = false;
  bool cancelled = false;
};

Async<Answer> wait_at(Gate& gate) {
  struct Leave {
    Gate& gate;
    ~Leave() { gate.cancelled = !gate.open; }
  };
  const Leave leave{gate};
  gate.entered = true;
  while (!gate.open) {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  }
  Response response;
  response.body = "late";
  co_return Answer{std::move(response)};
}

Async<std::string> stop_while_waiting(ServerRig& rig, Gate& gate, bool open) {
  auto idle = co_await RawPeer::connect(rig.port());
  co_await idle.send("GET /idle HTTP/1.1\r\nHost: x\r\n");
  auto peer = co_await RawPeer::connect(rig.port());
  co_await peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  while (!gate.entered) {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  }
  rig.cancel();
  for (int turn = 0; turn < 20; ++turn) {  // the server takes notice
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  }
  gate.open = open;
  co_return co_await peer.read_to_end();
}

TEST(ServerStop, LetsTheAnswerInProgressGoOut) {
  Gate gate;
  ServerRig rig{[&gate](Request) { return wait_at(gate); }};

  const auto answer = rig.run(stop_while_waiting(rig, gate, true));
  rig.stop();

  EXPECT_TRUE(answer.ends_with("late")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
}

TEST(ServerStop, CancelsWhatTakesTooLong) {
  Gate gate;
  ServerRig rig{[&gate](Request) { return wait_at(gate); }};

  const auto answer = rig.run(stop_while_waiting(rig, gate, false));
  rig.stop();

  EXPECT_EQ(answer, "");
  EXPECT_TRUE(gate.cancelled);
  EXPECT_FALSE(rig.logged("failed"));
}

TEST(ServerStart, SaysThatThePortIsTaken) {
  ServerRig rig{describe};
  ServerOptions options;
  options.port = rig.port();
  SeededRandom random;

  const auto second =
      create_server(rig.io.get_executor(), options, describe, random, rig.log, rig.metrics);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
  EXPECT_NE(second.error().what.find("already in use"), std::string::npos) << second.error().what;
}

TEST(ServerStart, RefusesAnAddressThatIsNone) {
  ServerRig rig{describe};
  ServerOptions options;
  options.address = "localhost.example";
  SeededRandom random;

  const auto server =
      create_server(rig.io.get_executor(), options, describe, random, rig.log, rig.metrics);

  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, Errc::invalid);
}

TEST(ServerLog, KeepsTokensInPathsOutOfTheLog) {
  ServerRig rig{describe};

  rig.exchange(
      "GET /password-resets/0123456789abcdef0123456789abcdef?token=canary HTTP/1.1\r\n"
      "Host: x\r\nConnection: close\r\n\r\n");

  EXPECT_TRUE(rig.logged("password-resets/[…]"));
  EXPECT_FALSE(rig.logged("0123456789abcdef0123456789abcdef"));
  EXPECT_FALSE(rig.logged("canary"));
}

}  // namespace
}  // namespace vigie::http
