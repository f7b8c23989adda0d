// SPDX-License-Identifier: Apache-2.0
#include "http/policy.hpp"

#include <gtest/gtest.h>

#include "http/server_testing.hpp"

namespace vigie::http {
namespace {

using testing::ServerRig;

Async<Answer> fail_or_upgrade(Request request) {
  if (request.path == "/fail") {
    throw std::runtime_error{"a bug of the handler"};
  }
  Upgrade upgrade;
  upgrade.session = [](WebSocket&) -> Async<> { co_return; };
  co_return upgrade;
}

TEST(Policy, IsInEveryAnswerThatTheServerGivesByItself) {
  const std::string host = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  const std::vector<std::pair<int, std::string>> rows{
      {400, "GET / HTTP/1.1\r\n\r\n"},
      {405, "TRACE /" + host + "\r\n"},
      {413, "POST /" + host + "Content-Length: 100000\r\n\r\n"},
      {417, "POST /" + host + "Expect: wonders\r\n\r\n"},
      {426, "GET /" + host + "\r\n"},
      {431, "GET /" + host + "A: " + std::string(20'000, 'a') + "\r\n\r\n"},
      {500, "GET /fail" + host + "\r\n"},
      {408, "GET / HT"},
  };
  Headers policy;
  set_policy(policy);
  ASSERT_EQ(policy.fields().size(), 6U);
  for (const auto& [status, bytes] : rows) {
    auto options = ServerRig::quick();
    options.header_timeout = std::chrono::milliseconds{80};
    ServerRig rig{fail_or_upgrade, options};

    const auto answer = rig.exchange(bytes);

    EXPECT_TRUE(answer.starts_with(fmt::format("HTTP/1.1 {} ", status))) << answer;
    for (const auto& [name, value] : policy.fields()) {
      EXPECT_NE(answer.find(fmt::format("\r\n{}: {}\r\n", name, value)), std::string::npos)
          << status << " " << name;
    }
    EXPECT_NE(answer.find("\"request_id\":\""), std::string::npos) << answer;
    EXPECT_EQ(answer.find("bug"), std::string::npos) << answer;
  }
}

TEST(Policy, LetsScriptsComeFromHereOnlyAndTextBecomeMarkupNowhere) {
  Headers policy;
  set_policy(policy);
  const std::string csp{policy.get("Content-Security-Policy")};

  EXPECT_TRUE(csp.starts_with("default-src 'none'; script-src 'self';"));
  for (const auto* part : {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'",
                           "require-trusted-types-for 'script'"}) {
    EXPECT_NE(csp.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(csp.find("unsafe"), std::string::npos);
  EXPECT_EQ(csp.find("http:"), std::string::npos);
}

}  // namespace
}  // namespace vigie::http
