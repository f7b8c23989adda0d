// SPDX-License-Identifier: Apache-2.0
// The reader on lists of pieces, on real connections; only its waits are turned by hand.
#include "capture/reader_fixture.hpp"
#include "media/stream_testing.hpp"

namespace vigie::capture {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Span piece{seconds{4}};

class Hls : public Reader {
 protected:
  Hls() {
    rig.add_address(rig.base() + "/live/list.m3u8?expire=1");
    for (std::size_t index = 0; index < count; ++index) {
      rig.pages[fmt::format("/live/{}.ts", index)].bytes = pieces().at(index);
    }
  }

  static constexpr std::size_t count = 12;

  // One stream, cut where its elementary packets begin: timestamps go on from piece to piece.
  static const std::vector<std::string>& pieces() {
    static const auto all = [] {
      const auto bytes = media::make_stream({.container = "mpegts", .length = count * piece});
      std::vector<std::string> out(1);
      for (std::size_t at = 0; at + 188 <= bytes.size(); at += 188) {
        const bool begins = bytes[at + 1] == '\x41' && bytes[at + 2] == '\0';  // of stream 0x100
        if (begins && at >= out.size() * bytes.size() / count) {
          out.push_back(bytes.substr(0, std::size_t{3} * 188));  // the tables
        }
        out.back() += bytes.substr(at, 188);
      }
      return out;
    }();
    return all;
  }

  static std::string list(int first, int last, std::string_view before_last = "",
                          std::string_view end = "") {
    auto text = fmt::format("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:{}\n", first);
    for (int index = first; index <= last; ++index) {
      text += index == last ? std::string{before_last} : "";
      text += fmt::format("#EXTINF:4.0,\n{}.ts\n", index);
    }
    return text += end;
  }

  void show(std::string text) { rig.pages["/live/list.m3u8"].bytes = std::move(text); }

  // Until so much was heard, a second of the clock at a time.
  bool hears(Span length) {
    return rig.run_until([&] {
      if (rig.clock.sleepers() > 0 && rig.sink.heard() < length) {
        rig.clock.advance(seconds{1});
      }
      return rig.sink.heard() >= length;
    });
  }

  bool stalls_by(std::string_view reason) {
    return rig.run_until([&] {
      if (rig.clock.sleepers() > 0) {
        rig.clock.advance(seconds{1});
      }
      return is_stalled_by(reason);
    });
  }

