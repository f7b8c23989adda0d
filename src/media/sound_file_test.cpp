// SPDX-License-Identifier: Apache-2.0
#include "media/sound_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numbers>

#include "media/aac.hpp"
#include "media/flv.hpp"
#include "media/pcm.hpp"

namespace vigie::media {
namespace {

namespace fs = std::filesystem;

class SoundFiles : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path{testing::TempDir()} / (std::string{"vigie_sound_"} + test->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, std::string_view bytes) {
    const auto path = folder_ / name;
    std::ofstream{path, std::ios::binary} << bytes;
    return path.string();
  }

  fs::path folder_;
};

void append_little(std::string& out, std::uint32_t value, int bytes) {
  for (int index = 0; index < bytes; ++index) {
    out += static_cast<char>(value >> (8 * index) & 0xFFU);
  }
}

// A WAV of 16 bit PCM: a tone, the same in every channel.
std::string make_wav(std::uint32_t rate, std::uint32_t channels, double seconds) {
  std::string data;
  for (std::uint32_t index = 0; index < static_cast<std::uint32_t>(seconds * rate); ++index) {
    const auto sample = std::lround(16'000 * std::sin(2 * std::numbers::pi * 440 * index / rate));
    for (std::uint32_t channel = 0; channel < channels; ++channel) {
      append_little(data, static_cast<std::uint32_t>(sample), 2);
    }
  }
  std::string out = "RIFF";
  append_little(out, static_cast<std::uint32_t>(36 + data.size()), 4);
  out += "WAVEfmt ";
  append_little(out, 16, 4);
  append_little(out, 1, 2);
  append_little(out, channels, 2);
  append_little(out, rate, 4);
  append_little(out, rate * channels * 2, 4);
  append_little(out, channels * 2, 2);
  append_little(out, 16, 2);
  out += "data";
  append_little(out, static_cast<std::uint32_t>(data.size()), 4);
  return out + data;
}

TEST_F(SoundFiles, ReadsAnyRateAndChannelsAsMono16k) {
  for (const std::uint32_t rate : {8'000U, 16'000U, 44'100U, 96'000U}) {
    for (const std::uint32_t channels : {1U, 2U, 6U}) {
      const auto path = write("tone.wav", make_wav(rate, channels, 1.5));

      const auto samples = read_sound_file(path).value();

      EXPECT_NEAR(to_seconds(duration_of(samples.size())), 1.5, 0.01) << rate << " " << channels;
      EXPECT_NEAR(*std::ranges::max_element(samples), 0.49, channels == 6 ? 0.5 : 0.03);
    }
  }
}

TEST_F(SoundFiles, GivesAboutHalfASecondAtATimeAndTheDurationAtOnce) {
  auto file = open_sound_file(write("tone.wav", make_wav(44'100, 2, 3))).value();

  const auto first = file->read().value();

  EXPECT_NEAR(to_seconds(file->duration().value()), 3.0, 0.01);
  EXPECT_NEAR(to_seconds(duration_of(first.size())), 0.5, 0.2);
}

TEST_F(SoundFiles, ReadsTheSoundOfAVideoStreamOfALive) {
  auto encoder = create_aac_encoder().value();
  std::string stream = flv_header(false) + flv_audio_config(encoder->config());
  Span at{0};
  for (const auto& packet : encoder->encode(std::vector<float>(32'000, 0.1F)).value()) {
    stream += flv_audio(at, packet);
    at += Span{23'220};
  }

  const auto samples = read_sound_file(write("live.flv", stream)).value();

  EXPECT_NEAR(to_seconds(duration_of(samples.size())), 2.0, 0.2);
}

TEST_F(SoundFiles, ReadsWhatIsThereOfAFileCutShort) {
  const auto wav = make_wav(16'000, 1, 2);

  const auto samples = read_sound_file(write("cut.wav", wav.substr(0, wav.size() / 2))).value();

  EXPECT_NEAR(to_seconds(duration_of(samples.size())), 1.0, 0.05);
}

TEST_F(SoundFiles, SaysWhyAFileIsNotSound) {
  const std::string png{
      "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9c"
      "c\0\1\0\0\5\0\1\r\n-\xb4\0\0\0\0IEND\xae"
      "B`\x82",
      67};
  const auto code = [](const std::string& path) {
    const auto opened = open_sound_file(path);
    return opened ? std::string{"opened"}
                  : std::string{to_string(opened.error().code)} + ": " + opened.error().what;
  };
  const auto expect = [&code](const std::string& path, Errc errc, std::string_view words) {
    const auto said = code(path);
    EXPECT_TRUE(said.starts_with(to_string(errc))) << said;
    EXPECT_NE(said.find(words), std::string::npos) << said;
  };

  expect((folder_ / "none.wav").string(), Errc::not_found, "no such file");
  expect(folder_.string(), Errc::invalid, "folder");
  expect("/dev/zero", Errc::invalid, "not an ordinary file");
  expect(write("empty.wav", ""), Errc::corrupt, "empty");
  expect(write("picture.wav", png), Errc::invalid, "image");
  expect(write("text.mp3", "Bonjour, ceci n'est pas un son.\n"), Errc::corrupt, "known kind");
  const auto picture = flv_tag(FlvTag::video, Span{0}, "\x22" + std::string(200, '.'));
  expect(write("video.flv", flv_header(true) + picture), Errc::invalid, "no sound");
}

TEST_F(SoundFiles, NeverFollowsAListToOtherFilesOrAddresses) {
  const auto sound = write("sound.wav", make_wav(16'000, 1, 1));
  const std::vector<std::string> lists{
      "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n" + sound + "\n#EXT-X-ENDLIST\n",
      "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
      "ffconcat version 1.0\nfile '" + sound + "'\n",
      "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9999 RTP/AVP 0\n",
      "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><BaseURL>" + sound +
          "</BaseURL></MPD>"};
  for (const auto& list : lists) {
    const auto opened = open_sound_file(write("list.wav", list));

    EXPECT_FALSE(opened.has_value()) << list;
  }
}

TEST_F(SoundFiles, RefusesGarbageInAKnownContainer) {
  auto wav = make_wav(16'000, 1, 1);
  wav.replace(24, 4, "\xff\xff\xff\x7f");  // two thousand million samples a second

  const auto read = read_sound_file(write("rate.wav", wav));

  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, Errc::corrupt);
}

TEST_F(SoundFiles, ReadsRealRecordings) {
  const char* source = std::getenv("VIGIE_SOURCE_DIR");
  const auto audio = fs::path{source == nullptr ? "." : source} / "../shared/speech/audio";
  if (!fs::exists(audio / "jfk.flac")) {
    GTEST_SKIP() << "the shared recordings are not here";
  }

  const auto samples = read_sound_file((audio / "jfk.flac").string()).value();

  EXPECT_NEAR(to_seconds(duration_of(samples.size())), 11.0, 0.1);
}

}  // namespace
}  // namespace vigie::media
