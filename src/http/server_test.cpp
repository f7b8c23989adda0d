// SPDX-License-Identifier: Apache-2.0
#include "http/server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <optional>
#include <stdexcept>

#include "http/server_testing.hpp"

namespace vigie::http {
namespace {

using std::chrono::milliseconds;
using testing::describe;
using testing::RawPeer;
using testing::ServerRig;

constexpr const char* get_close = "GET /a?b=c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST(Server, AnswersARequest) {
  ServerRig rig{describe};

  const auto answer = rig.exchange(get_close);

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
  EXPECT_NE(answer.find("Date: "), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\nGET /a [] b=c")) << answer;
}

Async<std::string> two_on_one_connection(std::uint16_t port) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
  auto both = co_await peer.read_answer();
  co_await peer.send("POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
  both += co_await peer.read_answer();
  co_return both;
}

TEST(Server, KeepsTheConnectionForTheNextRequest) {
  ServerRig rig{describe};

  const auto both = rig.run(two_on_one_connection(rig.port()));

  EXPECT_NE(both.find("GET /1 []"), std::string::npos) << both;
  EXPECT_NE(both.find("POST /2 [abc]"), std::string::npos) << both;
  EXPECT_EQ(both.find("Connection: close"), std::string::npos);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  ServerRig rig{describe};

  const auto answers = rig.exchange(
      "POST /1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n"
      "0\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n" +
      std::string{get_close});

  const auto first = answers.find("POST /1 [abcde]");
  const auto second = answers.find("GET /2 []");
  const auto third = answers.find("GET /a []");
  ASSERT_NE(third, std::string::npos) << answers;
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST(Server, SendsNoBodyToHead) {
  ServerRig rig{describe};

  const auto answer = rig.exchange("HEAD /abc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_NE(answer.find("Content-Length: 12\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST(Server, ClosesAfterHttp10) {
  ServerRig rig{describe};

  const auto answer = rig.exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK")) << answer;
}

Async<std::string> expect_continue(std::uint16_t port, std::string length) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: " +
                     length + "\r\nConnection: close\r\n\r\n");
  auto heard = co_await peer.read_until("\r\n\r\n");
  if (heard.starts_with("HTTP/1.1 100 ")) {
    co_await peer.send("hello");
  }
  heard += co_await peer.read_to_end();
  co_return heard;
}

TEST(Server, InvitesABodyThatWaitsForIt) {
  ServerRig rig{describe};

  const auto heard = rig.run(expect_continue(rig.port(), "5"));

  EXPECT_TRUE(heard.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")) << heard;
  EXPECT_NE(heard.find("[hello]"), std::string::npos);
}

TEST(Server, DoesNotInviteABodyThatIsTooLarge) {
  ServerRig rig{describe};

  const auto heard = rig.run(expect_continue(rig.port(), "99999999"));

  EXPECT_TRUE(heard.starts_with("HTTP/1.1 413 ")) << heard;
}

Async<Answer> two_headers(Request) {
  Response response;
  response.headers.add("X-Evil", "a\r\nSet-Cookie: stolen=1\r\n\r\n<script>");
  response.headers.add("Bad Name\r\n", "b");
  response.headers.add("Content-Length", "999");
  response.body = "ok";
  co_return Answer{std::move(response)};
}

TEST(Server, LetsNoLineBreakIntoAHeaderField) {
  ServerRig rig{two_headers};

  const auto answer = rig.exchange(get_close);

  EXPECT_EQ(answer.find("\r\nSet-Cookie"), std::string::npos) << answer;
  EXPECT_EQ(answer.find("Bad Name"), std::string::npos);
  EXPECT_NE(answer.find("Content-Length: 2\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\nok"));
}

Async<Answer> fail(Request) {
  throw std::runtime_error{"a bug of the handler"};
  co_return Answer{Reset{}};
}

TEST(Server, AnswersPlainlyWhenTheHandlerThrows) {
  ServerRig rig{fail};

  const auto answer = rig.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
  EXPECT_EQ(answer.find("bug"), std::string::npos);
  EXPECT_TRUE(rig.logged("a bug of the handler"));
  EXPECT_NE(rig.metrics.render().find("vigie_http_requests_total{class=\"5xx\",server=\"http\"} 1"),
            std::string::npos)
      << rig.metrics.render();
}

Async<Answer> reset(Request) {
  co_return Answer{Reset{}};
}

Async<bool> is_reset(std::uint16_t port) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto nothing = co_await peer.read_to_end();
  co_return nothing.empty() && peer.was_reset();
}

TEST(Server, ResetsTheConnectionWhenAsked) {
  ServerRig rig{reset};

  EXPECT_TRUE(rig.run(is_reset(rig.port())));
}

Async<> count_to_three(BodyWriter& writer) {
  for (const auto* word : {"one,", "two,", "three"}) {
    const auto written = co_await writer.write(word);
    EXPECT_TRUE(written);
  }
}

Async<Answer> stream_words(Request) {
  Streamed streamed;
  streamed.head.headers.add("Content-Type", "video/x-flv");
  streamed.body = count_to_three;
  co_return Answer{std::move(streamed)};
}

TEST(Server, StreamsABodyAndCloses) {
  ServerRig rig{stream_words};

  const auto answer = rig.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_EQ(answer.find("Content-Length"), std::string::npos);
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\none,two,three")) << answer;
}

// How an endless stream ended.
struct StreamEnd {
  std::optional<Errc> why;
  std::size_t written = 0;
};

Async<> flood(BodyWriter& writer, StreamEnd& end) {
  const std::string piece(64 * 1024, 'x');
  while (!end.why) {
    const auto written = co_await writer.write(piece);
    if (written) {
      end.written += piece.size();
    } else {
      end.why = written.error().code;
    }
  }
}

Async<Answer> endless(StreamEnd& end) {
  Streamed streamed;
  streamed.body = [&end](BodyWriter& writer) { return flood(writer, end); };
  co_return Answer{std::move(streamed)};
}

Async<> read_a_little_and_leave(std::uint16_t port) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  co_await peer.read_exactly(100'000);
}

TEST(Server, TellsAStreamThatItsReaderLeft) {
  StreamEnd end;
  ServerRig rig{[&end](Request) { return endless(end); }};

  rig.run(read_a_little_and_leave(rig.port()));
  rig.run_until([&] { return end.why.has_value(); });

  EXPECT_EQ(end.why, Errc::unavailable);
}

Async<> ask_and_never_read(std::uint16_t port, StreamEnd& end) {
  auto peer = co_await RawPeer::connect(port);
  co_await peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  while (!end.why) {
    co_await asio::post(peer.socket().get_executor(), asio::use_awaitable);
  }
}

TEST(Server, WaitsForASlowReaderAndGivesUpInTheEnd) {
  StreamEnd end;
  auto options = ServerRig::quick();
  options.write_timeout = milliseconds{100};
  ServerRig rig{[&end](Request) { return endless(end); }, options};

  rig.run(ask_and_never_read(rig.port(), end));

  EXPECT_EQ(end.why, Errc::timeout);
  EXPECT_LT(end.written, 32U * 1024 * 1024) << "what the kernel buffers, and no more";
}

TEST(Server, EndsStreamsWhenItStops) {
  StreamEnd end;
  ServerRig rig{[&end](Request) { return endless(end); }};

  rig.run(read_a_little_and_leave(rig.port()));
  rig.stop();

  EXPECT_EQ(end.why, Errc::unavailable);
}

}  // namespace
}  // namespace vigie::http
