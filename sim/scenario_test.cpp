// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace vigie::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

std::string refusal(std::string_view yaml) {
  const auto parsed = parse_scenario(yaml, "s.yaml", ".");
  return parsed ? std::string{"accepted"} : parsed.error().what;
}

TEST(Scenario, ReadsTheWholeFileOfTheContract) {
  const auto scenario = parse_scenario(R"(
accounts:
  - username: demo_marche
    followers: 1200
    nickname: "Le marché"
    lives:
      - start: 5s
        end: 10m
        title: "Direct du marché"
        loop: true
        viewers: [10, 250, 90]
        events: [{at: 30s, what: stall, for: 12s}, {at: 1m, what: expire}, {at: 2m, what: pause, for: 20s},
                 {at: 3m, what: jump, by: 1h}, {at: 4m, what: codec}]
faults:
  - {at: 1m, for: 30s, mode: "429", user: demo_marche}
llm:
  - {match: "déteste", answer: {categorie: "Discours haineux", discours_haineux: true, risque_score: 0.9}}
  - {status: 429, retry_after: 2, times: 1}
  - {raw: "ceci n'est pas du JSON", delay: 250ms}
  - {refuses: json_schema, status: 500, error: "json_schema ?"}
  - {body: "<html>", finish: length, padding: 3, headers: {x-ratelimit-remaining-requests: "0"}}
)",
                                       "s.yaml", ".")
                            .value();

  ASSERT_EQ(scenario.accounts.size(), 1U);
  const auto& account = scenario.accounts[0];
  EXPECT_EQ(account.username, "demo_marche");
  EXPECT_EQ(account.followers, 1200);
  const auto& live = account.lives.at(0);
  EXPECT_EQ(live.start, seconds{5});
  EXPECT_EQ(live.end, minutes{10});
  EXPECT_EQ(live.title, "Direct du marché");
  EXPECT_EQ(live.viewers, (std::vector<std::int64_t>{10, 250, 90}));
  ASSERT_EQ(live.events.size(), 5U);
  EXPECT_EQ(live.events[0].span, seconds{12});
  EXPECT_EQ(live.events[3].span, std::chrono::hours{1});
  EXPECT_EQ(scenario.faults.at(0).mode, Mode::http_429);
  EXPECT_EQ(scenario.faults[0].duration, seconds{30});
  ASSERT_EQ(scenario.llm.size(), 5U);
  EXPECT_TRUE(scenario.llm[0].answer.at("discours_haineux").as_bool());
  EXPECT_DOUBLE_EQ(scenario.llm[0].answer.at("risque_score").as_double(), 0.9);
  EXPECT_EQ(scenario.llm[1].times, 1);
  EXPECT_EQ(scenario.llm[2].delay, milliseconds{250});
  EXPECT_EQ(scenario.llm[3].refuses, "json_schema");
  EXPECT_EQ(scenario.llm[3].error, "json_schema ?");
  EXPECT_EQ(scenario.llm[4].body, "<html>");
  EXPECT_EQ(scenario.llm[4].finish, "length");
  EXPECT_EQ(scenario.llm[4].padding, 3);
  EXPECT_EQ(scenario.llm[4].headers.at(0).second, "0");
}

TEST(Scenario, ALiveMayBeginInTheMiddleOfItsSound) {
  const auto scenario = parse_scenario(
      "accounts:\n  - {username: a, access: pictures, lives: [{from: 90s, wait: true}]}\n",
      "s.yaml", ".");

  ASSERT_TRUE(scenario);
  EXPECT_EQ(scenario->accounts.at(0).lives.at(0).from, seconds{90});
  EXPECT_EQ(scenario->accounts[0].access, Access::pictures);
  EXPECT_EQ(refusal("accounts:\n  - {username: a, lives: [{from: -1s}]}\n"),
            "s.yaml:2: a sound begins at its beginning at the earliest");
}