  void expect_no_overlap() {
    Span end = age;
    for (const auto& block : rig.sink.blocks) {
      EXPECT_GE(block.at + milliseconds{1}, end);
      end = block.at + media::duration_of(block.samples);
    }
  }
};

TEST_F(Hls, BeginsWithTheNewestPieceAndFollowsTheList) {
  show(list(0, 2));
  start(some_work());
  ASSERT_TRUE(hears(milliseconds{3'500}));
  EXPECT_EQ(rig.asked["/live/0.ts"], 0);
  EXPECT_EQ(rig.asked["/live/1.ts"], 0);

  show(list(1, 4));
  ASSERT_TRUE(hears(milliseconds{11'000}));
  conclude();

  for (const auto* path : {"/live/2.ts", "/live/3.ts", "/live/4.ts"}) {
    EXPECT_EQ(rig.asked[path], 1) << path;
  }
  EXPECT_TRUE(rig.journal.gaps.empty());
  expect_no_overlap();
  EXPECT_EQ(rig.journal.pieces.front().codec, "aac-adts");
}

TEST_F(Hls, GoesThroughAMasterListToItsCheapestSound) {
  rig.source.addresses.clear();
  rig.add_address(rig.base() + "/master.m3u8");
  rig.pages["/master.m3u8"].bytes =
      "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=5000000\n/high.m3u8\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=90000,CODECS=\"mp4a.40.2\"\nlive/list.m3u8\n";
  show(list(0, 0));
  start(some_work());

  EXPECT_TRUE(hears(milliseconds{3'500}));
  EXPECT_EQ(rig.asked["/high.m3u8"], 0);
}

TEST_F(Hls, RecordsWhatLeftTheListUnheard) {
  show(list(0, 0));
  start(some_work());
  ASSERT_TRUE(hears(milliseconds{3'500}));

  show(list(4, 5));  // 1, 2 and 3 are gone
  ASSERT_TRUE(hears(milliseconds{11'000}));
  conclude();

  ASSERT_EQ(rig.journal.gaps.size(), 1U);
  EXPECT_NEAR(to_seconds(rig.journal.gaps[0].to - rig.journal.gaps[0].from), 12, 0.1);
  EXPECT_EQ(rig.journal.gaps[0].reason, "stall");
  expect_no_overlap();
}

TEST_F(Hls, CrossesADiscontinuityWithoutAHole) {
  show(list(0, 0));
  start(some_work());
  ASSERT_TRUE(hears(milliseconds{3'500}));

  show(list(0, 1, "#EXT-X-DISCONTINUITY\n"));
  ASSERT_TRUE(hears(milliseconds{7'500}));
  conclude();

  EXPECT_TRUE(rig.journal.gaps.empty());
  expect_no_overlap();
}

TEST_F(Hls, PassesAPieceThatIsGoneOrAnnouncedAsMissing) {
  show(list(0, 0));
  start(some_work());
  ASSERT_TRUE(hears(milliseconds{3'500}));

  rig.pages["/live/1.ts"].status = 404;
  show(list(0, 3, "#EXT-X-GAP\n"));
  ASSERT_TRUE(hears(milliseconds{7'500}));
  show(list(2, 4));
  ASSERT_TRUE(hears(milliseconds{11'500}));
  conclude();

  ASSERT_EQ(rig.journal.gaps.size(), 2U);
  for (const auto& gap : rig.journal.gaps) {
    EXPECT_NEAR(to_seconds(gap.to - gap.from), 4, 0.1);
  }
}

TEST_F(Hls, RecordsWhatADamagedPieceLacks) {
  const auto damaged = pieces().at(1).substr(0, pieces().at(1).size() / 2 / 188 * 188);
  rig.pages["/live/1.ts"].bytes = damaged;
  show(list(0, 0));
  start(some_work());
  ASSERT_TRUE(hears(milliseconds{3'500}));

  show(list(0, 2));
  ASSERT_TRUE(hears(milliseconds{9'000}));
  conclude();

  ASSERT_EQ(rig.journal.gaps.size(), 1U);
  EXPECT_NEAR(to_seconds(rig.journal.gaps[0].to - rig.journal.gaps[0].from), 2, 0.3);
  expect_no_overlap();
}

TEST_F(Hls, NeitherMissesNorRepeatsAcrossConnections) {
  show(list(0, 1));
  start(some_work());
  ASSERT_TRUE(hears(milliseconds{3'500}));
  rig.pages["/live/2.ts"].status = 403;  // the address has expired
  show(list(0, 2));
  ASSERT_TRUE(rig.run_until([&] {
    if (rig.clock.sleepers() > 0 && rig.source.resolved == 1) {
      rig.clock.advance(seconds{1});
    }
    return rig.source.resolved > 1;
  }));

  rig.pages["/live/2.ts"].status = 200;
  show(list(1, 3));
  ASSERT_TRUE(hears(milliseconds{11'500}));
  conclude();

  EXPECT_EQ(rig.asked["/live/1.ts"], 1);
  EXPECT_EQ(rig.asked["/live/3.ts"], 1);
  EXPECT_TRUE(rig.journal.gaps.empty());
  EXPECT_NEAR(to_seconds(rig.sink.heard()), 12, 0.3);
  expect_no_overlap();
}

TEST_F(Hls, StartsAnewWithAListThatWasRestarted) {
  show(list(8, 9));
  start(some_work());
  ASSERT_TRUE(hears(milliseconds{3'500}));

  show(list(0, 0));
  ASSERT_TRUE(hears(milliseconds{7'500}));
  EXPECT_EQ(rig.asked["/live/0.ts"], 1);
}

TEST_F(Hls, EndsWithItsList) {
  show(list(0, 0));
  start(some_work());
  ASSERT_TRUE(hears(milliseconds{3'500}));

  show(list(0, 1, "", "#EXT-X-ENDLIST\n"));
  ASSERT_TRUE(stalls_by("ended"));

  EXPECT_NEAR(to_seconds(rig.sink.heard()), 8, 0.3);
  EXPECT_EQ(rig.asked["/live/1.ts"], 1);
}

TEST_F(Hls, LeavesAListThatNoLongerChanges) {
  show(list(0, 0));
  start(some_work());

  EXPECT_TRUE(stalls_by("silence"));
}

TEST_F(Hls, HearsFragmentsAfterTheirInitSection) {
  const auto bytes =
      media::make_stream({.container = "mp4",
                          .length = seconds{4},
                          .movflags = "frag_every_frame+empty_moov+default_base_moof"});
  const auto split = bytes.find("moof") - 4;
  rig.pages["/live/all.mp4"].bytes = bytes;
  show(
      fmt::format("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"all.mp4\",BYTERANGE=\"{}@0\""
                  "\n#EXTINF:4,\n#EXT-X-BYTERANGE:{}@{}\nall.mp4\n",
                  split, bytes.size() - split, split));
  start(some_work());

  EXPECT_TRUE(hears(milliseconds{3'500}));
}

TEST_F(Hls, HearsPiecesThatAreNothingButFrames) {
  for (int index = 0; index < 3; ++index) {
    rig.pages[fmt::format("/live/{}.ts", index)].bytes =
        "ID3\x04" + std::string(2, '\0') + std::string{"\0\0\0\x0A", 4} + std::string(10, '\0') +
        media::make_stream({.container = "adts", .length = piece});
  }
  show(list(0, 0));
  start(some_work());
  ASSERT_TRUE(hears(milliseconds{3'500}));

  show(list(0, 2));
  ASSERT_TRUE(hears(milliseconds{11'000}));
  conclude();

  EXPECT_TRUE(rig.journal.gaps.empty());
  expect_no_overlap();
}

TEST_F(Hls, GivesUpOnPiecesThatAreNoSound) {
  show(list(0, 0));
  start(some_work());
  ASSERT_TRUE(hears(milliseconds{3'500}));
  for (int index = 1; index <= 3; ++index) {
    rig.pages[fmt::format("/live/{}.ts", index)].bytes =
        "\x89PNG\r\n\x1A\n" + std::string(2'000, 'x');
  }

  show(list(0, 3));
  EXPECT_TRUE(stalls_by("image"));
  show(list(0, 4));
  ASSERT_TRUE(hears(milliseconds{7'500}));
  conclude();

  ASSERT_EQ(rig.journal.gaps.size(), 1U);
  EXPECT_NEAR(to_seconds(rig.journal.gaps[0].to - rig.journal.gaps[0].from), 12, 0.1);
}

TEST_F(Hls, GivesUpOnBoxesThatClaimTenGigabytes) {
  using namespace std::string_literals;  // ISO 14496-12 §4.2
  const auto huge = "\0\0\0\x10"s + "ftypisom\0\0\0\0"s + "\0\0\0\1"s +
                    "moov\0\0\0\2\x54\x0B\xE4\0"s + std::string(2'000, 'x');
  for (int index = 0; index < 4; ++index) {
    rig.pages[fmt::format("/live/{}.ts", index)].bytes = huge;
  }
  show(list(0, 0));
  start(some_work());
  ASSERT_TRUE(rig.run_until([&] { return rig.asked["/live/0.ts"] > 0; }));

  show(list(0, 3));
  EXPECT_TRUE(stalls_by("corrupt"));
  EXPECT_TRUE(rig.sink.blocks.empty());
}

struct Refusal {
  std::string text;
  std::string reason;
};
class HlsRefusals : public Hls, public ::testing::WithParamInterface<Refusal> {};

TEST_P(HlsRefusals, AreNamed) {
  show(GetParam().text);
  rig.pages["/live/away.ts"] = {.status = 302, .location = "http://169.254.169.254/latest"};
  rig.pages["/live/away.m3u8"] = {.status = 302, .location = "file:///etc/passwd"};
  start(some_work());

  ASSERT_TRUE(rig.run_until([&] {
    if (rig.clock.sleepers() > 0) {
      rig.clock.advance(seconds{1});
    }
    return !rig.journal.states.empty() && rig.journal.states.back().first == CaptureState::failed;
  })) << GetParam().text;

  EXPECT_EQ(rig.journal.states.back().second, GetParam().reason);
  EXPECT_TRUE(rig.sink.blocks.empty());
}

std::string media_list(const std::string& lines) {
  return "#EXTM3U\n#EXT-X-TARGETDURATION:4\n" + lines;
}
INSTANTIATE_TEST_SUITE_P(
    Lists, HlsRefusals,
    ::testing::Values(
        Refusal{media_list("#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:4,\n0.ts\n"), "encrypted"},
        Refusal{media_list("#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"k\"\n#EXTINF:4,\n0.ts\n"),
                "encrypted"},
        Refusal{media_list("#EXTINF:4,\nfile:///etc/passwd\n"), "forbidden_address"},
        Refusal{media_list("#EXTINF:4,\nhttp://user:secret@127.0.0.1/a.ts\n"), "forbidden_address"},
        Refusal{media_list("#EXTINF:4,\naway.ts\n"), "foreign_host"},
        Refusal{"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nfile:///etc/passwd\n",
                "forbidden_address"},
        Refusal{"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\naway.m3u8\n", "forbidden_address"},
        Refusal{"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://169.254.169.254/a.m3u8\n",
                "foreign_host"},
        Refusal{"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlist.m3u8\n", "playlist"},
        Refusal{"#EXTM3U\n#EXT-X-TARGETDURATION:nan\n", "playlist"},
        Refusal{"#EXTM3U\n" + std::string(media::max_playlist_bytes, '#'), "too_large"}));

}  // namespace
}  // namespace vigie::capture
