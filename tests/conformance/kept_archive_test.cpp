// SPDX-License-Identifier: Apache-2.0
// What was kept of a live sounds again as it did, from any moment on.
#include "recording/kept_archive.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "media/aac.hpp"
#include "media/pcm.hpp"
#include "media/sound_reader.hpp"
#include "support/databases.hpp"

namespace vigie::recording {
namespace {

using std::chrono::seconds;

class KeptArchiveStore : public vigie::testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    if (IsSkipped()) {
      return;
    }
    execute(
        "INSERT INTO account (id, platform, username, url, created_at) "
        "VALUES ('A', 'tiktok', 'marie', '-', 0)",
        {});
    execute(
        "INSERT INTO live (id, account_id, room, state, started_at, detected_at) "
        "VALUES ('L', 'A', '1', 'live', 0, 0)",
        {});
    capture();
    archive = std::make_unique<KeptArchive>(db(), *blobs, pool);
  }

  // Twenty seconds of a hum, decoded as they came and kept in pieces of four seconds.
  void capture() {
    const auto encoder = media::create_aac_encoder(44'100, 1).value();
    std::vector<float> hum(std::size_t{20} * 16'000);
    for (std::size_t i = 0; i < hum.size(); ++i) {  // the same again only after a second
      const auto turn = 2 * 3.14159F * static_cast<float>(i % 16'000) / 16'000;
      hum[i] = 0.2F * std::sin(150 * turn) + 0.1F * std::sin(97 * turn);
    }
    const auto reader = media::create_sound_reader(media::Container::adts);
    std::string bytes;
    for (const auto& packet : encoder->encode(hum).value()) {
      take(reader->feed(media::adts_frame(encoder->config(), packet).value()), bytes);
    }
    take(reader->flush(), bytes);
    keep(bytes);
  }

  void take(const std::vector<media::Sound>& sounds, std::string& bytes) {
    for (const auto& sound : sounds) {
      bytes += sound.bytes;
      live.insert(live.end(), sound.samples.begin(), sound.samples.end());
      if (media::duration_of(live.size()) - kept_until >= seconds{4}) {
        keep(bytes);
      }
    }
  }

  void keep(std::string& bytes) {
    const auto key = fmt::format("lives/L/{:06}.aac", pieces);
    ASSERT_TRUE(blobs->put(key, std::exchange(bytes, {})));
    const auto end = media::duration_of(live.size());
    execute(
        "INSERT INTO sound_piece (live_id, sequence, token, start_us, end_us, codec, bytes, "
        "sha256, blob_key) VALUES ('L', $1, 1, $2, $3, 'aac-adts', 9, '', $4)",
        {pieces++, kept_until, end, key});
    kept_until = end;
  }

  // Everything from a moment on, as one; stretches must follow one another.
  std::vector<float> heard_from(Span from, Span& begins) {
    const auto reader = archive->open("L", from);
    std::vector<float> heard;
    for (;;) {
      auto stretch = run(reader->next()).value();
      if (!stretch) {
        return heard;
      }
      if (heard.empty()) {
        begins = stretch->at;
      }
      const auto expected = begins + media::duration_of(heard.size());
      EXPECT_LE(std::chrono::abs(stretch->at - expected), Span{100});
      heard.insert(heard.end(), stretch->samples.begin(), stretch->samples.end());
    }
  }

  vigie::testing::TemporaryFolder folder;
  std::unique_ptr<BlobStore> blobs = open_disk_blobs((folder.path() / "blobs").string()).value();
  std::vector<float> live;  // as it was heard when it came
  Span kept_until{0};
  int pieces = 0;
  WorkerPool pool{"disk", 1};
  std::unique_ptr<KeptArchive> archive;
};

INSTANTIATE_TEST_SUITE_P(Engines, KeptArchiveStore, vigie::testing::each_database(),
                         vigie::testing::engine_name);

TEST_P(KeptArchiveStore, SoundsAsItDidFromAnyMomentOn) {
  for (const double from : {0.0, 3.97, 8.03, 13.37}) {
    Span begins{-1};
    const auto heard = heard_from(from_seconds(from), begins);

    EXPECT_NEAR(to_seconds(begins), from, 0.001) << from;
    const auto first = media::samples_in(begins);
    EXPECT_NEAR(static_cast<double>(heard.size()), static_cast<double>(live.size() - first), 1200);
    double worst = 0;
    for (std::size_t i = 2'000; i + first < live.size() && i < heard.size(); ++i) {
      worst = std::max(worst, static_cast<double>(std::abs(heard[i] - live[i + first])));
    }
    EXPECT_LT(worst, 0.02) << "more than a sample off, from " << from;
  }
}

TEST_P(KeptArchiveStore, GivesMoreWhenMoreIsKept) {
  const auto reader = archive->open("L", seconds{16});
  while (run(reader->next()).value()) {
  }
  auto bytes = blobs->get("lives/L/000000.aac").value();
  live.resize(live.size() + 64'000);

  keep(bytes);

  const auto more = run(reader->next()).value();
  ASSERT_TRUE(more);
  EXPECT_GE(more->at, seconds{19});
  EXPECT_NEAR(to_seconds(media::duration_of(more->samples.size())), 4, 0.1);
}

TEST_P(KeptArchiveStore, SaysWhatIsNoMore) {
  execute("UPDATE sound_piece SET purged_at = 5 WHERE sequence < 2", {});
  ASSERT_TRUE(blobs->remove("lives/L/000002.aac"));
  ASSERT_TRUE(blobs->put("lives/L/000003.aac", "nothing of the kind"));
  const auto reader = archive->open("L", seconds{1});

  const auto purged = run(reader->next()).value();
  const auto missing = run(reader->next()).value();
  const auto broken = run(reader->next()).value();
  const auto sound = run(reader->next()).value();

  ASSERT_TRUE(purged && missing && broken && sound);
  EXPECT_EQ(purged->at, seconds{1});
  EXPECT_NEAR(to_seconds(purged->lost), 7, 0.1);
  EXPECT_EQ(purged->why, "purged");
  EXPECT_EQ(missing->why, "purged");
  EXPECT_NEAR(to_seconds(missing->lost), 4, 0.1);
  EXPECT_EQ(broken->why, "corrupt");
  EXPECT_FALSE(sound->samples.empty());
  EXPECT_NEAR(to_seconds(sound->at), 16, 0.2);
}

}  // namespace
}  // namespace vigie::recording
