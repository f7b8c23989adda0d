// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "base/text.hpp"
#include "domain/account.hpp"
#include "domain/assessment.hpp"
#include "domain/json.hpp"

namespace vigie {
namespace {

TEST(TikTokUsername, IsTheSameHoweverItIsTyped) {
  for (const auto* typed :
       {"demo_marche", "@demo_marche", "  @Demo_Marche ", "DEMO_MARCHE",
        "https://www.tiktok.com/@demo_marche", "https://tiktok.com/@Demo_Marche/live?x=1",
        "www.tiktok.com/@demo_marche/video/12", "HTTPS://M.TIKTOK.COM/@demo_marche#a"}) {
    const auto name = parse_tiktok_username(typed);

    ASSERT_TRUE(name) << typed << ": " << name.error().what;
    EXPECT_EQ(*name, "demo_marche") << typed;
  }
}

TEST(TikTokUsername, RefusesWhatCannotBeOneAndSaysWhy) {
  const std::string long_name(200, 'a');
  for (const auto& typed :
       {std::string{""}, std::string{"   "}, std::string{"@"}, std::string{"deux mots"},
        std::string{"été"}, std::string{"😀"}, long_name, std::string{"a/b"},
        std::string{"https://example.org/@name"}, std::string{"https://www.tiktok.com/"},
        std::string{"https://www.tiktok.com/live"}, std::string{"https://eviltiktok.com/@a"},
        std::string{"<script>"}, std::string{"a\0b", 3}}) {
    const auto name = parse_tiktok_username(typed);

    ASSERT_FALSE(name) << typed;
    EXPECT_EQ(name.error().code, Errc::invalid);
    EXPECT_GT(name.error().what.size(), 20U);
  }
}

TEST(RiskScore, FollowsTheFormulaOfTheOriginalExactly) {
  EXPECT_EQ(risk_score(Virality::low, false), 0.2);
  EXPECT_EQ(risk_score(Virality::medium, false), 0.5);
  EXPECT_EQ(risk_score(Virality::high, false), 0.7);
  EXPECT_EQ(risk_score(Virality::low, true), 0.6);
  EXPECT_EQ(risk_score(Virality::medium, true), 0.9);
  EXPECT_EQ(risk_score(Virality::high, true), 1.0);
}

TEST(RiskScore, OfALawfulViralPassageDoesNotExceedTheDefaultThreshold) {
  EXPECT_FALSE(risk_score(Virality::high, false) > 0.7);
}

TEST(Words, GoThereAndBack) {
  for (const auto category :
       {Category::neutral, Category::polemical, Category::viral, Category::hateful}) {
    EXPECT_EQ(*parse_category(to_string(category)), category);
  }
  EXPECT_FALSE(parse_category("neutre"));
  EXPECT_FALSE(parse_target(""));
  EXPECT_TRUE(is_valid_utf8(parse_category(std::string(39, 'x') + "é").error().what));
}

TEST(Json, GivesSecondsForSpansAndNullForWhatIsNotKnown) {
  Live live;
  live.id = "L";
  live.started_at = from_micros(1'000'000);
  live.ended_at = from_micros(91'000'000);

  const auto object = to_json(live);

  EXPECT_EQ(object.at("duration_s").as_double(), 90.0);
  EXPECT_TRUE(object.at("viewers").is_null());
  EXPECT_EQ(object.at("capture").at("state").as_string(), "none");
  EXPECT_TRUE(object.at("capture").at("reason").is_null());
  EXPECT_EQ(object.at("ended_at").as_string(), "1970-01-01T00:01:31.000Z");
}

TEST(Json, KeepsTheSixFieldsOfTheOriginalToTheLetter) {
  Judgement judgement;
  judgement.category = Category::hateful;
  judgement.virality = Virality::high;
  judgement.hateful = true;
  judgement.target = Target::social_group;
  judgement.justification = "parce que";

  const auto object = to_json(judgement, 1.0);

  EXPECT_EQ(object.at("categorie").as_string(), "Discours haineux");
  EXPECT_EQ(object.at("viralite").as_string(), "forte");
  EXPECT_TRUE(object.at("discours_haineux").as_bool());
  EXPECT_EQ(object.at("cible").as_string(), "groupe social");
  EXPECT_EQ(object.at("justification").as_string(), "parce que");
  EXPECT_EQ(object.at("risque_score").as_double(), 1.0);
}

}  // namespace
TEST(AccountName, IsATikTokNameOrTheAddressOfAStream) {
  const auto name = parse_account_name(" @Some.Name ");
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->platform, "tiktok");
  EXPECT_EQ(name->username, "some.name");
  EXPECT_EQ(name->url, "https://www.tiktok.com/@some.name");

  for (const auto* typed : {"stream:HTTPS://Radio.Example/Live.mp3?q=1",
                            " Stream:https://radio.example/Live.mp3?q=1 "}) {
    const auto stream = parse_account_name(typed);
    ASSERT_TRUE(stream.has_value()) << typed;
    EXPECT_EQ(stream->platform, "stream");
    EXPECT_EQ(stream->username, "https://radio.example/Live.mp3?q=1");
    EXPECT_EQ(stream->url, stream->username);
  }
  EXPECT_EQ(parse_account_name("http://radio.example/a", "stream")->platform, "stream");
}

TEST(AccountName, RefusesWhatIsNeither) {
  for (const auto* typed :
       {"stream:", "stream:ftp://host/a", "stream:file:///etc/passwd", "stream:https://",
        "stream:https://user:word@host/a", "stream:https://host/a b", "https://radio.example/a"}) {
    EXPECT_EQ(parse_account_name(typed).error().code, Errc::invalid) << typed;
  }
  EXPECT_EQ(parse_account_name("name", "youtube").error().code, Errc::invalid);
  EXPECT_EQ(parse_account_name("stream:https://host/" + std::string(600, 'a')).error().code,
            Errc::invalid);
}

}  // namespace vigie
