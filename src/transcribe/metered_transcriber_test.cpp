// SPDX-License-Identifier: Apache-2.0
#include "transcribe/metered_transcriber.hpp"

#include <gtest/gtest.h>

#include "async/clock_fake.hpp"
#include "transcribe/transcriber_fake.hpp"

namespace vigie::transcribe {
namespace {

TEST(MeteredTranscriber, CountsWhatBecameOfUtterances) {
  ManualClock clock;
  metrics::Registry registry;
  auto script = std::make_unique<ScriptedTranscriber>(
      std::deque<std::string>{"l'été est là, peut-être", "", "oui"}, 3);
  auto& scripted = *script;
  scripted.before_answer = [&](std::span<const float>) { clock.advance(Span{500'000}); };
  const auto transcriber = metered(std::move(script), clock, registry);
  const std::vector<float> sound(16'000);

  EXPECT_EQ(transcriber->transcribe(sound, {"fr"}, {})->text, "l'été est là, peut-être");
  EXPECT_EQ(transcriber->transcribe(sound, {"fr"}, {})->text, "");
  transcriber->transcribe(sound, {.language = "fr", .effort = Effort::glimpse}, {}).value();
  scripted.fail_next(make_error(Errc::unavailable, "away"));
  EXPECT_FALSE(transcriber->transcribe(sound, {"fr"}, {}));

  const auto told = registry.render();
  for (const auto* line :
       {"vigie_transcribe_utterances_total{outcome=\"words\"} 1\n",
        "vigie_transcribe_utterances_total{outcome=\"nothing\"} 1\n",
        "vigie_transcribe_utterances_total{outcome=\"failed\"} 1\n",
        "vigie_transcribe_words_total 4\n", "vigie_transcribe_recognition_seconds_count 3\n"}) {
    EXPECT_NE(told.find(line), std::string::npos) << line << told;
  }
  EXPECT_EQ(transcriber->workers(), 3U);
  EXPECT_EQ(transcriber->model(), "fake");
}

TEST(MeteredTranscriber, CountsEachOfSeveralTogether) {
  ManualClock clock;
  metrics::Registry registry;
  auto script = std::make_unique<ScriptedTranscriber>(std::deque<std::string>{"oui", "non"});
  script->together = 4;
  script->fail_next(make_error(Errc::unavailable, "away"));
  const auto transcriber = metered(std::move(script), clock, registry);
  const std::vector<float> sound(16'000);
  const std::vector<Speech> speeches{{sound, "fr"}, {sound, "fr"}, {sound, "fr"}};

  const auto heard = transcriber->transcribe_all(speeches, Effort::full, {});

  ASSERT_EQ(heard.size(), 3U);
  EXPECT_EQ(transcriber->most_together(), 4U);
  EXPECT_FALSE(heard[0]);
  EXPECT_EQ(heard[1]->text, "oui");
  EXPECT_EQ(heard[2]->text, "non");
  const auto told = registry.render();
  for (const auto* line : {"vigie_transcribe_utterances_total{outcome=\"words\"} 2\n",
                           "vigie_transcribe_utterances_total{outcome=\"failed\"} 1\n",
                           "vigie_transcribe_recognition_seconds_count 3\n"}) {
    EXPECT_NE(told.find(line), std::string::npos) << line << told;
  }
}

TEST(Words, AreCountedAsPeopleDo) {
  EXPECT_EQ(count_words(""), 0U);
  EXPECT_EQ(count_words(" ... "), 0U);
  EXPECT_EQ(count_words("Qu'est-ce que c'est ?"), 3U);
  EXPECT_EQ(count_words("3,5 % d'œufs"), 3U);
}

}  // namespace
}  // namespace vigie::transcribe
