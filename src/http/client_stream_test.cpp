// SPDX-License-Identifier: Apache-2.0
// Answers read bit by bit, as lives are.
#include <gtest/gtest.h>

#include "http/client.hpp"
#include "http/script_testing.hpp"

namespace vigie::http {
namespace {

using std::chrono::milliseconds;
using testing::get;
using testing::redirect_to;
using testing::Script;

Async<Result<std::string>> read_stream(Client& client, ClientRequest request) {
  auto stream = co_await client.open(std::move(request));
  if (!stream) {
    co_return stream.error();
  }
  EXPECT_EQ((*stream)->head().status, 200);
  EXPECT_EQ((*stream)->head().body, "");
  std::string all;
  while (true) {
    const auto bytes = co_await (*stream)->read();
    if (!bytes) {
      co_return bytes.error().during("after " + std::to_string(all.size()) + " bytes");
    }
    if (bytes->empty()) {
      co_return all;
    }
    all += *bytes;
  }
}

Result<std::string> stream(Script& script, ClientRequest request) {
  const AddressGuard guard{{request.url}, {}};
  const auto client = create_client(script.io.get_executor(), guard);
  return vigie::testing::run(script.io, read_stream(*client, std::move(request)));
}

TEST(ClientStream, ReadsABodyAsItComes) {
  const std::string large(5'000'000, 'x');  // more than send() would take
  for (const auto& answer : {"HTTP/1.1 200 OK\r\n\r\n" + large,
                             "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n" + large,
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4C4B40\r\n" +
                                 large + "\r\n0\r\n\r\n"}) {
    Script script{{answer}};

    const auto body = stream(script, get(script.url()));

    ASSERT_TRUE(body) << body.error().what;
    EXPECT_EQ(*body, large);
    EXPECT_EQ(script.requests.at(0).find("Accept-Encoding"), std::string::npos);
  }
}

TEST(ClientStream, FollowsRedirectsToTheStream) {
  Script script{{redirect_to("/flv"), "HTTP/1.1 200 OK\r\n\r\nFLV"}};

  const auto body = stream(script, get(script.url()));

  ASSERT_TRUE(body) << body.error().what;
  EXPECT_EQ(*body, "FLV");
}

TEST(ClientStream, DoesNotWaitOutALongSilence) {
  Script script{{"HTTP/1.1 200 OK\r\n\r\nFLV"}, false};
  auto request = get(script.url());
  request.timeout = milliseconds{60};

  const auto body = stream(script, request);

  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, Errc::timeout);
  EXPECT_NE(body.error().what.find("after 3 bytes"), std::string::npos) << body.error().what;
}

TEST(ClientStream, SaysThatTheConnectionBroke) {
  Script script{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nFLV"}};

  EXPECT_EQ(stream(script, get(script.url())).error().code, Errc::unavailable);
}

TEST(ClientStream, DoesNotBelieveAnAbsurdLength) {
  Script script{{"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nFLV"}};

  EXPECT_EQ(stream(script, get(script.url())).error().code, Errc::unavailable);
}

Async<> read_for_ever(Client& client, std::string url, bool& ended) {
  const auto all = co_await read_stream(client, get(url));
  ended = true;
}

TEST(ClientStream, StopsWhenItsReaderIsCancelled) {
  Script script{{"HTTP/1.1 200 OK\r\n\r\nFLV"}, false};
  const AddressGuard guard{{script.url()}, {}};
  const auto client = create_client(script.io.get_executor(), guard);
  bool ended = false;
  TaskGroup tasks{script.io.get_executor(), [](const std::string&, std::exception_ptr) { FAIL(); }};
  tasks.spawn("reader", read_for_ever(*client, script.url(), ended));
  while (script.requests.empty()) {
    script.io.run_one();
  }

  tasks.cancel();
  vigie::testing::run(script.io, tasks.join());

  EXPECT_FALSE(ended) << "cancelled is not an error to be returned";
}

}  // namespace
}  // namespace vigie::http
