// SPDX-License-Identifier: Apache-2.0
#include "api/gate.hpp"

#include <gtest/gtest.h>

namespace vigie::api {
namespace {

http::Request request_to(std::string host, std::string peer = "127.0.0.1") {
  http::Request request;
  request.method = "POST";
  request.headers.add("Host", std::move(host));
  request.peer = std::move(peer);
  return request;
}

TEST(Gate, AnswersForLoopbackNamesAndForTheOperatorsHostsOnly) {
  const Gate gate{{.allowed_hosts = {"vigie.example.org", ".ministere.fr"}}};

  for (const auto* host : {"localhost:8080", "127.0.0.1", "[::1]:8080", "vigie.example.org",
                           "VIGIE.Example.org:443", "a.ministere.fr"}) {
    EXPECT_TRUE(gate.check_host(request_to(host))) << host;
  }
  for (const auto* host :
       {"", "evil.example", "localhost.evil.example", "vigie.example.org.evil.example",
        "eministere.fr", "127.0.0.1.evil.example", "[::1].evil.example", "[::1]evil", "localhost:a",
        "localhost:80:80", "[::1"}) {
    EXPECT_FALSE(gate.check_host(request_to(host))) << host;
  }
}

TEST(Gate, RefusesWritesThatABrowserSendsFromAnotherSite) {
  const Gate gate{{}};
  auto cross = request_to("localhost:8080");
  cross.headers.add("Sec-Fetch-Site", "cross-site");
  auto foreign = request_to("localhost:8080");
  foreign.headers.add("Origin", "https://evil.example");
  auto opaque = request_to("localhost:8080");
  opaque.headers.add("Origin", "null");
  auto sibling_port = request_to("localhost:8080");
  sibling_port.headers.add("Origin", "http://localhost:9999");

  EXPECT_FALSE(gate.check_origin(cross));
  EXPECT_FALSE(gate.check_origin(foreign));
  EXPECT_FALSE(gate.check_origin(opaque));
  EXPECT_FALSE(gate.check_origin(sibling_port));
}

TEST(Gate, LetsOurOwnPagesAndProgramsWrite) {
  const Gate gate{{}};
  auto own = request_to("localhost:8080");
  own.headers.add("Origin", "http://localhost:8080");
  own.headers.add("Sec-Fetch-Site", "same-origin");

  EXPECT_TRUE(gate.check_origin(own));
  EXPECT_TRUE(gate.check_origin(request_to("localhost:8080")));
}

TEST(Gate, KeepsSessionsOffPlainHttpFromAfar) {
  const Gate gate{{}};
  const Gate debug{{.allowed_hosts = {}, .debug = true}};

  EXPECT_TRUE(gate.may_carry_session(request_to("localhost", "127.0.0.1")));
  EXPECT_TRUE(gate.may_carry_session(request_to("localhost", "::1")));
  EXPECT_FALSE(gate.may_carry_session(request_to("localhost", "203.0.113.9")));
  EXPECT_TRUE(debug.may_carry_session(request_to("localhost", "203.0.113.9")));
}

TEST(Gate, BelievesAProxyOnlyAtAPrivateAddress) {
  const Gate gate{{}};
  auto through_proxy = request_to("localhost", "10.0.0.7");
  through_proxy.headers.add("X-Forwarded-Proto", "https");
  auto liar = request_to("localhost", "8.8.8.8");
  liar.headers.add("X-Forwarded-Proto", "https");

  EXPECT_TRUE(gate.is_over_tls(through_proxy));
  EXPECT_FALSE(gate.is_over_tls(liar));
}

TEST(Gate, KnowsWhoCameUnencryptedThroughItsProxy) {
  const Gate gate{{}};
  const Gate debug{{.allowed_hosts = {}, .debug = true}};
  auto plain = request_to("vigie.example.org:8080", "10.0.0.7");
  plain.headers.add("X-Forwarded-Proto", "http");
  plain.target = "/directs?tri=risque";
  auto liar = plain;
  liar.peer = "8.8.8.8";

  EXPECT_TRUE(gate.came_unencrypted(plain));
  EXPECT_FALSE(gate.came_unencrypted(liar));
  EXPECT_FALSE(gate.came_unencrypted(request_to("localhost")));
  EXPECT_FALSE(debug.came_unencrypted(plain));
  EXPECT_EQ(gate.secure_address(plain), "https://vigie.example.org/directs?tri=risque");
  plain.target = "//evil.example/";
  EXPECT_EQ(gate.secure_address(plain), "https://vigie.example.org//evil.example/");
}

TEST(Gate, KnowsTheClientBehindAProxyAtAPrivateAddressOnly) {
  const Gate gate{{}};
  auto through_proxy = request_to("localhost", "127.0.0.1");
  through_proxy.headers.add("X-Forwarded-For", "1.2.3.4, 203.0.113.9");
  auto liar = request_to("localhost", "8.8.8.8");
  liar.headers.add("X-Forwarded-For", "1.2.3.4");

  EXPECT_EQ(gate.client_address(through_proxy), "203.0.113.9");
  EXPECT_EQ(gate.client_address(liar), "8.8.8.8");
  EXPECT_EQ(gate.client_address(request_to("localhost")), "127.0.0.1");
}

TEST(Gate, BelievesTheLastFieldWhereAProxyAddsItsOwnBehindTheClients) {
  const Gate gate{{}};
  auto request = request_to("localhost", "10.0.0.7");
  request.headers.add("X-Forwarded-For", "1.2.3.4");
  request.headers.add("X-Forwarded-Proto", "https");
  request.headers.add("x-forwarded-for", "203.0.113.9");
  request.headers.add("x-forwarded-proto", "http");

  EXPECT_EQ(gate.client_address(request), "203.0.113.9");
  EXPECT_FALSE(gate.is_over_tls(request));
  EXPECT_TRUE(gate.came_unencrypted(request));
}

TEST(Gate, NamesTheCookieAfterTheConnection) {
  const Gate gate{{}};
  auto secure = request_to("localhost");
  secure.headers.add("X-Forwarded-Proto", "https");

  EXPECT_EQ(gate.set_cookie(request_to("localhost"), "t"),
            "vigie=t; Path=/; HttpOnly; SameSite=Lax");
  EXPECT_EQ(gate.set_cookie(secure, "t"), "__Host-vigie=t; Path=/; HttpOnly; SameSite=Lax; Secure");
  EXPECT_NE(gate.clear_cookie(secure).find("Max-Age=0"), std::string::npos);
}

}  // namespace
}  // namespace vigie::api
