// SPDX-License-Identifier: Apache-2.0
#include "media/hls_playlist.hpp"

#include <gtest/gtest.h>

namespace vigie::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(HlsPlaylist, NumbersTheSegmentsOfAMediaPlaylist) {
  const auto playlist =
      parse_hls_playlist(
          "#EXTM3U\r\n#EXT-X-VERSION:3\r\n#EXT-X-TARGETDURATION:6\r\n"
          "#EXT-X-MEDIA-SEQUENCE:41\r\n#EXTINF:5.5,title\r\na.ts?x=1\r\n"
          "#EXT-X-DISCONTINUITY\r\n#EXT-X-PROGRAM-DATE-TIME:2026-11-22T20:00:00Z\r\n"
          "#EXTINF:6\r\nb.ts\r\n#EXT-X-GAP\n#EXTINF:6,\nc.ts\n")
          .value();

  ASSERT_EQ(playlist.segments.size(), 3U);
  EXPECT_FALSE(playlist.is_master);
  EXPECT_FALSE(playlist.has_ended);
  EXPECT_EQ(playlist.target, Span{seconds{6}});
  EXPECT_EQ(playlist.segments[0].address, "a.ts?x=1");
  EXPECT_EQ(playlist.segments[0].sequence, 41);
  EXPECT_EQ(playlist.segments[0].duration, Span{milliseconds{5'500}});
  EXPECT_FALSE(playlist.segments[0].is_discontinuity);
  EXPECT_TRUE(playlist.segments[1].is_discontinuity);
  EXPECT_FALSE(playlist.segments[2].is_discontinuity);
  EXPECT_TRUE(playlist.segments[2].is_gap);
  EXPECT_EQ(playlist.segments[2].sequence, 43);
}

TEST(HlsPlaylist, KnowsKeysMapsRangesAndTheEnd) {
  const auto playlist =
      parse_hls_playlist(
          "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"init.mp4\",BYTERANGE=\"720@0\"\n"
          "#EXTINF:4,\n#EXT-X-BYTERANGE:1000@720\nall.mp4\n#EXTINF:4,\n#EXT-X-BYTERANGE:500\n"
          "all.mp4\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:4,\nx.mp4\n"
          "#EXT-X-KEY:METHOD=NONE\n#EXTINF:4,\ny.mp4\n#EXT-X-ENDLIST\n")
          .value();

  ASSERT_EQ(playlist.segments.size(), 4U);
  EXPECT_TRUE(playlist.has_ended);
  EXPECT_EQ(playlist.segments[0].init_address, "init.mp4");
  EXPECT_EQ(playlist.segments[0].init_range, (ByteRange{0, 720}));
  EXPECT_EQ(playlist.segments[0].range, (ByteRange{720, 1000}));
  EXPECT_EQ(playlist.segments[1].range, (ByteRange{1720, 500}));
  EXPECT_FALSE(playlist.segments[1].is_encrypted);
  EXPECT_TRUE(playlist.segments[2].is_encrypted);
  EXPECT_FALSE(playlist.segments[3].is_encrypted);
}

TEST(HlsPlaylist, ChoosesTheCheapestWayToTheSound) {
  const std::string variants =
      "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000000,CODECS=\"avc1.4d401f,mp4a.40.2\"\nhigh.m3u8\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=300000,CODECS=\"avc1.42c00c,mp4a.40.2\"\nlow.m3u8\n";
  EXPECT_EQ(choose_rendition(parse_hls_playlist(variants).value()).value(), "low.m3u8");

  const auto with_sound =
      variants + "#EXT-X-STREAM-INF:BANDWIDTH=900000,CODECS=\"mp4a.40.2\"\nsound.m3u8\n";
  EXPECT_EQ(choose_rendition(parse_hls_playlist(with_sound).value()).value(), "sound.m3u8");

  const auto grouped =
      parse_hls_playlist(
          "#EXTM3U\n"
          "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"g\",NAME=\"a\",URI=\"other.m3u8\"\n"
          "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"g\",NAME=\"b, c\",DEFAULT=YES,URI="
          "\"group.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=300000,AUDIO=\"g\"\nx.m3u8\n")
          .value();
  EXPECT_EQ(choose_rendition(grouped).value(), "group.m3u8");
  EXPECT_EQ(choose_rendition(HlsPlaylist{}).error().code, Errc::not_found);
}

TEST(HlsPlaylist, RefusesWhatMakesNoSense) {
  for (const std::string text :
       {"", "<html>", "#EXTM3U\n#EXTINF:nan,\na.ts\n", "#EXTM3U\n#EXTINF:-1,\na.ts\n",
        "#EXTM3U\n#EXTINF:1e300,\na.ts\n", "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:-4\n",
        "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:99999999999999999999\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:inf\n", "#EXTM3U\n#EXTINF:4,\n#EXT-X-BYTERANGE:0@0\na\n",
        "#EXTM3U\n#EXTINF:4,\n#EXT-X-BYTERANGE:10@-1\na\n",
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na\n#EXTINF:4,\nb\n"}) {
    EXPECT_EQ(parse_hls_playlist(text).error().code, Errc::corrupt) << text;
  }
  EXPECT_FALSE(parse_hls_playlist("#EXTM3U\n" + std::string(max_playlist_bytes, '\n')));
  EXPECT_FALSE(parse_hls_playlist("#EXTM3U\n#EXTINF:4,\n" + std::string(5'000, 'a')));
  std::string many = "#EXTM3U\n";
  for (int segment = 0; segment < 30'000; ++segment) {
    many += "#EXTINF:4,\na\n";
  }
  EXPECT_FALSE(parse_hls_playlist(many));
}

}  // namespace
}  // namespace vigie::media