TEST(Scenario, AnEmptyFileIsAnEmptyScenario) {
  EXPECT_TRUE(parse_scenario("", "s.yaml", ".").value().accounts.empty());
  EXPECT_TRUE(parse_scenario("accounts:\n", "s.yaml", ".").value().accounts.empty());
}

TEST(Scenario, SaysWhereAndWhyItIsWrong) {
  EXPECT_EQ(refusal("accounts:\n  - username: a\n    folowers: 3\n"),
            "s.yaml:3: \"folowers\" is not known in an account: did you mean \"followers\"?");
  EXPECT_EQ(refusal("accounts:\n  - username: \"Élise 1\"\n"),
            "s.yaml:2: a username is 1 to 24 of a-z, 0-9, '.' and '_', not \"Élise 1\"");
  EXPECT_EQ(refusal("accounts:\n  - username: a\n  - username: a\n"),
            "s.yaml:3: the account \"a\" is there twice");
  EXPECT_EQ(refusal("accounts:\n  - username: a\n    lives:\n      - start: soon\n"),
            "s.yaml:4: \"soon\" of \"start\" is no duration (try 5s, 10m, 1h30m)");
  EXPECT_EQ(refusal("accounts: 3"), "s.yaml:1: \"accounts\" must be a list");
  EXPECT_EQ(refusal("- a\n- b\n"), "s.yaml:1: the scenario must be made of \"key: value\" lines");
  EXPECT_TRUE(
      refusal("faults:\n  - {mode: slower}\n").starts_with("s.yaml:2: \"slower\" is no mode"));
  EXPECT_TRUE(
      refusal("accounts:\n  - username: a\n    lives: [{events: [{at: 1s, what: stall}]}]\n")
          .starts_with("s.yaml:3: this event needs \"for\""));
  EXPECT_TRUE(refusal("accounts: [\n").starts_with("s.yaml:2: "));
}

TEST(Scenario, SaysThatASoundIsMissingOrIsNone) {
  const auto folder = std::filesystem::path{testing::TempDir()} / "vigie_scenario_test";
  std::filesystem::create_directories(folder);
  std::ofstream{folder / "text.wav"} << "pas un son";
  const std::string_view missing = "accounts: [{username: a, lives: [{audio: none.wav}]}]";
  const std::string_view text = "accounts: [{username: a, lives: [{audio: text.wav}]}]";

  const auto first = parse_scenario(missing, "s.yaml", folder);
  const auto second = parse_scenario(text, "s.yaml", folder);
  std::filesystem::remove_all(folder);

  EXPECT_NE(first.error().what.find("no such file"), std::string::npos);
  EXPECT_NE(second.error().what.find("not a sound"), std::string::npos);
}

TEST(Scenario, RefusesWhatCouldFillTheMemory) {
  std::string deep;
  for (int level = 0; level < 1'000; ++level) {
    deep += "- ";
  }
  EXPECT_NE(refusal("a: &x [1, 2]\nb: *x\n").find("anchors"), std::string::npos);
  EXPECT_NE(refusal("a: *x\n"), "accepted");
  EXPECT_NE(refusal(deep).find("too deep"), std::string::npos) << refusal(deep);
  EXPECT_NE(refusal(std::string(17U << 20U, ' ')).find("larger"), std::string::npos);
  EXPECT_NE(refusal("a: \xff\xfe").find("UTF-8"), std::string::npos);
}

TEST(Scenario, ReadsSpans) {
  EXPECT_EQ(parse_span("5s"), seconds{5});
  EXPECT_EQ(parse_span("1h30m"), minutes{90});
  EXPECT_EQ(parse_span("250ms"), milliseconds{250});
  EXPECT_EQ(parse_span("1.5s"), milliseconds{1'500});
  EXPECT_EQ(parse_span("7"), seconds{7});
  EXPECT_EQ(parse_span("-10s"), seconds{-10});
  for (const auto* text : {"", "-", "s", "5x", "5 s", "1e9d", "99999999d", "..s", "5s!"}) {
    EXPECT_EQ(parse_span(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace vigie::sim
