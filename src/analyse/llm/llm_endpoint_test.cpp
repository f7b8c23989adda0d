// SPDX-License-Identifier: Apache-2.0
// What an endpoint takes, has, and lets us ask.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "analyse/llm/llm_testing.hpp"

namespace vigie::analyse {
namespace {

class LlmEndpoint : public Llm {};

TEST_F(LlmEndpoint, AsksForLittleThoughtOnlyWhereThatIsTaken) {
  model = "openai/gpt-oss-120b";
  std::deque<http::Response> replies;
  replies.push_back(reply(400, R"({"error":{"message":"unknown field reasoning_effort"}})"));
  replies.push_back(reply(400, R"({"error":"max_completion_tokens is not supported"})"));
  replies.push_back(reply(200, good()));

  ASSERT_TRUE(judge(std::move(replies)));

  EXPECT_EQ(get_string(sent(0), "reasoning_effort"), "low");
  EXPECT_EQ(find(sent(1), "reasoning_effort"), nullptr);
  EXPECT_NE(find(sent(1), "max_completion_tokens"), nullptr);
  EXPECT_EQ(find(sent(2), "max_completion_tokens"), nullptr);
  EXPECT_GE(get_integer(sent(2), "max_tokens").value_or(0), 800);
  EXPECT_EQ(format_of(2), "json_schema") << "the format was not what was refused";
}

TEST_F(LlmEndpoint, AsksOthersForNoEffort) {
  ASSERT_TRUE(judge(good()));
  EXPECT_EQ(find(sent(0), "reasoning_effort"), nullptr);
}

TEST_F(LlmEndpoint, StopsAskingBeforeTheQuotaOfTheHeadersIsGone) {
  auto last = reply(200, good());
  last.headers.add("x-ratelimit-limit-requests", "1000");
  last.headers.add("x-ratelimit-remaining-requests", "0");
  last.headers.add("x-ratelimit-reset-requests", "1m26.4s");
  std::deque<http::Response> replies;
  replies.push_back(last);
  ASSERT_TRUE(judge(replies));

  const auto refused = judge(replies);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::rate_limited);
  EXPECT_EQ(refused.error().retry_after, std::chrono::seconds{87});
  EXPECT_EQ(requests.size(), 1U) << "nobody was asked";
  clock.advance(std::chrono::seconds{87});
  EXPECT_TRUE(judge(good()));
}

TEST_F(LlmEndpoint, SaysWhatAJudgementCost) {
  price = {0.15, 0.60};
  EXPECT_NEAR(judge(good())->cost_usd, (700 * 0.15 + 90 * 0.60) / 1e6, 1e-12);
  price = {};
}

TEST_F(LlmEndpoint, SaysPlainlyThatTheModelIsGone) {
  connect();
  script.push_back(reply(200, R"({"data":[{"id":"autre-1"},{"id":"autre-2"}]})"));

  const auto found = rig.run(analyser->probe());

  ASSERT_FALSE(found);
  EXPECT_EQ(requests.at(0).path, "/openai/v1/models");
  for (const std::string_view words : {"essai-1", "autre-1, autre-2", "LLM_MODEL"}) {
    EXPECT_NE(analyser->trouble().find(words), std::string::npos) << analyser->trouble();
  }
  EXPECT_TRUE(rig.logged("cannot judge"));
  ASSERT_TRUE(judge(good()));
  EXPECT_EQ(analyser->trouble(), "") << "it answers: it is there";
}

TEST_F(LlmEndpoint, TakesAnEndpointWithoutAListAtItsWord) {
  connect();
  for (auto& answer : {reply(404, "{}"), reply(200, "<html>"), reply(200, R"({"data":7})"),
                       reply(200, R"({"data":[{"id":"essai-1"}]})")}) {
    script = {answer};
    EXPECT_TRUE(rig.run(analyser->probe())) << answer.body;
  }
  script = {reply(401, "{}")};
  EXPECT_FALSE(rig.run(analyser->probe()));
  EXPECT_NE(analyser->trouble().find("GROQ_API_KEY"), std::string::npos);
}

TEST_F(LlmEndpoint, ReadsTheTemplateAgainAndKeepsTheOneBeforeAWrongOne) {
  const auto folder =
      std::filesystem::path{::testing::TempDir()} / fmt::format("vigie-llm-{}", ::getpid());
  std::filesystem::create_directories(folder);
  prompt_folder = folder.string();
  connect();
  script = {reply(200, good())};
  WorkerPool disk{"disk", 1};
  TaskGroup tasks{rig.io.get_executor(), {}};
  tasks.spawn("look after", analyser->look_after(disk));
  const auto after_a_look = [&](std::string_view words) {
    clock.advance(std::chrono::seconds{16});
    rig.run_until([&] { return rig.logged(words); });
  };
  rig.run_until([&] { return clock.sleepers() == 1; });

  std::ofstream{folder / "template.yml"} << "version: 1\nsysteme: [\n";
  after_a_look("the one before is kept");
  EXPECT_TRUE(rig.logged("line ")) << "where and why";
  EXPECT_EQ(judge(good())->prompt_sha256, parse_prompt(built_in_template())->sha256);
  std::ofstream{folder / "template.yml"} << built_in_template() << "# mine\n";
  rig.run_until([&] { return clock.sleepers() == 1; });
  after_a_look("was read again");
  EXPECT_NE(judge(good())->prompt_sha256, parse_prompt(built_in_template())->sha256);

  tasks.cancel();
  rig.run(tasks.join());
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace vigie::analyse
