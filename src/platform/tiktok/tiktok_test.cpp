// SPDX-License-Identifier: Apache-2.0
// The source against a server on loopback: what it asks, and what it makes of real answers.
#include "platform/tiktok/tiktok.hpp"

#include <gtest/gtest.h>

#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "base/random_fake.hpp"
#include "http/server.hpp"
#include "log/log_fake.hpp"

namespace vigie::platform::tiktok {
namespace {

class TikTokSource : public ::testing::Test {
 protected:
  TikTokSource() {
    auto handler = [this](http::Request request) { return answer(std::move(request)); };
    auto made = http::create_server(io.get_executor(), http::ServerOptions{}, std::move(handler),
                                    random, quiet.log, metrics);
    server = std::move(made.value());
    tasks.spawn("server", server->run());
    const auto base = fmt::format("http://127.0.0.1:{}", server->port());
    guard = std::make_unique<http::AddressGuard>(std::vector<std::string>{base},
                                                 std::vector<std::string>{});
    client = http::create_client(io.get_executor(), *guard);
    source = create_tiktok(*client, TikTokOptions{base + "/", base}, quiet.log, metrics);
  }
  ~TikTokSource() override {
    tasks.cancel();
    testing::run(io, tasks.join());
  }

  Async<http::Answer> answer(http::Request request) {
    requests.push_back(request);
    if (resets) {
      co_return http::Answer{http::Reset{}};
    }
    const auto found = answers.find(request.path);
    http::Response response;
    response.status = 404;
    co_return http::Answer{found == answers.end() ? response : found->second};
  }

  static http::Response json(std::string body) {
    http::Response response;
    response.headers.add("Content-Type", "application/json");
    response.body = std::move(body);
    return response;
  }

  asio::io_context io;
  SeededRandom random;
  log::QuietLog quiet;
  metrics::Registry metrics;
  std::map<std::string, http::Response> answers;
  std::vector<http::Request> requests;
  bool resets = false;
  TaskGroup tasks{io.get_executor(),
                  [](const std::string&, const std::exception_ptr&) { ADD_FAILURE(); }};
  std::unique_ptr<http::Server> server;
  std::unique_ptr<http::AddressGuard> guard;
  std::unique_ptr<http::Client> client;
  std::unique_ptr<LiveSource> source;
};

const std::string on_air_without_address =
    R"({"statusCode":0,"data":{"user":{"uniqueId":"name","roomId":"7","status":2},"liveRoom":{"status":2,"startTime":1789072789,"streamData":{"pull_data":{"stream_data":"{}"}}}}})";

TEST_F(TikTokSource, AsksOnePoliteQuestion) {
  answers["/api-live/user/room/"] = json(
      R"({"statusCode":0,"data":{"user":{"uniqueId":"name","status":4},"liveRoom":{"status":4}}})");

  const auto seen = testing::run(io, source->probe("name"));

  EXPECT_EQ(seen.evidence, Evidence::not_live);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].target, "/api-live/user/room/?aid=1988&uniqueId=name&sourceType=54");
  EXPECT_EQ(requests[0].headers.get("Origin"), "https://www.tiktok.com");
  EXPECT_EQ(requests[0].headers.get("Referer"), "https://www.tiktok.com/");
  EXPECT_FALSE(requests[0].headers.has("Cookie"));
}

TEST_F(TikTokSource, KeepsNoCookies) {
  answers["/api-live/user/room/"] = json("{}");
  answers["/api-live/user/room/"].headers.add("Set-Cookie", "ttwid=1; Path=/");

  testing::run(io, source->probe("name"));
  testing::run(io, source->probe("name"));

  ASSERT_EQ(requests.size(), 2U);
  EXPECT_FALSE(requests[1].headers.has("Cookie"));
}

TEST_F(TikTokSource, TakesARedirectForAnAnswer) {
  http::Response redirect;
  redirect.status = 302;
  redirect.headers.add("Location", "/login?x=1");
  answers["/api-live/user/room/"] = redirect;

  const auto seen = testing::run(io, source->probe("name"));

  EXPECT_EQ(seen.reason, "login");
  EXPECT_TRUE(seen.blocked);
  EXPECT_EQ(requests.size(), 1U);
}

TEST_F(TikTokSource, NeverAsksTwiceForOneQuestion) {
  answers["/api-live/user/room/"] = json("{}");
  testing::run(io, source->probe("name"));  // and keeps the connection
  resets = true;

  const auto seen = testing::run(io, source->probe("name"));

  EXPECT_EQ(seen.reason, "unreachable");
  EXPECT_EQ(requests.size(), 2U);
}

