// SPDX-License-Identifier: Apache-2.0
#include "platform/tiktok/webcast_signing.hpp"

#include <gtest/gtest.h>

#include "platform/tiktok/webcast.pb.h"

namespace vigie::platform::tiktok {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Time now = from_micros(1'795'000'000'000'000);
const std::string room = "7300000000000000001";

http::Response answer(int status, std::string type, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", std::move(type));
  response.body = std::move(body);
  return response;
}

http::Response good_answer() {
  webcast::FetchResult result;
  result.set_cursor("t-1_r-1");
  result.set_internal_ext("a:1|b:2");
  result.set_push_server("wss://webcast-ws.tiktok.com/webcast/im/ws_proxy/");
  auto& parameter = *result.add_route_params();
  parameter.set_key("wrss");
  parameter.set_value("a/b+c=");
  auto response = answer(200, "application/protubuf", result.SerializeAsString());
  response.headers.add("X-Set-TT-Cookie", "ttwid=1%7C2; Path=/; Domain=.tiktok.com; HttpOnly");
  return response;
}

TEST(WebcastSigning, ReadsWhatASignatureGives) {
  const auto signature = read_signature(good_answer(), room, now);

  ASSERT_TRUE(signature) << signature.error().words;
  EXPECT_EQ(signature->cookies, "ttwid=1%7C2");
  EXPECT_EQ(signature->first.cursor, "t-1_r-1");
}

// failures.md row 6.
TEST(WebcastSigning, Row6EachWayASignerFailsHasItsOwnEnd) {
  const auto how = [](const http::Response& response) {
    const auto signature = read_signature(response, room, now);
    return signature ? std::nullopt : std::optional{signature.error().how};
  };
  auto limited = answer(429, "application/json", R"({"message":"slower","limit_label":"day"})");
  limited.headers.add("RateLimit-Reset", "3600");
  auto other_room = good_answer();
  other_room.headers.add("X-Room-Id", "1");
  auto without_cookie = answer(200, "application/protubuf", good_answer().body);

  EXPECT_EQ(how(limited), Parting::limited);
  EXPECT_EQ(read_signature(limited, room, now).error().retry_after, hours{1});
  EXPECT_EQ(read_signature(limited, room, now).error().words, "the signer says 429 slower");
  EXPECT_EQ(how(answer(402, "application/json", "{}")), Parting::denied);
  EXPECT_EQ(how(answer(403, "text/html", "<html>")), Parting::denied);
  EXPECT_EQ(how(answer(404, "text/plain", "")), Parting::failed);
  EXPECT_EQ(how(answer(500, "text/plain", "")), Parting::failed);
  EXPECT_EQ(how(answer(302, "text/plain", "")), Parting::failed);
  EXPECT_EQ(how(answer(200, "text/html", good_answer().body)), Parting::failed);
  EXPECT_EQ(how(answer(200, "application/json", "{}")), Parting::failed);
  EXPECT_EQ(how(answer(200, "application/protubuf", "")), Parting::failed);
  EXPECT_EQ(how(answer(200, "application/protubuf", "\xFF\xFFgarbage")), Parting::failed);
  EXPECT_EQ(how(without_cookie), Parting::failed);
  EXPECT_EQ(how(other_room), Parting::failed);
}

TEST(WebcastSigning, WaitsAsLongAsItIsTold) {
  const auto wait = [](const char* name, const std::string& value) {
    http::Headers headers;
    headers.add(name, value);
    return wait_in(headers, now);
  };

  EXPECT_EQ(wait("Retry-After", "90"), seconds{90});
  EXPECT_EQ(wait("ratelimit-reset", "7"), seconds{7});
  EXPECT_EQ(wait("x-ratelimit-reset", "1795000120"), seconds{120});
  EXPECT_EQ(wait("x-ratelimit-reset", "1795000120000"), seconds{120});
  EXPECT_EQ(wait("Retry-After", "0"), seconds{1});
  EXPECT_EQ(wait("Retry-After", "1000000"), hours{24});
  EXPECT_EQ(wait("X-RateLimit-Reset", "1700000000"), seconds{1});
  EXPECT_EQ(wait("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"), seconds{60});
  EXPECT_EQ(wait_in({}, now), seconds{60});
}

TEST(WebcastSigning, TakesTheCookiesAndNothingElse) {
  EXPECT_EQ(cookies_in("ttwid=1"), "ttwid=1");
  EXPECT_EQ(cookies_in("ttwid=1%7Ca==; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure, "
                       "msToken=x-y; SameSite=None"),
            "ttwid=1%7Ca==; msToken=x-y");
  EXPECT_EQ(cookies_in("a=1;b=2"), "a=1; b=2");
  EXPECT_EQ(cookies_in("a=1\r\nX: y; =3; plain; b=\"q\""), "");
  EXPECT_EQ(cookies_in("a=" + std::string(5000, 'x')), "");
}

TEST(WebcastSigning, TheSocketsAddressSaysEverythingOnceButTheVersion) {
  const auto first = read_signature(good_answer(), room, now)->first;

  const auto url = socket_url(first, room);
  const auto query = http::parse_query(url.substr(url.find('?') + 1));

  std::map<std::string, std::vector<std::string>> by_name;
  for (const auto& [name, value] : query) {
    by_name[name].push_back(value);
  }
  EXPECT_TRUE(
      url.starts_with("wss://webcast-ws.tiktok.com/webcast/im/ws_proxy/?wrss=a%2Fb%2Bc%3D&"));
  EXPECT_EQ(by_name["version_code"], (std::vector<std::string>{"180800", "270000"}));
  EXPECT_TRUE(url.ends_with("&version_code=270000"));
  EXPECT_EQ(by_name["room_id"], std::vector{room});
  EXPECT_EQ(by_name["internal_ext"], std::vector<std::string>{"a:1|b:2"});
  EXPECT_EQ(by_name["cursor"], std::vector<std::string>{"t-1_r-1"});
  EXPECT_EQ(by_name["compress"], std::vector<std::string>{"gzip"});
  EXPECT_EQ(by_name["aid"], std::vector<std::string>{"1988"});
  for (const auto& [name, values] : by_name) {
    EXPECT_TRUE(values.size() == 1 || name == "version_code") << name;
  }
}

TEST(WebcastSigning, TheSignerCannotSendUsAnywhere) {
  const http::AddressGuard guard{{"http://127.0.0.1:8099"}, {}};
  const auto is_allowed = [&](std::string_view url) {
    return check_push_server(url, guard).has_value();
  };

  EXPECT_TRUE(is_allowed("wss://webcast-ws.tiktok.com/x/"));
  EXPECT_TRUE(is_allowed("ws://127.0.0.1:8099/x/")) << "the operator's own";
  EXPECT_FALSE(is_allowed("ws://webcast-ws.tiktok.com/x/")) << "cookies in the clear";
  EXPECT_FALSE(is_allowed("https://webcast-ws.tiktok.com/x/"));
  EXPECT_FALSE(is_allowed("wss://tiktok.com.example.org/"));
  EXPECT_FALSE(is_allowed("wss://faketiktok.com/"));
  EXPECT_FALSE(is_allowed("ws://127.0.0.1:9/"));
  EXPECT_FALSE(is_allowed("wss://user@tiktok.com/"));
  EXPECT_FALSE(is_allowed(""));
}

TEST(WebcastSigning, HeartbeatsKeepTheIntervalOfTheHandshake) {
  EXPECT_EQ(heartbeat_interval(""), seconds{10});
  EXPECT_EQ(heartbeat_interval("ping-interval=5"), seconds{5});
  EXPECT_EQ(heartbeat_interval("a=b; Ping-Interval=30; c"), seconds{30});
  EXPECT_EQ(heartbeat_interval("ping-interval=0"), seconds{1});
  EXPECT_EQ(heartbeat_interval("ping-interval=99999"), seconds{60});
  EXPECT_EQ(heartbeat_interval("ping-interval=soon"), seconds{10});
}

TEST(SignBudget, IsNeverExceededInAnyWindow) {
  SignBudget budget{100};
  std::vector<Span> taken;
  Span moment{0};
  while (moment < hours{48}) {
    if (budget.take(moment) == Span{0}) {
      taken.push_back(moment);
    }
    moment += seconds{7};
  }

  const auto most_in = [&](Span length) {
    std::size_t most = 0;
    for (std::size_t first = 0, last = 0; last < taken.size(); ++last) {
      while (taken[last] - taken[first] >= length) {
        ++first;
      }
      most = std::max(most, last - first + 1);
    }
    return most;
  };
  EXPECT_EQ(most_in(minutes{1}), 5U);
  EXPECT_EQ(most_in(hours{1}), 30U);
  EXPECT_EQ(most_in(hours{24}), 100U);
}

TEST(SignBudget, SaysHowLongToWaitAndHowMuchIsLeft) {
  SignBudget budget{20};
  EXPECT_EQ(budget.left(Span{0}), 20);

  EXPECT_EQ(budget.take(Span{0}), Span{0});
  EXPECT_EQ(budget.take(seconds{10}), seconds{50});
  EXPECT_EQ(budget.take(seconds{60}), Span{0});
  EXPECT_EQ(budget.left(seconds{60}), 18);

  budget.hold(seconds{60}, hours{2});
  EXPECT_EQ(budget.left(seconds{61}), 0);
  EXPECT_EQ(budget.take(seconds{61}), hours{2} - seconds{1});
  EXPECT_EQ(budget.take(seconds{60} + hours{2}), Span{0});
}

TEST(SignBudget, ASmallOneStillAllowsSomething) {
  SignBudget budget{1};

  EXPECT_EQ(budget.take(Span{0}), Span{0});
  EXPECT_EQ(budget.take(hours{1}), hours{23});
}

}  // namespace
}  // namespace vigie::platform::tiktok
