// SPDX-License-Identifier: Apache-2.0
// Against an endpoint of our own, over real sockets.
#include "transcribe/remote/remote_transcriber.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "async/clock_fake.hpp"
#include "http/scripted_server.hpp"
#include "transcribe/remote/answer.hpp"
#include "transcribe/remote/language_names.hpp"
#include "transcribe/remote/patience.hpp"

namespace vigie::transcribe {
namespace {

using http::testing::http_answer;
using http::testing::ScriptedServer;

constexpr std::string_view good =
    R"({"task":"transcribe","language":"French","duration":2,"text":" Bonjour à tous.",)"
    R"("segments":[{"text":" Bonjour","avg_logprob":-0.2,"no_speech_prob":0.01,)"
    R"("compression_ratio":0.9},{"text":" à tous.","avg_logprob":-0.2,"no_speech_prob":0.02,)"
    R"("compression_ratio":1.0}]})";

class Remote : public ::testing::Test {
 protected:
  Transcriber& connect(std::int64_t budget = 0,
                       std::chrono::milliseconds timeout = std::chrono::milliseconds{3000}) {
    RemoteOptions options;
    options.base_url = server.url("/v1/");
    options.model = "whisper-large-v3";
    options.api_key = "clef-secrete";
    options.seconds_per_hour = budget;
    options.timeout = timeout;
    options.workers = 2;
    remote = create_remote_transcriber(clock, log, metrics, "----borne", std::move(options));
    return *remote;
  }
  Result<Transcript> hear(std::string_view language = "fr", Effort effort = Effort::full) {
    const std::vector<float> samples(32'000, 0.25F);
    return remote->transcribe(samples, {.language = language, .effort = effort}, stop.get_token());
  }
  std::size_t asked() const { return server.requests().size(); }

  std::string reply = http_answer(200, std::string{good});
  std::stop_source stop;
  ManualClock clock;
  std::vector<std::string> lines;
  log::Log log{[this](std::string_view line) { lines.emplace_back(line); },
               [] { return from_micros(0); }, log::Level::debug};
  metrics::Registry metrics;
  ScriptedServer server{[this](const std::string&) { return reply; }};
  std::unique_ptr<Transcriber> remote;
};

TEST_F(Remote, SendsTheSoundAndBringsTheWords) {
  connect();

  const auto heard = hear();

  ASSERT_TRUE(heard) << heard.error().what;
  EXPECT_EQ(heard->text, "Bonjour à tous.");
  EXPECT_EQ(heard->language, "fr");
  EXPECT_NEAR(heard->confidence, std::exp(-0.2), 1e-9);
  EXPECT_FALSE(heard->uncertain);
  const auto request = server.requests().at(0);
  EXPECT_TRUE(request.starts_with("POST /v1/audio/transcriptions HTTP/1.1\r\n"));
  for (const auto* part :
       {"Authorization: Bearer clef-secrete\r\n", "boundary=----borne\r\n",
        "name=\"model\"\r\n\r\nwhisper-large-v3\r\n", "name=\"language\"\r\n\r\nfr\r\n",
        "name=\"response_format\"\r\n\r\nverbose_json\r\n", "filename=\"speech.wav\"",
        "\r\n------borne--\r\n"}) {
    EXPECT_NE(request.find(part), std::string::npos) << part;
  }
  const auto wav = request.find("RIFF");
  ASSERT_NE(wav, std::string::npos);
  EXPECT_EQ(request.size() - wav, 44U + 64'000U + std::string_view{"\r\n------borne--\r\n"}.size());
}

TEST_F(Remote, FindsOutTheLanguageWhenAsked) {
  connect();

  const auto heard = hear("auto");

  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->language, "fr");
  EXPECT_EQ(server.requests().at(0).find("name=\"language\""), std::string::npos);
  EXPECT_EQ(language_code("Haitian Creole"), "ht");
  EXPECT_EQ(language_code("de"), "de");
  EXPECT_EQ(language_code("klingon"), "");
}

TEST_F(Remote, MarksWhatItDoubtsAndDropsWhatNobodySaid) {
  const auto answer = [](double probability, double silence, double compression,
                         const std::string& text = "la la la") {
    return fmt::format(
        R"({{"text":"{}","segments":[{{"text":"x","avg_logprob":{},"no_speech_prob":{},)"
        R"("compression_ratio":{}}}]}})",
        text, probability, silence, compression);
  };

  EXPECT_TRUE(read_transcript(answer(-1.3, 0.1, 1), "fr")->uncertain);
  EXPECT_TRUE(read_transcript(answer(-0.3, 0.1, 2.6), "fr")->uncertain);
  EXPECT_EQ(read_transcript(answer(-1.3, 0.9, 1), "fr")->text, "");
  EXPECT_EQ(read_transcript(answer(-0.3, 0.9, 1), "fr")->text, "la la la");
  EXPECT_EQ(read_transcript(answer(-0.3, 0.1, 1, "Sous-titrage ST' 501"), "fr")->text, "");
  EXPECT_EQ(read_transcript(R"({"text":"oui"})", "fr")->confidence, 0.5);
}

TEST_F(Remote, WaitsAsLongAsItIsToldForEverybody) {
  connect();
  reply = http_answer(429, "{}", "Retry-After: 20\r\n");

  const auto refused = hear();
  reply = http_answer(200, std::string{good});
  const auto too_soon = hear();
  clock.advance(std::chrono::seconds{21});
  const auto in_time = hear();

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::rate_limited);
  EXPECT_EQ(refused.error().retry_after.count(), 20);
  ASSERT_FALSE(too_soon);
  EXPECT_EQ(too_soon.error().code, Errc::rate_limited);
  EXPECT_TRUE(in_time);
  EXPECT_EQ(asked(), 2U);
}

TEST_F(Remote, ThatFailsMakesTheWordsWait) {
  connect();
  const std::string huge(10'000'000, 'x');
  for (const auto& answer : {http_answer(500, "oops"), http_answer(200, R"({"text":"bon)"),
                             http_answer(200, "{}"), http_answer(200, huge)}) {
    reply = answer;

    const auto heard = hear();

    ASSERT_FALSE(heard);
    EXPECT_EQ(heard.error().code, Errc::unavailable) << heard.error().what;
  }
  EXPECT_EQ(asked(), 4U);
  EXPECT_EQ(std::ranges::count_if(
                lines, [](const auto& line) { return line.find("warn") != std::string::npos; }),
            4)
      << "each trouble once";
}

TEST_F(Remote, IsLeftAloneAfterFiveFailuresAndAskedAgainLater) {
  connect();
  reply = http_answer(503, "");
  for (int i = 0; i < 7; ++i) {
    EXPECT_FALSE(hear());
  }
  EXPECT_EQ(asked(), 5U);

  clock.advance(std::chrono::seconds{16});
  EXPECT_FALSE(hear());
  clock.advance(std::chrono::seconds{16});
  EXPECT_FALSE(hear());
  EXPECT_EQ(asked(), 6U) << "twice the pause";

  clock.advance(std::chrono::seconds{16});
  reply = http_answer(200, std::string{good});
  EXPECT_TRUE(hear());
  EXPECT_TRUE(hear());
}

TEST_F(Remote, ThatFallsSilentIsGivenUpInTime) {
  connect(0, std::chrono::milliseconds{150});
  reply.clear();

  const auto heard = hear();

  ASSERT_FALSE(heard);
  EXPECT_EQ(heard.error().code, Errc::unavailable);
}

TEST_F(Remote, IsLeftAtOnceWhenToldToStop) {
  connect();
  reply.clear();
  std::jthread later{[this] {
    while (server.requests().empty()) {
      std::this_thread::yield();
    }
    stop.request_stop();
  }};

  const auto heard = hear();

  ASSERT_FALSE(heard);
  EXPECT_NE(heard.error().what.find("stopped"), std::string::npos);
}

TEST_F(Remote, ThatRefusesTheKeyIsTheOperatorsToHeal) {
  connect();
  reply = http_answer(401, "{\"error\":\"clef-secrete is wrong\"}");

  const auto heard = hear();

  ASSERT_FALSE(heard);
  EXPECT_EQ(heard.error().code, Errc::unavailable);
  EXPECT_EQ(heard.error().retry_after.count(), 300);
  EXPECT_NE(heard.error().what.find("WHISPER_API_KEY"), std::string::npos);
  for (const auto& line : lines) {
    EXPECT_EQ(line.find("clef-secrete"), std::string::npos) << line;
  }
  EXPECT_EQ(heard.error().what.find("clef-secrete"), std::string::npos);
}

TEST_F(Remote, ThatRefusesOneUtteranceIsNotAskedItAgain) {
  connect();
  reply = http_answer(400, "");
  EXPECT_EQ(hear().error().code, Errc::unavailable) << "nothing was understood yet: a setting";
  clock.advance(std::chrono::seconds{301});
  reply = http_answer(200, std::string{good});
  ASSERT_TRUE(hear());
  reply = http_answer(400, "");

  EXPECT_EQ(hear().error().code, Errc::invalid);
}

TEST_F(Remote, SpendsNoMoreThanItsHours) {
  connect(5);
  EXPECT_TRUE(hear());
  EXPECT_TRUE(hear());

  const auto over = hear();
  clock.advance(std::chrono::hours{1});
  const auto next_hour = hear();

  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::rate_limited);
  EXPECT_EQ(over.error().retry_after, std::chrono::hours{1});
  EXPECT_NE(over.error().what.find("WHISPER_BUDGET_S_PER_HOUR"), std::string::npos);
  EXPECT_TRUE(next_hour);
}

TEST_F(Remote, GivesNoGlimpsesAndTellsWhatItIs) {
  connect();

  const auto glimpse = hear("fr", Effort::glimpse);

  ASSERT_TRUE(glimpse);
  EXPECT_EQ(glimpse->text, "");
  EXPECT_EQ(asked(), 0U);
  EXPECT_EQ(remote->engine(), "remote");
  EXPECT_EQ(remote->model(), "whisper-large-v3");
  EXPECT_EQ(remote->workers(), 2U);
}

}  // namespace
}  // namespace vigie::transcribe
