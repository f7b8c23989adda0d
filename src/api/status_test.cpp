// SPDX-License-Identifier: Apache-2.0
#include "api/status.hpp"

#include <gtest/gtest.h>

#include "api/language.hpp"

namespace vigie::api {
namespace {

TEST(HostInStatus, SaysSinceWhenAndUntilWhenItRefusesUs) {
  platform::HostStatus host;
  host.host = "www.tiktok.com";
  host.allowed_per_s = 0.5;
  host.queue = 3;
  host.reason = "waf";
  host.since = from_micros(1'795'000'000'000'000);
  host.paused_until = from_micros(1'795'000'030'000'000);

  const auto said = to_json(host);

  EXPECT_EQ(said.at("host"), "www.tiktok.com");
  EXPECT_EQ(said.at("allowed_per_s"), 0.5);
  EXPECT_EQ(said.at("queue"), 3U);
  EXPECT_EQ(said.at("reason"), "waf");
  EXPECT_EQ(said.at("since").as_string(), to_rfc3339(*host.since));
  EXPECT_EQ(said.at("paused_until").as_string(), to_rfc3339(*host.paused_until));
}

TEST(HostInStatus, HasNoSuchTimesWhileItAnswers) {
  const auto said = to_json(platform::HostStatus{});

  EXPECT_TRUE(said.at("since").is_null());
  EXPECT_TRUE(said.at("paused_until").is_null());
}

TEST(WordsOfAPart, AreSaidInTheReadersLanguage) {
  const auto* const words = "no mail: EMAIL_HOST is not set; 3 messages were given up";

  EXPECT_EQ(say_each(words, Language::english), words);
  EXPECT_EQ(say_each(words, Language::french),
            "pas d’e-mail : EMAIL_HOST n’est pas réglé; messages abandonnés : 3");
  EXPECT_EQ(say_each("ctranslate2 base-int8", Language::french), "ctranslate2 base-int8");
  EXPECT_EQ(say_each("", Language::french), "");
}

TEST(CapacityInStatus, IsNullUntilItIsKnown) {
  const CapacityStatus known{
      .lives = 40, .cpu_per_audio_s = 0.04, .workers = 2, .model = "base-int8"};

  EXPECT_TRUE(to_json(std::optional<CapacityStatus>{}).is_null());
  EXPECT_EQ(json::serialize(to_json(std::optional{known})),
            R"({"lives":40,"cpu_per_audio_s":4E-2,"workers":2,"model":"base-int8"})");
}

}  // namespace
}  // namespace vigie::api
