// SPDX-License-Identifier: Apache-2.0
#include "api/exchange.hpp"

#include <gtest/gtest.h>

#include "api/answers.hpp"
#include "base/json.hpp"

namespace vigie::api {
namespace {

http::Request sent(std::string type, std::string body) {
  http::Request request;
  request.method = "POST";
  request.path = "/api/v1/accounts";
  request.headers.add("Content-Type", std::move(type));
  request.body = std::move(body);
  return request;
}

TEST(Bodies, AreJsonAndSaidToBe) {
  EXPECT_FALSE(refuse_body(sent("application/json", "{}")));
  EXPECT_FALSE(refuse_body(sent("Application/JSON; charset=utf-8", "{}")));
  EXPECT_FALSE(refuse_body(sent("", "")));
  for (const auto* type : {"", "text/plain", "application/jsonp", "application/xml"}) {
    EXPECT_EQ(refuse_body(sent(type, "{}")).value().status, 415) << type;
  }
  for (const auto* body : {"{", "nul", "{\"a\":1}}", "\xFF", "{\"a\":\"\\ud800\"}", "[1,]"}) {
    EXPECT_EQ(refuse_body(sent("application/json", body)).value().status, 400) << body;
  }
  EXPECT_EQ(refuse_body(sent("application/json", std::string(100, '['))).value().status, 400);
}

TEST(Bodies, AreNotPacked) {
  for (const auto* packing : {"gzip", "deflate", "br", "zstd", "gzip, gzip", "x-gzip", "*"}) {
    auto packed = sent("application/json", "{}");
    packed.headers.add("Content-Encoding", packing);
    auto form = packed;
    form.path = "/connexion";

    EXPECT_EQ(refuse_body(packed).value().status, 415) << packing;
    EXPECT_EQ(refuse_body(form).value().status, 415) << packing;
  }
  auto plain = sent("application/json", "{}");
  plain.headers.add("Content-Encoding", "identity");
  EXPECT_FALSE(refuse_body(plain));
}

TEST(Answers, ThatTheCallerHoldsAreNotSentAgain) {
  auto first = json_answer(200, json::object{{"a", 1}});
  add_etag("", first);
  const std::string tag{first.headers.get("ETag")};
  auto again = json_answer(200, json::object{{"a", 1}});
  add_etag("\"x\", " + tag, again);
  auto other = json_answer(200, json::object{{"a", 2}});
  add_etag(tag, other);
  auto failed = json_answer(404, json::object{});
  add_etag("*", failed);

  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  EXPECT_EQ(again.headers.get("ETag"), tag);
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(failed.status, 404);
}

}  // namespace
}  // namespace vigie::api
