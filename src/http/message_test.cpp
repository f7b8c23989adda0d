// SPDX-License-Identifier: Apache-2.0
#include "http/message.hpp"

#include <gtest/gtest.h>

#include "http/html.hpp"
#include "http/wire.hpp"

namespace vigie::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(Headers, CompareNamesWithoutCase) {
  Headers headers;
  headers.add("Set-Cookie", "a=1");
  headers.add("set-cookie", "b=2");

  EXPECT_EQ(headers.get("SET-COOKIE"), "a=1");
  EXPECT_TRUE(headers.has("Set-Cookie"));
  EXPECT_FALSE(headers.has("Cookie"));
  EXPECT_EQ(headers.get("Cookie"), "");
  EXPECT_EQ(headers.fields().size(), 2U);
}

TEST(Headers, SetReplacesEveryFieldOfTheName) {
  Headers headers;
  headers.add("A", "1");
  headers.add("B", "2");
  headers.add("a", "3");

  headers.set("A", "4");

  EXPECT_EQ(headers.fields(), (Pairs{{"B", "2"}, {"A", "4"}}));
}

TEST(ParseQuery, DecodesAsFormsDo) {
  EXPECT_EQ(parse_query(""), Pairs{});
  EXPECT_EQ(parse_query("a=1&b=%C3%A9"), (Pairs{{"a", "1"}, {"b", "é"}}));
  EXPECT_EQ(parse_query("q=deux+mots%2B"), (Pairs{{"q", "deux mots+"}}));
  EXPECT_EQ(parse_query("a&b=&=c&&"), (Pairs{{"a", ""}, {"b", ""}, {"", "c"}}));
  EXPECT_EQ(parse_query("a=b=c"), (Pairs{{"a", "b=c"}}));
  EXPECT_EQ(parse_query("a=%&b=%4&c=%zz&%41=d"),
            (Pairs{{"a", "%"}, {"b", "%4"}, {"c", "%zz"}, {"A", "d"}}));
}

TEST(PercentDecode, RefusesBrokenEscapes) {
  EXPECT_EQ(percent_decode("a%20b+c"), "a b+c");
  EXPECT_EQ(percent_decode("%C3%a9"), "é");
  EXPECT_EQ(percent_decode(""), "");
  for (const auto* broken : {"%", "a%2", "%zz", "%-1", "%0x"}) {
    EXPECT_EQ(percent_decode(broken), std::nullopt) << broken;
  }
}

TEST(PercentEncode, ComesBack) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
  }

  const auto encoded = percent_encode(all);

  EXPECT_EQ(percent_decode(encoded), all);
  EXPECT_EQ(encoded.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-._~%"),
            std::string::npos);
  EXPECT_EQ(percent_encode("a b/é"), "a%20b%2F%C3%A9");
}

TEST(Request, FindsCookiesAndParameters) {
  Request request;
  request.query = {{"a", "1"}, {"a", "2"}};
  request.headers.add("Cookie", "vigie=abc; other=\"x\";vigie=second");
  request.headers.add("cookie", " third = 3 ;last==");

  EXPECT_EQ(request.parameter("a"), "1");
  EXPECT_EQ(request.parameter("b"), std::nullopt);
  EXPECT_EQ(request.cookie("vigie"), "abc");
  EXPECT_EQ(request.cookie("other"), "\"x\"");
  EXPECT_EQ(request.cookie("last"), "=");
  EXPECT_EQ(request.cookie("vig"), std::nullopt);
  EXPECT_EQ(request.cookie(""), std::nullopt);
}

TEST(Html, EscapesText) {
  const auto html =
      Html::literal("<p title=\"") + Html::escape("\"'><script>&") + Html::literal("\">");

  EXPECT_EQ(html.str(), "<p title=\"&quot;&#39;&gt;&lt;script&gt;&amp;\">");
  EXPECT_EQ(Html::escape("déjà vu").str(), "déjà vu");
  EXPECT_EQ(Html::escape(std::string_view{"\0", 1}).str(), "\xEF\xBF\xBD");
}

TEST(HttpDate, IsTheOneFormatOfHttp) {
  EXPECT_EQ(http_date(from_micros(784'111'777'000'000)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(from_micros(951'782'399'999'999)), "Mon, 28 Feb 2000 23:59:59 GMT");
}

TEST(RetryAfter, ReadsSecondsAndDates) {
  const auto asks = [](std::string_view text, std::string_view date) {
    Headers headers;
    headers.add("Retry-After", std::string{text});
    headers.add("Date", std::string{date});
    return retry_after(headers).count();
  };
  constexpr auto* now = "Wed, 21 Oct 2026 07:28:00 GMT";

  EXPECT_EQ(asks(" 120 ", ""), 120);
  EXPECT_EQ(asks("Wed, 21 Oct 2026 07:30:05 GMT", now), 125);
  EXPECT_EQ(asks("Thu, 22 Oct 2026 07:28:00 GMT", now), 86400);
  EXPECT_EQ(asks("Wed, 21 Oct 2026 07:00:00 GMT", now), 0);  // gone by
  EXPECT_EQ(asks("Wed, 21 Oct 2026 07:30:05 GMT", ""), 0);
  for (const auto* text : {"", "-3", "soon", "1.5", "99999999999999999999",
                           "Wed, 99 Oct 2026 07:30:05 GMT", "Wed, 21 ctO 2026 07:30:05 GMT",
                           "Wed, 21 Oct 2026 77:30:05 GMT", "Wednesday, 21-Oct-26 07:30:05 GMT"}) {
    EXPECT_EQ(asks(text, now), 0) << text;
  }
}

}  // namespace
}  // namespace vigie::http