TEST_F(TikTokSource, AsksInOneRequestForABatchAndForAnOwner) {
  answers["/webcast/room/check_alive/"] = json(
      R"({"status_code":0,"data":[{"alive":true,"room_id_str":"7"},{"alive":false,"room_id_str":"6600000000000000001"}]})");
  answers["/webcast/room/info/"] = json(
      R"({"status_code":0,"data":{"id_str":"7","status":4,"owner":{"id_str":"42","display_id":"New"}}})");

  const auto rooms = testing::run(io, source->probe_rooms({"7"}));
  const auto owner = testing::run(io, source->probe_room("7"));

  EXPECT_EQ(rooms.alive, (std::map<std::string, bool>{{"7", true}}));
  EXPECT_EQ(owner.username, "new");
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_NE(requests[0].parameter("room_ids")->find("6600000000000000001"), std::string::npos);
  EXPECT_EQ(requests[1].parameter("room_id"), "7");
}

TEST_F(TikTokSource, AsksTheProfileOnceTheEmbedPageCouldNotTell) {
  http::Response refusal;
  refusal.status = 400;
  answers["/embed/@name"] = refusal;
  http::Response profile;
  profile.headers.add("Content-Type", "text/html");
  profile.body =
      R"(<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__">{"__DEFAULT_SCOPE__":{"webapp.user-detail":{"statusCode":10222}}}</script>)";
  answers["/@name"] = profile;

  EXPECT_EQ(testing::run(io, source->look_up("name")).reason, "private_or_absent");
  EXPECT_EQ(testing::run(io, source->look_up("name")).reason, "private");
  EXPECT_EQ(testing::run(io, source->look_up("name")).reason, "private_or_absent");
  EXPECT_EQ(requests.size(), 3U);
}

TEST_F(TikTokSource, GivesProfilesUpAtTheFirstPageOfTheWaf) {
  http::Response refusal;
  refusal.status = 400;
  answers["/embed/@name"] = refusal;
  http::Response waf;
  waf.headers.add("Content-Type", "text/html");
  waf.body = "<html>SlardarWAF</html>";
  answers["/@name"] = waf;

  testing::run(io, source->look_up("name"));
  const auto seen = testing::run(io, source->look_up("name"));
  testing::run(io, source->look_up("name"));
  testing::run(io, source->look_up("name"));

  EXPECT_EQ(seen.reason, "profile_waf");
  EXPECT_FALSE(seen.blocked);
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_EQ(requests[3].path, "/embed/@name");
}

TEST_F(TikTokSource, HearsHowLongToWait) {
  http::Response refusal;
  refusal.status = 429;
  refusal.headers.add("Retry-After", "90");
  answers["/api-live/user/room/"] = refusal;

  const auto seen = testing::run(io, source->probe("name"));

  EXPECT_EQ(seen.reason, "http_429");
  EXPECT_EQ(seen.retry_after, std::chrono::seconds{90});
}

TEST_F(TikTokSource, HasASecondSourceWhenTheFirstAnswerHoldsNoAddress) {
  answers["/api-live/user/room/"] = json(on_air_without_address);
  answers["/webcast/room/info/"] = json(
      R"({"status_code":0,"data":{"status":2,"stream_url":{"flv_pull_url":{"SD1":"https://h/sd.flv"}}}})");

  const auto first = testing::run(io, source->resolve("name", "7"));
  const auto address = testing::run(io, source->resolve_by_room("7"));

  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, Errc::corrupt);
  ASSERT_TRUE(address) << address.error().what;
  EXPECT_EQ(address->url, "https://h/sd.flv");
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[1].parameter("room_id"), "7");
}

TEST_F(TikTokSource, SurvivesAServerThatIsGone) {
  TikTokOptions nowhere;
  nowhere.web_url = "http://127.0.0.1:1";
  const http::AddressGuard open{{nowhere.web_url}, {}};
  const auto other = http::create_client(io.get_executor(), open);
  const auto lost = create_tiktok(*other, nowhere, quiet.log, metrics);

  const auto seen = testing::run(io, lost->probe("name"));

  EXPECT_EQ(seen.evidence, Evidence::unknown);
  EXPECT_EQ(seen.reason, "unreachable");
}

TEST_F(TikTokSource, RefusesATooLargeAnswer) {
  answers["/api-live/user/room/"] = json("{\"x\":\"" + std::string(3 * 1024 * 1024, 'a') + "\"}");

  const auto seen = testing::run(io, source->probe("name"));

  EXPECT_EQ(seen.evidence, Evidence::unknown);
  EXPECT_EQ(seen.reason, "garbage");
}

TEST_F(TikTokSource, KnowsItsStreamHosts) {
  EXPECT_TRUE(source->is_stream_host("pull-f5.tiktokcdn.com"));
  EXPECT_TRUE(source->is_stream_host("127.0.0.1"));
  EXPECT_FALSE(source->is_stream_host("tiktokcdn.com.evil.example"));
  EXPECT_FALSE(source->is_stream_host("evil-tiktokcdn.com"));
  EXPECT_FALSE(source->is_stream_host("10.0.0.1"));
}

}  // namespace
}  // namespace vigie::platform::tiktok
