// SPDX-License-Identifier: Apache-2.0
// Addresses over real sockets, and standard input.
#include "app/stream_sound.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "http/scripted_server.hpp"
#include "media/aac.hpp"
#include "media/flv.hpp"
#include "media/pcm.hpp"
#include "transcribe/wav_testing.hpp"

namespace vigie::app {
namespace {

using http::testing::http_answer;
using http::testing::ScriptedServer;
using transcribe::wav_bytes;

constexpr std::string_view endless = "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n";

std::string flv(double seconds) {
  auto encoder = media::create_aac_encoder().value();
  auto stream = media::flv_header(false) + media::flv_audio_config(encoder->config());
  Span at{0};
  const auto samples = static_cast<std::size_t>(seconds * 16'000);
  for (const auto& packet : encoder->encode(std::vector<float>(samples, 0.1F)).value()) {
    stream += media::flv_audio(at, packet);
    at += Span{23'220};
  }
  return stream;
}

struct Heard {
  double seconds = 0;
  std::string trouble;
};

Heard hear(const std::string& name, const std::stop_token& stop = {}) {
  StreamSoundOptions options;
  options.silence = std::chrono::milliseconds{400};
  auto file = open_sound(name, options, stop);
  if (!file) {
    return {0, file.error().what};
  }
  Heard heard;
  for (;;) {
    const auto samples = (*file)->read();
    if (!samples || samples->empty()) {
      heard.trouble = samples ? "" : samples.error().what;
      return heard;
    }
    heard.seconds += to_seconds(media::duration_of(samples->size()));
  }
}

TEST(SoundOfAnAddress, IsAWholeFileWhereItsLengthIsKnown) {
  const auto wav = wav_bytes("LLL", {.bits = 8});
  ScriptedServer server{[&](const std::string&) { return http_answer(200, wav); }};

  const auto heard = hear(server.url("/a.wav?x=1"));

  EXPECT_EQ(heard.trouble, "");
  EXPECT_NEAR(heard.seconds, 3, 0.01);
}

TEST(SoundOfAnAddress, IsReadAsItComesWhereItHasNoLength) {
  const auto stream = std::string{endless} + flv(4);
  ScriptedServer server{[&](const std::string&) { return stream; }};

  const auto heard = hear(server.url("/live.flv"));

  EXPECT_EQ(heard.trouble, "");
  EXPECT_NEAR(heard.seconds, 4, 0.2);
}

TEST(SoundOfAnAddress, FollowsRedirectsAndPlaylists) {
  auto encoder = media::create_aac_encoder().value();
  std::string adts;
  for (const auto& packet : encoder->encode(std::vector<float>(32'000, 0.1F)).value()) {
    adts += media::adts_frame(encoder->config(), packet).value();
  }
  ScriptedServer server{[&](const std::string& request) {
    if (request.starts_with("GET /a ")) {
      return http_answer(302, "", "Location: /list/a.m3u8\r\n");
    }
    if (request.starts_with("GET /list/a.m3u8 ")) {
      return http_answer(200,
                         "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.aac\n#EXTINF:2,\na.aac\n"
                         "#EXT-X-ENDLIST\n");
    }
    return http_answer(200, adts);
  }};

  const auto heard = hear(server.url("/a"));

  EXPECT_EQ(heard.trouble, "");
  EXPECT_NEAR(heard.seconds, 4, 0.3);
}

TEST(SoundOfAnAddress, NeverFollowsAPlaylistIntoTheMachineOrItsNetwork) {
  for (const auto* piece : {"http://169.254.169.254/latest", "file:///etc/passwd"}) {
    ScriptedServer server{[&](const std::string&) {
      return http_answer(200, std::string{"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n"} +
                                  piece + "\n#EXT-X-ENDLIST\n");
    }};

    const auto heard = hear(server.url("/a.m3u8"));

    EXPECT_EQ(heard.seconds, 0);
    EXPECT_EQ(server.requests().size(), 1U);
  }
  ScriptedServer server{[](const std::string&) {
    return http_answer(302, "", "Location: http://169.254.169.254/latest\r\n");
  }};
  EXPECT_NE(hear(server.url("/a")).trouble.find("may not be called"), std::string::npos);
}

TEST(SoundOfAnAddress, SaysInWordsWhatIsThereInstead) {
  struct Case {
    std::string answer;
    std::string words;
  };
  const std::vector<Case> cases{
      {http_answer(404, "no"), "404"},
      {http_answer(403, "no"), "expired"},
      {http_answer(200, "<!doctype html><html><body>Bonjour</body></html>"), "web page"},
      {http_answer(200, std::string{"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16}), "image"},
      {http_answer(200, ""), ""},
      {"HTTP/1.1 200 X\r\nContent-Length: 10000000000\r\n\r\nRIFF", "broke"},
      {std::string{endless} + "RIFF....WAVE", ""},
      {"garbage without end of line", "HTTP"},
  };
  for (const auto& one : cases) {
    ScriptedServer server{[&](const std::string&) { return one.answer; }};

    const auto heard = hear(server.url("/x"));

    EXPECT_EQ(heard.seconds, 0) << one.answer;
    EXPECT_NE(heard.trouble, "") << one.answer;
    EXPECT_NE(heard.trouble.find(one.words), std::string::npos) << heard.trouble;
  }
  EXPECT_NE(hear("http://127.0.0.1:1/x").trouble.find("nobody answers"), std::string::npos);
  EXPECT_NE(hear("http://user:pass@x/").trouble.find("no http address"), std::string::npos);
}

TEST(SoundOfAnAddress, ThatFallsSilentEndsWithItsWords) {
  ScriptedServer server{[](const std::string&) { return std::string{}; }};

  EXPECT_NE(hear(server.url("/x")).trouble.find("nobody answers"), std::string::npos);
}

TEST(SoundOfAnAddress, EndsAtOnceWhenToldToStop) {
  ScriptedServer server{[](const std::string&) { return std::string{}; }};
  std::stop_source source;
  std::jthread later{[&] {
    while (server.requests().empty()) {
      std::this_thread::yield();
    }
    source.request_stop();
  }};

  const auto heard = hear(server.url("/x"), source.get_token());

  EXPECT_NE(heard.trouble.find("stopped"), std::string::npos) << heard.trouble;
}

TEST(SoundOfStandardInput, IsReadWhateverItIs) {
  for (const auto& bytes : {wav_bytes("LL"), flv(2)}) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const int before = ::dup(STDIN_FILENO);
    ::dup2(ends[0], STDIN_FILENO);
    std::jthread writer{[&] {
      for (std::size_t at = 0; at < bytes.size();) {
        const auto written = ::write(ends[1], &bytes[at], bytes.size() - at);
        at += written > 0 ? static_cast<std::size_t>(written) : bytes.size();
      }
      ::close(ends[1]);
    }};

    const auto heard = hear("-");
    writer.join();
    ::dup2(before, STDIN_FILENO);
    ::close(before);
    ::close(ends[0]);

    EXPECT_EQ(heard.trouble, "");
    EXPECT_NEAR(heard.seconds, 2, 0.2);
  }
}

}  // namespace
}  // namespace vigie::app
