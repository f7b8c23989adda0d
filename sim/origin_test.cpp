// SPDX-License-Identifier: Apache-2.0
#include "sim/origin.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

#include "media/aac.hpp"
#include "media/pcm.hpp"
#include "sim/sim_testing.hpp"

namespace vigie::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Rig;
using testing::Viewer;
using What = LiveEvent::What;

constexpr std::size_t packets_per_second = 43;  // 44.1 kHz

Scenario with_live(LivePlan live) {
  Scenario scenario;
  AccountPlan account;
  account.username = "a";
  account.lives.push_back(std::move(live));
  scenario.accounts.push_back(std::move(account));
  return scenario;
}

// A file of seconds of a tone, in ADTS.
class ToneFile {
 public:
  ToneFile(const std::string& name, int length)
      : path_{(std::filesystem::path{::testing::TempDir()} / name).string()} {
    auto encoder = media::create_aac_encoder().value();
    std::vector<float> samples(static_cast<std::size_t>(length * media::sample_rate));
    for (std::size_t index = 0; index < samples.size(); ++index) {
      const auto turn =
          2 * std::numbers::pi * 440 * static_cast<double>(index) / media::sample_rate;
      samples[index] = static_cast<float>(0.5 * std::sin(turn));
    }
    std::ofstream file{path_, std::ios::binary};
    for (const auto& packet : encoder->encode(samples).value()) {
      file << media::adts_frame(encoder->config(), packet).value();
    }
  }
  ToneFile(const ToneFile&) = delete;
  ToneFile& operator=(const ToneFile&) = delete;
  ~ToneFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The loudest sample of each whole second.
std::vector<float> loudness_by_second(const Viewer& viewer) {
  auto decoder = media::create_aac_decoder(viewer.configs.at(0).bytes).value();
  std::vector<float> out;
  std::size_t heard = 0;
  for (const auto& tag : viewer.sound) {
    const auto samples = decoder->decode(tag.bytes).value();
    for (const auto sample : samples) {
      out.resize(std::max<std::size_t>(out.size(), heard / media::sample_rate + 1), 0.0F);
      out.back() = std::max(out.back(), std::abs(sample));
      ++heard;
    }
  }
  return out;
}

TEST(Origin, SendsAtThePaceOfRealTime) {
  Rig rig;
  Viewer viewer{rig, rig.stream_of("vigie_live")};
  const auto begun = rig.clock.steady();

  viewer.listen(10 * packets_per_second);

  EXPECT_EQ(viewer.status(), 200);
  EXPECT_NEAR(to_seconds(rig.clock.steady() - begun), 10, 0.6);
  EXPECT_EQ(viewer.configs.size(), 1U);
  EXPECT_EQ(viewer.reader.dropped_bytes(), 0U);
  for (std::size_t index = 1; index < viewer.sound.size(); ++index) {
    const auto step = viewer.sound[index].timestamp - viewer.sound[index - 1].timestamp;
    EXPECT_NEAR(to_seconds(step), 0.0232, 0.0011);
  }
}

TEST(Origin, ALateViewerJoinsAtNow) {
  Rig rig;
  rig.clock.advance(minutes{10});

  Viewer viewer{rig, rig.stream_of("vigie_live")};
  viewer.listen(10);

  EXPECT_NEAR(to_seconds(viewer.sound.at(0).timestamp), 600, 0.3);
}

TEST(Origin, SpeaksAFileThenIsSilent) {
  const ToneFile tone{"vigie_origin_tone.aac", 2};
  LivePlan live;
  live.audio = tone.path();
  Rig rig{with_live(live)};
  Viewer viewer{rig, rig.stream_of("a")};

  viewer.listen(5 * packets_per_second);

  const auto loudness = loudness_by_second(viewer);
  ASSERT_GE(loudness.size(), 4U);
  EXPECT_GT(loudness[0], 0.4F);
  EXPECT_GT(loudness[1], 0.4F);
  EXPECT_LT(loudness[3], 0.01F);
}

TEST(Origin, SpeaksAFileAgainAndAgainWhenItLoops) {
  const ToneFile tone{"vigie_origin_loop.aac", 2};
  LivePlan live;
  live.audio = tone.path();
  live.loop = true;
  Rig rig{with_live(live)};
  Viewer viewer{rig, rig.stream_of("a")};

  viewer.listen(7 * packets_per_second);

  for (const auto loudness : loudness_by_second(viewer)) {
    EXPECT_GT(loudness, 0.3F);
  }
}

TEST(Origin, ServesManyViewersFromOneEncoding) {
  Rig rig;
  const auto url = rig.stream_of("vigie_live");
  std::vector<std::unique_ptr<Viewer>> viewers;
  for (int count = 0; count < 20; ++count) {
    viewers.push_back(std::make_unique<Viewer>(rig, url));
  }

  for (auto& viewer : viewers) {
    viewer->listen(packets_per_second);
  }
  const auto stats = rig.get_json("/__sim/stats");

  EXPECT_EQ(get_integer(stats, "connections.flv"), 20);
  for (const auto& viewer : viewers) {
    ASSERT_GE(viewer->sound.size(), packets_per_second);
    EXPECT_EQ(viewer->sound[40].bytes, viewers[0]->sound[40].bytes);
    EXPECT_EQ(viewer->sound[40].timestamp, viewers[0]->sound[40].timestamp);
  }
}

TEST(Origin, PicturesTravelWithTheSoundInOtherQualities) {
  Rig rig;
  Viewer viewer{rig, rig.stream_of("vigie_live", "ld")};

  viewer.listen(2 * packets_per_second);

  EXPECT_GE(viewer.sound.size(), 2 * packets_per_second);
  EXPECT_EQ(viewer.reader.dropped_bytes(), 0U);
}

TEST(Origin, RefusesForeignAndExpiredAddresses) {
  Rig rig;
  const auto url = rig.stream_of("vigie_live");
  const auto other = rig.stream_of("vigie_end");
  const auto sign = url.substr(url.find("&sign="));

  EXPECT_EQ((Viewer{rig, url.substr(0, url.find('?'))}.status()), 403);
  EXPECT_EQ((Viewer{rig, other.substr(0, other.find("&sign=")) + sign}.status()), 403);
  EXPECT_EQ((Viewer{rig, rig.simulator->url() + "/stream/1_ao.flv"}.status()), 404);
  EXPECT_EQ((Viewer{rig, rig.simulator->url() + "/stream/"}.status()), 404);
  rig.clock.advance(std::chrono::hours{15 * 24});
  EXPECT_EQ((Viewer{rig, url}.status()), 403);
}

TEST(Origin, CutsTheStreamWhenTheLiveEndsAndIsGoneAfterwards) {
  Rig rig;
  const auto url = rig.stream_of("vigie_end");
  Viewer viewer{rig, url};
  viewer.listen(10);

  rig.get("/__sim/emit?user=vigie_end&what=end");
  viewer.listen(100'000);

  EXPECT_TRUE(viewer.is_over);
  EXPECT_EQ((Viewer{rig, url}.status()), 404);
}

TEST(Origin, ExpiryCutsTheStreamAndNeedsANewAddress) {
  LivePlan live;
  live.events.push_back({.at = seconds{5}, .what = What::expire});
  Rig rig{with_live(live)};
  const auto url = rig.stream_of("a");
  Viewer viewer{rig, url};

  viewer.listen(100'000);

  EXPECT_TRUE(viewer.is_over);
  EXPECT_NEAR(static_cast<double>(viewer.sound.size()), 5.0 * packets_per_second, 12);
  EXPECT_EQ((Viewer{rig, url}.status()), 403);
  EXPECT_EQ((Viewer{rig, rig.stream_of("a")}.status()), 200);
}

TEST(Origin, WhatIsSaidDuringAStallIsLost) {
  LivePlan live;
  live.events.push_back({.at = seconds{2}, .what = What::stall, .span = seconds{12}});
  Rig rig{with_live(live)};
  Viewer viewer{rig, rig.stream_of("a")};
  viewer.listen(packets_per_second);
  const auto before = viewer.sound.size();

  viewer.listen(before + 2 * packets_per_second);

  Span longest{0};
  for (std::size_t index = 1; index < viewer.sound.size(); ++index) {
    longest = std::max(longest, viewer.sound[index].timestamp - viewer.sound[index - 1].timestamp);
  }
  EXPECT_NEAR(to_seconds(longest), 12, 0.5);
}

TEST(Origin, APauseClosesTheStreamAndTheFileWaits) {
  LivePlan live;
  live.events.push_back({.at = seconds{3}, .what = What::pause, .span = seconds{20}});
  Rig rig{with_live(live)};
  const auto url = rig.stream_of("a");
  Viewer viewer{rig, url};
  viewer.listen(100'000);

  EXPECT_TRUE(viewer.is_over);
  EXPECT_EQ((Viewer{rig, url}.status()), 404);
  rig.clock.advance(seconds{20});
  Viewer again{rig, url};
  again.listen(10);
  EXPECT_EQ(again.status(), 200);
  EXPECT_NEAR(to_seconds(again.sound.at(0).timestamp), 23.5, 1);
}

TEST(Origin, TimestampsLeapAndTheCodecChanges) {
  LivePlan live;
  live.events.push_back({.at = seconds{2}, .what = What::jump, .span = std::chrono::hours{1}});
  live.events.push_back({.at = seconds{4}, .what = What::codec});
  Rig rig{with_live(live)};
  Viewer viewer{rig, rig.stream_of("a")};

  viewer.listen(6 * packets_per_second);

  EXPECT_GT(viewer.sound.back().timestamp, std::chrono::hours{1});
  ASSERT_EQ(viewer.configs.size(), 2U);
  EXPECT_NE(viewer.configs[0].bytes, viewer.configs[1].bytes);
  EXPECT_TRUE(media::create_aac_decoder(viewer.configs[1].bytes).has_value());
}

TEST(Origin, ALiveThatWaitsLosesNothingToItsFirstViewer) {
  const ToneFile tone{"vigie_origin_wait.aac", 3};
  LivePlan live;
  live.audio = tone.path();
  live.wait = true;
  Rig rig{with_live(live)};
  rig.clock.advance(minutes{5});
  Viewer viewer{rig, rig.stream_of("a")};

  viewer.listen(4 * packets_per_second);

  const auto loudness = loudness_by_second(viewer);
  ASSERT_GE(loudness.size(), 3U);
  EXPECT_GT(loudness[0], 0.4F);
  EXPECT_GT(loudness[2], 0.4F);
  EXPECT_NEAR(to_seconds(viewer.sound.at(0).timestamp), 300, 0.3);
}

TEST(Origin, MixesGarbageInWhenToldAndTheReaderCopes) {
  Rig rig;
  Viewer viewer{rig, rig.stream_of("vigie_live")};
  rig.get("/__sim/mode?mode=garbage&user=vigie_live");

  viewer.listen(4 * packets_per_second);

  EXPECT_GE(viewer.sound.size(), 4 * packets_per_second);
  EXPECT_GT(viewer.reader.dropped_bytes(), 5'000U);
}

TEST(Origin, AStreamIsRefusedOrCutWhenTold) {
  Rig rig;
  const auto url = rig.stream_of("vigie_live");
  Viewer viewer{rig, url};
  viewer.listen(10);

  rig.get("/__sim/mode?mode=429");
  EXPECT_EQ((Viewer{rig, url}.status()), 429);
  rig.get("/__sim/mode?mode=reset");
  viewer.listen(100'000);

  EXPECT_TRUE(viewer.is_over);
}

TEST(Origin, LetsGoOfAViewerTooFarBehindAndOfNobodyElse) {
  Rig rig;
  const auto url = rig.stream_of("vigie_live");
  Viewer good{rig, url};
  Viewer slow{rig, url, true};
  good.listen(packets_per_second);

  // Until the system's buffers are full and the slow one's stream waits for it, not for the clock.
  while (rig.clock.sleepers() == 2) {
    good.listen(good.sound.size() + packets_per_second);
  }
  good.listen(good.sound.size() + 12 * packets_per_second);
  slow.wake();
  slow.listen(10'000'000);
  good.listen(good.sound.size() + packets_per_second);

  EXPECT_TRUE(slow.is_over);
  EXPECT_GT(slow.sound.size(), 100U);
  EXPECT_FALSE(good.is_over);
  EXPECT_EQ(good.reader.dropped_bytes(), 0U);
}

TEST(Origin, CountsViewersWhileTheyWatch) {
  Rig rig;
  {
    Viewer viewer{rig, rig.stream_of("vigie_live")};
    viewer.listen(10);
    EXPECT_EQ(get_integer(rig.get_json("/__sim/stats"), "connections.flv"), 1);
  }
  for (int turn = 0; turn < 50; ++turn) {
    rig.clock.advance(milliseconds{200});
    vigie::testing::settle(rig.io);
  }

  const auto stats = rig.get_json("/__sim/stats");
  EXPECT_EQ(get_integer(stats, "connections.flv"), 0);
  EXPECT_EQ(get_integer(stats, "requests.flv.by_user.vigie_live"), 1);
}

}  // namespace
}  // namespace vigie::sim
