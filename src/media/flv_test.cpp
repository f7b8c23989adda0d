// SPDX-License-Identifier: Apache-2.0
#include "media/flv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace vigie::media {
namespace {

using std::chrono::milliseconds;

struct Stream {
  std::string bytes = flv_header(true);
  std::vector<FlvAudio> sound;
};

std::string noise(std::mt19937& random, std::size_t size) {
  std::string out(size, '\0');
  for (auto& byte : out) {
    byte = static_cast<char>(random() & 0xFFU);
  }
  return out;
}

// Sound every 23 ms, a picture (HEVC, then enhanced FLV) and a script tag now and then.
Stream make_stream(std::mt19937& random, int tags) {
  Stream stream;
  const std::string config = "\x12\x08";
  stream.bytes += flv_tag(FlvTag::script, Span{0}, std::string{"\x02\x00\x0aonMetaData", 13});
  stream.bytes += flv_audio_config(config);
  stream.sound.push_back({.timestamp = Span{0}, .is_config = true, .bytes = config});
  for (int index = 0; index < tags; ++index) {
    const Span at = milliseconds{index * 23};
    if (index % 5 == 0) {
      const std::string first{index % 10 == 0 ? "\x1c\x01" : "\x91hvc1"};
      stream.bytes += flv_tag(FlvTag::video, at, first + noise(random, random() % 9'000));
    }
    const auto packet = noise(random, 1 + random() % 400);
    stream.bytes += flv_audio(at, packet);
    stream.sound.push_back({.timestamp = at, .is_config = false, .bytes = packet});
  }
  return stream;
}

bool equal(const FlvAudio& left, const FlvAudio& right) {
  return left.timestamp == right.timestamp && left.is_config == right.is_config &&
         left.bytes == right.bytes;
}
bool equal(const std::vector<FlvAudio>& left, const std::vector<FlvAudio>& right) {
  return std::ranges::equal(left, right, [](const auto& a, const auto& b) { return equal(a, b); });
}

std::vector<FlvAudio> feed_in_pieces(FlvReader& reader, std::string_view bytes,
                                     std::mt19937& random, std::size_t longest) {
  std::vector<FlvAudio> all;
  while (!bytes.empty()) {
    const auto piece = bytes.substr(0, 1 + random() % longest);
    bytes.remove_prefix(piece.size());
    for (auto& tag : reader.feed(piece)) {
      all.push_back(std::move(tag));
    }
    EXPECT_LE(reader.held_bytes(), 17U * 1024U);
  }
  return all;
}

// How many of the sent tags arrived, in order, undamaged; what arrived beyond them is an error.
std::size_t count_received(const std::vector<FlvAudio>& sent,
                           const std::vector<FlvAudio>& received) {
  std::size_t next = 0;
  std::size_t count = 0;
  for (const auto& tag : received) {
    const auto found = std::find_if(sent.begin() + static_cast<std::ptrdiff_t>(next), sent.end(),
                                    [&tag](const FlvAudio& one) { return equal(one, tag); });
    EXPECT_NE(found, sent.end()) << "a tag that was never sent";
    if (found != sent.end()) {
      next = static_cast<std::size_t>(found - sent.begin()) + 1;
      ++count;
    }
  }
  return count;
}

TEST(FlvReader, ReadsTheSoundAndSkipsPicturesOfAnyCodec) {
  std::mt19937 random{1};
  const auto stream = make_stream(random, 200);

  FlvReader reader;
  const auto sound = reader.feed(stream.bytes);

  EXPECT_TRUE(equal(sound, stream.sound));
  EXPECT_TRUE(reader.has_seen_header());
  EXPECT_EQ(reader.dropped_bytes(), 0U);
  EXPECT_EQ(reader.held_bytes(), 0U);
}

TEST(FlvReader, GivesTheSameTagsHoweverTheBytesAreSplit) {
  std::mt19937 random{2};
  for (int round = 0; round < 60; ++round) {
    auto stream = make_stream(random, 60);
    for (unsigned wounds = random() % 4; wounds > 0; --wounds) {
      stream.bytes.insert(random() % stream.bytes.size(), noise(random, random() % 300));
      stream.bytes.erase(random() % stream.bytes.size(), random() % 30);
    }
    FlvReader whole;
    const auto expected = whole.feed(stream.bytes);

    FlvReader pieces;
    const auto sound = feed_in_pieces(pieces, stream.bytes, random, round % 3 == 0 ? 1 : 3'000);

    EXPECT_TRUE(equal(sound, expected));
    EXPECT_EQ(pieces.dropped_bytes(), whole.dropped_bytes());
    EXPECT_EQ(pieces.held_bytes(), whole.held_bytes());
  }
}

TEST(FlvReader, LosesOnlyTheNeighboursOfGarbageAndCountsIt) {
  std::mt19937 random{3};
  for (int round = 0; round < 400; ++round) {
    auto stream = make_stream(random, 40);
    const auto garbage = noise(random, 1 + random() % 200);
    stream.bytes.insert(13 + random() % (stream.bytes.size() - 13), garbage);

    FlvReader reader;
    const auto sound = feed_in_pieces(reader, stream.bytes, random, 5'000);

    // The tag that was hit, and one more when the wound cut a header or the end was never seen.
    EXPECT_GE(count_received(stream.sound, sound) + 2, stream.sound.size()) << "round " << round;
    EXPECT_GE(reader.dropped_bytes() + reader.held_bytes(), garbage.size());
  }
}

TEST(FlvReader, LosesOnlyTheNeighboursOfMissingBytes) {
  std::mt19937 random{4};
  for (int round = 0; round < 400; ++round) {
    auto stream = make_stream(random, 40);
    const auto missing = 1 + random() % 50;
    stream.bytes.erase(13 + random() % (stream.bytes.size() - 13 - missing), missing);

    FlvReader reader;
    const auto sound = feed_in_pieces(reader, stream.bytes, random, 5'000);

    EXPECT_GE(count_received(stream.sound, sound) + 4, stream.sound.size()) << "round " << round;
  }
}

TEST(FlvReader, StartsInTheMiddleOfATag) {
  std::mt19937 random{5};
  for (int round = 0; round < 100; ++round) {
    const auto stream = make_stream(random, 40);
    const auto cut = 13 + random() % 4'000;

    FlvReader reader;
    const auto sound = reader.feed(std::string_view{stream.bytes}.substr(cut));

    EXPECT_GE(count_received(stream.sound, sound), 20U);
    EXPECT_FALSE(reader.has_seen_header());
  }
}

TEST(FlvReader, IsNotLedAwayByALengthThatLies) {
  std::mt19937 random{6};
  const auto stream = make_stream(random, 100);
  // A picture of 4 MiB that never comes, and one of 16 MiB, which no tag may have.
  for (const std::string& size : {std::string{"\x3f\xff\xff", 3}, std::string{"\xff\xff\xff", 3}}) {
    const auto lie = "\x09" + size + std::string(7, '\0') + "\x1c\x01";

    FlvReader reader;
    const auto sound = reader.feed(flv_header(true) + lie + stream.bytes.substr(13));

    EXPECT_TRUE(equal(sound, stream.sound));
    EXPECT_GT(reader.dropped_bytes(), 0U);
  }
}

TEST(FlvReader, HoldsLittleWhateverALengthClaims) {
  FlvReader reader;
  reader.feed(flv_header(true));

  // One picture of 4 MiB, full of what looks like the beginning of sound.
  reader.feed(std::string{"\x09\x40\x00\x00\x00\x00\x00\x00\x00\x00\x00", 11});
  const std::string bait{"\x08\x00\x3f\xff\x00\x00\x00\x00\x00\x00\x00\xaf\x01", 13};
  for (int piece = 0; piece < 1'000; ++piece) {
    reader.feed(bait + std::string(4'000, '\x08'));
    EXPECT_LE(reader.held_bytes(), 17U * 1024U);
  }
}

TEST(FlvReader, ReadsTimestampsBeyondFourHoursAndAHalf) {
  const Span at = milliseconds{0x8123'4567};

  FlvReader reader;
  const auto sound = reader.feed(flv_header(false) + flv_audio(at, "packet"));

  ASSERT_EQ(sound.size(), 1U);
  EXPECT_EQ(sound[0].timestamp, at);
}

TEST(FlvReader, AcceptsServersThatWriteAWrongSizeAfterTheTag) {
  auto tag = flv_audio(milliseconds{40}, "first");
  tag.replace(tag.size() - 4, 4, std::string(4, '\0'));

  FlvReader reader;
  const auto sound = reader.feed(flv_header(false) + tag + flv_audio(milliseconds{80}, "second"));

  ASSERT_EQ(sound.size(), 2U);
  EXPECT_EQ(sound[0].bytes, "first");
  EXPECT_EQ(reader.dropped_bytes(), 0U);
}

TEST(FlvReader, CountsSoundThatIsNotAac) {
  const auto mp3 = flv_tag(FlvTag::audio, Span{0}, "\x2f mp3");

  FlvReader reader;
  const auto sound = reader.feed(flv_header(false) + mp3 + flv_audio(milliseconds{10}, "aac"));

  EXPECT_EQ(reader.foreign_audio_tags(), 1U);
  EXPECT_EQ(sound.size(), 1U);
}

TEST(FlvReader, GoesOnAtASecondFileHeader) {
  const auto one = flv_header(false) + flv_audio_config("\x12\x08") + flv_audio(Span{0}, "one");

  FlvReader reader;
  const auto sound = reader.feed(one + "a proxy's error text" + one);

  EXPECT_EQ(sound.size(), 4U);
  EXPECT_EQ(reader.dropped_bytes(), 20U);
}

TEST(FlvReader, FindsNothingInAPageOfHtml) {
  std::string page = "<!DOCTYPE html><title>FLV\x01 Forbidden</title>";
  for (int repeat = 0; repeat < 8; ++repeat) {
    page += page;
  }

  FlvReader reader;
  const auto sound = reader.feed(page);

  EXPECT_TRUE(sound.empty());
  EXPECT_GE(reader.dropped_bytes() + 13, page.size());
}

}  // namespace
}  // namespace vigie::media
