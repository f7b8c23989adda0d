// SPDX-License-Identifier: Apache-2.0
// Requests that come too slowly or are too large (requirements B10, B11).
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include "http/server_testing.hpp"

namespace vigie::http {
namespace {

using std::chrono::milliseconds;
using testing::describe;
using testing::RawPeer;
using testing::ServerRig;

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
      {"a chunk beyond everything",
       "POST /" + host + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nhello", 413},
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

// A body in pieces of so many bytes, one each pause.
Async<std::string> send_slowly(std::uint16_t port, std::size_t piece, milliseconds pause_between) {
  constexpr std::size_t pieces = 20;
  auto peer = co_await RawPeer::connect(port);
  co_await peer.send(
      fmt::format("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                  piece * pieces));
  asio::steady_timer pause{co_await asio::this_coro::executor};
  for (std::size_t i = 0; i < pieces; ++i) {
    pause.expires_after(pause_between);
    co_await pause.async_wait(asio::use_awaitable);
    co_await peer.send(std::string(piece, 'a'));
  }
  co_return co_await peer.read_to_end();
}

TEST(ServerLimits, WaitsForABodyOfOneKibibyteASecondAndForNoSlowerOne) {
  ServerRig rig{describe, impatient()};

  const auto steady = rig.run(send_slowly(rig.port(), 100, milliseconds{20}));  // 5 kB/s, 0.4 s
  const auto slow = rig.run(send_slowly(rig.port(), 10, milliseconds{20}));     // 0.5 kB/s

  EXPECT_TRUE(steady.starts_with("HTTP/1.1 200 ")) << steady;
  EXPECT_TRUE(slow.empty() || slow.starts_with("HTTP/1.1 408 ")) << slow;
}

TEST(ServerLimits, AreThoseOfTheRequirements) {
  const ServerOptions options;

  EXPECT_EQ(options.header_timeout, milliseconds{10'000});
  EXPECT_EQ(options.idle_timeout, milliseconds{60'000});
  EXPECT_EQ(options.max_body, 64U * 1024U);
  EXPECT_EQ(options.max_connections_per_peer, 100U);
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
