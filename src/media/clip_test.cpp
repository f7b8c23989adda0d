// SPDX-License-Identifier: Apache-2.0
#include "media/clip.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

#include "media/aac.hpp"
#include "media/pcm.hpp"
#include "media/sound_file.hpp"

namespace vigie::media {
namespace {

using std::chrono::seconds;

std::vector<float> make_tone(double hertz, double length_s) {
  std::vector<float> out(static_cast<std::size_t>(length_s * sample_rate));
  for (std::size_t index = 0; index < out.size(); ++index) {
    const auto turn = 2 * std::numbers::pi * hertz * static_cast<double>(index) / sample_rate;
    out[index] = static_cast<float>(0.5 * std::sin(turn));
  }
  return out;
}

KeptSound piece_of(Span start, double hertz, int rate, int channels, double length_s = 4) {
  const auto encoder = create_aac_encoder(rate, channels).value();
  KeptSound piece;
  piece.codec = "aac-adts";
  piece.start = start;
  const auto packets = encoder->encode(make_tone(hertz, length_s)).value();
  for (const auto& packet : packets) {
    piece.bytes += adts_frame(encoder->config(), packet).value();
  }
  piece.end = start + from_seconds(1024.0 * static_cast<double>(packets.size()) / rate);
  return piece;
}

// The clip as a program that only knows files reads it.
std::vector<float> heard(const std::string& clip) {
  const auto path = std::filesystem::path{testing::TempDir()} / "clip_test.mp4";
  std::ofstream{path, std::ios::binary} << clip;
  auto samples = read_sound_file(path.string()).value();
  std::filesystem::remove(path);
  return samples;
}

// Mean loudness of a stretch, in seconds.
double loudness(const std::vector<float>& samples, double from, double to) {
  double sum = 0;
  const auto first = static_cast<std::size_t>(from * sample_rate);
  const auto last = std::min(samples.size(), static_cast<std::size_t>(to * sample_rate));
  for (std::size_t index = first; index < last; ++index) {
    sum += std::abs(samples[index]);
  }
  return last > first ? sum / static_cast<double>(last - first) : 0;
}

TEST(Clip, PlaysAStretchOfSeveralPieces) {
  const std::vector<KeptSound> pieces{piece_of(seconds{10}, 440, 44'100, 2),
                                      piece_of(seconds{14}, 440, 44'100, 2)};

  const auto clip = make_clip(pieces, seconds{12}, seconds{16}).value();

  const auto samples = heard(clip);
  EXPECT_NEAR(static_cast<double>(samples.size()) / sample_rate, 4, 0.1);
  EXPECT_GT(loudness(samples, 0.5, 3.5), 0.2);
  EXPECT_LT(clip.find("moov"), clip.find("mdat")) << "the index comes first";
}

TEST(Clip, KeepsTheBytesOfAac) {
  const auto encoder = create_aac_encoder(48'000, 1).value();
  const auto packets = encoder->encode(make_tone(300, 2)).value();
  KeptSound piece;
  piece.codec = "aac-adts";
  piece.end = seconds{2};
  for (const auto& packet : packets) {
    piece.bytes += adts_frame(encoder->config(), packet).value();
  }

  const auto clip = make_clip({piece}, Span{0}, seconds{5}).value();

  auto place = clip.find("mdat");
  for (const auto& packet : packets) {
    place = clip.find(packet, place);
    ASSERT_NE(place, std::string::npos);
  }
}

TEST(Clip, IsSilentWhereNothingWasKept) {
  const std::vector<KeptSound> pieces{piece_of(Span{0}, 440, 44'100, 1),
                                      piece_of(seconds{10}, 440, 44'100, 1)};

  const auto samples = heard(make_clip(pieces, Span{0}, seconds{14}).value());

  EXPECT_NEAR(static_cast<double>(samples.size()) / sample_rate, 13.9, 0.2);
  EXPECT_GT(loudness(samples, 1, 3), 0.2);
  EXPECT_LT(loudness(samples, 4.5, 9.5), 0.001);
  EXPECT_GT(loudness(samples, 10.5, 13), 0.2);
}

TEST(Clip, EncodesOnlyWhatIsOfAnotherKind) {
  const std::vector<KeptSound> pieces{piece_of(Span{0}, 440, 44'100, 2),
                                      piece_of(seconds{4}, 440, 24'000, 1)};

  const auto samples = heard(make_clip(pieces, Span{0}, seconds{8}).value());

  EXPECT_NEAR(static_cast<double>(samples.size()) / sample_rate, 7.9, 0.3);
  EXPECT_GT(loudness(samples, 5, 7), 0.2) << "after the change it is heard all the same";
}

TEST(Clip, SaysThatNothingIsThere) {
  const auto piece = piece_of(Span{0}, 440, 44'100, 1);
  EXPECT_EQ(make_clip({}, Span{0}, seconds{5}).error().code, Errc::not_found);
  EXPECT_EQ(make_clip({piece}, seconds{60}, seconds{65}).error().code, Errc::not_found);
}

TEST(Clip, RefusesWhatIsNoSound) {
  KeptSound odd;
  odd.end = seconds{4};
  for (const auto& codec : {"aac-adts", "mp3", "ogg", "wav", "opera"}) {
    odd.codec = codec;
    odd.bytes = std::string(5000, 'x');
    EXPECT_EQ(make_clip({odd}, Span{0}, seconds{4}).error().code, Errc::corrupt) << codec;
    odd.bytes.clear();
    EXPECT_TRUE(make_clip({odd}, Span{0}, seconds{4}).has_error()) << codec;
  }
}

}  // namespace
}  // namespace vigie::media
