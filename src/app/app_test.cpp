// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "app/command_line.hpp"
#include "app/engines.hpp"
#include "app/exit_codes.hpp"
#include "config/config.hpp"

namespace vigie::app {
namespace {

config::Config configured(std::map<std::string, std::string> flags) {
  config::Sources sources;
  sources.flags = std::move(flags);
  return config::load(sources).value();
}

TEST(LanguageModel, IsGroqsWhenOnlyItsKeyIsKnown) {
  const auto groq = configured({{"GROQ_API_KEY", "g"}});

  EXPECT_EQ(llm_base_url(groq), "https://api.groq.com/openai/v1");
  EXPECT_EQ(llm_api_key(groq, llm_base_url(groq)), "g");
  EXPECT_EQ(llm_base_url(configured({})), "");
}

TEST(LanguageModel, NeverGetsGroqsKeyElsewhere) {
  const auto own =
      configured({{"GROQ_API_KEY", "g"}, {"LLM_BASE_URL", "http://127.0.0.1:9000/v1"}});
  const auto lookalike =
      configured({{"GROQ_API_KEY", "g"}, {"LLM_BASE_URL", "https://evilgroq.com/v1"}});
  const auto keyed = configured(
      {{"GROQ_API_KEY", "g"}, {"LLM_API_KEY", "k"}, {"LLM_BASE_URL", "http://127.0.0.1:9000/v1"}});

  EXPECT_EQ(llm_api_key(own, llm_base_url(own)), "");
  EXPECT_EQ(llm_api_key(lookalike, llm_base_url(lookalike)), "");
  EXPECT_EQ(llm_api_key(keyed, llm_base_url(keyed)), "k");
}

Parsed parse(std::vector<const char*> words) {
  words.insert(words.begin(), "vigie");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

TEST(CommandLine, ReadsACommandAndConfigurationKeysAsFlags) {
  const auto parsed = parse({"serve", "--roles", "web,watch", "--risk-threshold", "0.8"});

  ASSERT_TRUE(parsed.command_line);
  EXPECT_EQ(parsed.command_line->command, std::vector<std::string>{"serve"});
  EXPECT_EQ(parsed.command_line->roles, (std::vector<std::string>{"web", "watch"}));
  EXPECT_EQ(parsed.command_line->flags.at("RISK_THRESHOLD"), "0.8");
}

TEST(CommandLine, ReadsCommandsOfTwoWords) {
  const auto parsed = parse({"admin", "create", "--username", "ada"});

  ASSERT_TRUE(parsed.command_line);
  EXPECT_EQ(parsed.command_line->command, (std::vector<std::string>{"admin", "create"}));
  EXPECT_EQ(parsed.command_line->username, "ada");
}

TEST(CommandLine, RefusesWhatItDoesNotKnowWithTheExitCodeOfBadUsage) {
  for (const auto& words : std::vector<std::vector<const char*>>{{"serv"},
                                                                 {},
                                                                 {"serve", "--risk-treshold", "1"},
                                                                 {"serve", "--roles", "dance"},
                                                                 {"admin"},
                                                                 {"admin", "create"}}) {
    ::testing::internal::CaptureStderr();
    const auto parsed = parse(words);
    const auto said = ::testing::internal::GetCapturedStderr();

    EXPECT_FALSE(parsed.command_line);
    EXPECT_EQ(parsed.exit_code, exit_usage);
    EXPECT_FALSE(said.empty());
  }
}

TEST(CommandLine, SuggestsTheFlagThatWasMeant) {
  ::testing::internal::CaptureStderr();
  parse({"serve", "--risk-treshold", "1"});

  EXPECT_NE(::testing::internal::GetCapturedStderr().find("--risk-threshold"), std::string::npos);
}

}  // namespace
}  // namespace vigie::app
