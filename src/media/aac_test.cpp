// SPDX-License-Identifier: Apache-2.0
#include "media/aac.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

#include "media/pcm.hpp"
#include "media/sound_file.hpp"

namespace vigie::media {
namespace {

std::vector<float> make_tone(double hertz, double seconds, double loudness = 0.5) {
  std::vector<float> out(static_cast<std::size_t>(seconds * sample_rate));
  for (std::size_t index = 0; index < out.size(); ++index) {
    const auto turn = 2 * std::numbers::pi * hertz * static_cast<double>(index) / sample_rate;
    out[index] = static_cast<float>(loudness * std::sin(turn));
  }
  return out;
}

// How loud one pitch is in the middle of samples (Goertzel): the amplitude of its sine.
double loudness_at(const std::vector<float>& samples, double hertz) {
  const auto from = samples.size() / 4;
  const auto count = samples.size() / 2;
  double sine = 0;
  double cosine = 0;
  for (std::size_t index = from; index < from + count; ++index) {
    const auto turn = 2 * std::numbers::pi * hertz * static_cast<double>(index) / sample_rate;
    sine += samples[index] * std::sin(turn);
    cosine += samples[index] * std::cos(turn);
  }
  return 2 * std::hypot(sine, cosine) / static_cast<double>(count);
}

struct Encoded {
  std::string config;
  std::vector<std::string> packets;
};
Encoded encode(const std::vector<float>& samples, int rate, int channels) {
  auto encoder = create_aac_encoder(rate, channels, 64'000).value();
  return Encoded{.config = encoder->config(), .packets = encoder->encode(samples).value()};
}

TEST(Aac, CarriesAToneThroughEveryUsualRateAndChannelCount) {
  const auto tone = make_tone(440, 2);
  for (const int rate : {16'000, 22'050, 44'100, 48'000}) {
    for (const int channels : {1, 2}) {
      const auto encoded = encode(tone, rate, channels);
      auto decoder = create_aac_decoder(encoded.config).value();

      std::vector<float> heard;
      for (const auto& packet : encoded.packets) {
        const auto samples = decoder->decode(packet).value();
        heard.insert(heard.end(), samples.begin(), samples.end());
      }

      EXPECT_NEAR(to_seconds(duration_of(heard.size())), 2.0, 0.15) << rate << " " << channels;
      EXPECT_NEAR(loudness_at(heard, 440), 0.5, 0.05) << rate << " " << channels;
      EXPECT_LT(loudness_at(heard, 1000), 0.02);
      EXPECT_LT(*std::ranges::max_element(heard), 1.0F);
    }
  }
}

// Bits of a configuration, most significant first, filled up to a byte.
std::string bits(const std::vector<std::pair<unsigned, int>>& fields) {
  std::string out;
  int used = 0;
  for (const auto& [value, width] : fields) {
    for (int bit = width - 1; bit >= 0; --bit, ++used) {
      if (used % 8 == 0) {
        out += '\0';
      }
      out.back() = static_cast<char>(static_cast<unsigned char>(out.back()) |
                                     (value >> static_cast<unsigned>(bit) & 1U) << (7 - used % 8));
    }
  }
  return out;
}

// HE-AAC announces AAC-LC at half the rate that comes out (ISO 14496-3 §1.6.5). Debian has no
// encoder of it: the core's packets here carry no band replication, which a decoder must bear with;
// what the announcement says of rate and length is real.
TEST(Aac, KeepsTimeAndPitchUnderEveryAnnouncementOfHighEfficiency) {
  constexpr int core_rate = 22'050;
  constexpr unsigned core_index = 7;
  constexpr unsigned doubled_index = 4;
  const auto encoded = encode(make_tone(440, 2), core_rate, 1);
  const std::pair<const char*, std::string> announcements[] = {
      {"explicit", bits({{5, 5}, {core_index, 4}, {1, 4}, {doubled_index, 4}, {2, 5}, {0, 3}})},
      {"with parametric stereo",
       bits({{29, 5}, {core_index, 4}, {1, 4}, {doubled_index, 4}, {2, 5}, {0, 3}})},
      {"behind the core's own", bits({{2, 5},
                                      {core_index, 4},
                                      {1, 4},
                                      {0, 3},
                                      {0x2B7, 11},
                                      {5, 5},
                                      {1, 1},
                                      {doubled_index, 4}})},
      {"implicit", bits({{2, 5}, {core_index, 4}, {1, 4}, {0, 3}})}};
  for (const auto& [name, config] : announcements) {
    auto decoder = create_aac_decoder(config).value();
    std::vector<float> heard;
    for (const auto& packet : encoded.packets) {
      const auto samples = decoder->decode(packet).value();
      heard.insert(heard.end(), samples.begin(), samples.end());
    }
    EXPECT_NEAR(to_seconds(duration_of(heard.size())), 2.0, 0.15) << name;
    EXPECT_NEAR(loudness_at(heard, 440), 0.5, 0.05) << name;

    std::string file;
    for (const auto& packet : encoded.packets) {
      file += adts_frame(config, packet).value();  // what is kept plays without the announcement
    }
    const auto path = std::filesystem::path{::testing::TempDir()} / "vigie_aac_high_efficiency.aac";
    std::ofstream{path, std::ios::binary} << file;
    const auto kept = read_sound_file(path.string()).value();
    EXPECT_NEAR(to_seconds(duration_of(kept.size())), 2.0, 0.15) << name;
    EXPECT_NEAR(loudness_at(kept, 440), 0.5, 0.05) << name;
    std::filesystem::remove(path);
  }
}

TEST(Aac, EncodesTheSameHoweverTheSamplesAreSplit) {
  const auto tone = make_tone(300, 1);
  const auto expected = encode(tone, 44'100, 1).packets;
  auto encoder = create_aac_encoder().value();

  std::vector<std::string> packets;
  for (std::size_t at = 0; at < tone.size(); at += 777) {
    const auto end = std::min(at + 777, tone.size());
    const std::vector<float> piece(tone.begin() + static_cast<std::ptrdiff_t>(at),
                                   tone.begin() + static_cast<std::ptrdiff_t>(end));
    for (auto& packet : encoder->encode(piece).value()) {
      packets.push_back(std::move(packet));
    }
  }

  EXPECT_NEAR(static_cast<double>(packets.size()), static_cast<double>(expected.size()), 1);
}

TEST(Aac, GoesOnAfterAPacketOfGarbage) {
  const auto encoded = encode(make_tone(440, 2), 44'100, 1);
  auto decoder = create_aac_decoder(encoded.config).value();

  EXPECT_EQ(decoder->decode("").error().code, Errc::corrupt);
  EXPECT_EQ(decoder->decode(std::string(2U << 20U, 'x')).error().code, Errc::corrupt);
  const auto garbage = decoder->decode(std::string(300, '\xff'));
  std::size_t samples = 0;
  for (const auto& packet : encoded.packets) {
    samples += decoder->decode(packet).value().size();
  }

  EXPECT_FALSE(garbage.has_value());
  EXPECT_GT(samples, samples_in(std::chrono::milliseconds{1'800}));
}

TEST(Aac, RefusesAConfigurationThatIsNotOne) {
  EXPECT_EQ(create_aac_decoder("").error().code, Errc::corrupt);
  EXPECT_EQ(create_aac_decoder(std::string(64, '\xff')).error().code, Errc::corrupt);
  EXPECT_EQ(create_aac_decoder(std::string(100'000, 'a')).error().code, Errc::corrupt);
}

TEST(Aac, RefusesToEncodeAnImpossibleRate) {
  EXPECT_EQ(create_aac_encoder(12'345).error().code, Errc::invalid);
  EXPECT_EQ(create_aac_encoder(44'100, 0).error().code, Errc::invalid);
}

TEST(Aac, WritesAdtsThatPlaysAsAFile) {
  const auto encoded = encode(make_tone(440, 3), 44'100, 1);
  const auto path = std::filesystem::path{testing::TempDir()} / "vigie_adts_test.aac";
  {
    std::ofstream file{path, std::ios::binary};
    for (const auto& packet : encoded.packets) {
      file << adts_frame(encoded.config, packet).value();
    }
  }

  const auto heard = read_sound_file(path.string()).value();
  std::filesystem::remove(path);

  EXPECT_NEAR(to_seconds(duration_of(heard.size())), 3.0, 0.15);
  EXPECT_NEAR(loudness_at(heard, 440), 0.5, 0.05);
}

TEST(Aac, FollowsAFileThatChangesItsRateAndChannels) {
  const auto path = std::filesystem::path{testing::TempDir()} / "vigie_adts_change_test.aac";
  {
    std::ofstream file{path, std::ios::binary};
    for (const auto& [rate, channels] : {std::pair{44'100, 1}, {48'000, 2}, {22'050, 1}}) {
      const auto encoded = encode(make_tone(440, 2), rate, channels);
      for (const auto& packet : encoded.packets) {
        file << adts_frame(encoded.config, packet).value();
      }
    }
  }

  const auto heard = read_sound_file(path.string()).value();
  std::filesystem::remove(path);

  EXPECT_NEAR(to_seconds(duration_of(heard.size())), 6.0, 0.3);
  EXPECT_LE(*std::ranges::max_element(heard), 1.0F);
}

TEST(Aac, RefusesAdtsForWhatDoesNotFit) {
  const std::string low_complexity = "\x12\x08";
  EXPECT_EQ(adts_frame("", "packet").error().code, Errc::invalid);
  EXPECT_EQ(adts_frame("\x0a\x10", "packet").error().code, Errc::invalid);  // AAC Main
  EXPECT_EQ(adts_frame(low_complexity, "").error().code, Errc::invalid);
  EXPECT_EQ(adts_frame(low_complexity, std::string(9'000, 'x')).error().code, Errc::invalid);
}

}  // namespace
}  // namespace vigie::media
