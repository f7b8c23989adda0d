// SPDX-License-Identifier: Apache-2.0
#include "api/pages.hpp"

#include <gtest/gtest.h>

#include "api/answers.hpp"
#include "api/assets.hpp"

namespace vigie::api {
namespace {

http::Request asking_in(std::string language) {
  http::Request request;
  request.headers.add("Accept-Language", std::move(language));
  return request;
}

TEST(SignInPage, ShowsWhatWasTypedAsTextOnly) {
  const auto page =
      sign_in_page(Language::french, "\"><script>alert(1)</script>", "<b>non</b>", "/directs")
          .str();

  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<b>"), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;"), std::string::npos);
}

TEST(SignInPage, GoesOnlyToPathsOfOurs) {
  EXPECT_EQ(safe_next_path("/directs/01ABC?x=1"), "/directs/01ABC?x=1");
  for (const auto* path : {"", "//evil.example", "https://evil.example", "/\\evil.example",
                           "/a\r\nSet-Cookie: x", "directs"}) {
    EXPECT_EQ(safe_next_path(path), "/") << path;
  }
}

TEST(Language, IsTheBrowsersFirstWishAmongTheTwo) {
  EXPECT_EQ(language_of(asking_in("en-GB,en;q=0.9,fr;q=0.5"), Language::french), Language::english);
  EXPECT_EQ(language_of(asking_in("fr-FR,en;q=0.5"), Language::english), Language::french);
  EXPECT_EQ(language_of(asking_in("de"), Language::french), Language::french);
  EXPECT_EQ(language_of(http::Request{}, Language::english), Language::english);
}

TEST(Answers, CarryTheSecurityHeadersAndAreNotKept) {
  auto response = no_content();

  add_security_headers(response, true);

  const auto policy = response.headers.get("Content-Security-Policy");
  EXPECT_NE(policy.find("require-trusted-types-for 'script'"), std::string_view::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string_view::npos);
  EXPECT_EQ(response.headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(response.headers.get("Cache-Control"), "no-store");
  EXPECT_TRUE(response.headers.has("Strict-Transport-Security"));
}

TEST(Problem, KeepsOurInsidesToItself) {
  const auto inside = make_error(Errc::unavailable, "connecting to postgresql://vigie@db failed");
  const auto outside = make_error(Errc::invalid, "username: type the account's name");

  EXPECT_EQ(problem(inside, "r1").body.find("postgresql"), std::string::npos);
  EXPECT_NE(problem(inside, "r1").body.find("r1"), std::string::npos);
  EXPECT_EQ(problem(inside, "r1").status, 503);
  EXPECT_NE(problem(outside, "r1").body.find("type the account's name"), std::string::npos);
  EXPECT_EQ(problem(outside, "r1").headers.get("Content-Type"), "application/problem+json");
}

TEST(Assets, NeverLeaveTheirFolder) {
  const Assets assets{"/etc"};
  const http::Request request;

  EXPECT_TRUE(assets.find(request, "/hostname").has_value());
  for (const auto* path :
       {"/../etc/hostname", "/./hostname", "hostname", "//etc/hostname", "/.hidden", "/a\\b"}) {
    EXPECT_FALSE(assets.find(request, path).has_value()) << path;
  }
}

TEST(Assets, AreAnsweredOnceByTheirTag) {
  const Assets assets{"/etc"};
  http::Request request;
  const auto first = assets.find(request, "/hostname");
  request.headers.add("If-None-Match", std::string{first->headers.get("ETag")});

  const auto second = assets.find(request, "/hostname");

  EXPECT_EQ(first->status, 200);
  EXPECT_EQ(second->status, 304);
  EXPECT_TRUE(second->body.empty());
}

}  // namespace
}  // namespace vigie::api
