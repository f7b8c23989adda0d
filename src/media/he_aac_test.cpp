// SPDX-License-Identifier: Apache-2.0
// Real high-efficiency AAC, with spectral band replication (v1) and parametric stereo (v2), which
// no libav here can encode. VIGIE_HE_AAC names a folder with v1, v1s and v2 (.adts and .flv), each
// twelve seconds with a pip of a tenth of a second at every full second (tests/speech/he_aac).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "media/pcm.hpp"
#include "media/sound_reader.hpp"

namespace vigie::media {
namespace {

class HighEfficiency : public ::testing::TestWithParam<const char*> {
 protected:
  std::string bytes() {
    const auto* folder = std::getenv("VIGIE_HE_AAC");  // NOLINT(concurrency-mt-unsafe)
    if (folder == nullptr) {
      return {};
    }
    std::ifstream file{std::string{folder} + "/" + GetParam(), std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  // Where each pip begins, by the timestamps of the stream.
  static std::vector<double> pips(const std::vector<Sound>& sounds) {
    std::vector<double> found;
    double last = -1;
    for (const auto& sound : sounds) {
      for (std::size_t i = 0; i < sound.samples.size(); ++i) {
        const double at = to_seconds(sound.timestamp + duration_of(i));
        if (std::abs(sound.samples[i]) > 0.15F) {
          if (at - last > 0.3) {
            found.push_back(at);
          }
          last = at;
        }
      }
    }
    return found;
  }
};

TEST_P(HighEfficiency, KeepsTimeThroughTheReaderOfStreams) {
  const auto stream = bytes();
  if (stream.empty()) {
    GTEST_SKIP() << "no VIGIE_HE_AAC; cure: tests/speech/he_aac FOLDER";
  }
  const auto container = recognise(std::string_view{stream}.substr(0, recognised_within));
  ASSERT_TRUE(is_sound(container));
  const auto reader = create_sound_reader(container);
  std::vector<Sound> sounds;
  for (std::size_t at = 0; at < stream.size(); at += 1'000) {
    for (auto& sound : reader->feed(std::string_view{stream}.substr(at, 1'000))) {
      sounds.push_back(std::move(sound));
    }
  }
  for (auto& sound : reader->flush()) {
    sounds.push_back(std::move(sound));
  }

  std::size_t samples = 0;
  for (const auto& sound : sounds) {
    samples += sound.samples.size();
  }
  EXPECT_NEAR(to_seconds(duration_of(samples)), 12, 0.2);
  const auto found = pips(sounds);
  ASSERT_EQ(found.size(), 11U);
  for (std::size_t i = 1; i < found.size(); ++i) {
    EXPECT_NEAR(found[i] - found[i - 1], 1, 0.03) << i;
  }
  EXPECT_NEAR(found.front(), 1, 0.25) << "but for the encoder's delay";
  EXPECT_EQ(reader->dropped_bytes(), 0U);
  EXPECT_EQ(reader->trouble(), "");
  EXPECT_TRUE(sounds.back().format) << "it is kept";
}

INSTANTIATE_TEST_SUITE_P(Files, HighEfficiency,
                         ::testing::Values("v1.adts", "v1s.adts", "v2.adts", "v1.flv", "v1s.flv",
                                           "v2.flv"));

}  // namespace
}  // namespace vigie::media
