// SPDX-License-Identifier: Apache-2.0
// The list of what may come instead of sound, and what is said of it on the live (issue "Bad input
// and faults"): each line beside a live that is in order, which hears on.
#include "capture/reader_fixture.hpp"
#include "media/stream_testing.hpp"

namespace vigie::capture {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct BadInput {
  const char* name;
  std::function<Play()> play;
  std::string reason;                    // of the live; empty: it is heard
  Span heard{0};                         // at least
  std::function<std::string()> piece{};  // what lies at piece.mp4
};

Play bytes(std::string text) {
  return {.bytes = std::move(text)};
}

Play wav(const char* codec, int rate, int channels) {
  return bytes(media::make_stream({.container = "wav",
                                   .codec = codec,
                                   .rate = rate,
                                   .channels = channels,
                                   .length = seconds{3}}));
}

Play pictures_alone() {
  std::string out = media::flv_header(true);
  for (int picture = 0; picture < 150; ++picture) {
    out +=
        media::flv_tag(media::FlvTag::video, milliseconds{40 * picture}, std::string(900, '\x17'));
  }
  return bytes(std::move(out));
}

// The scrambling bits of every packet of the sound (ISO 13818-1 §2.4.3.3).
Play scrambled() {
  auto stream = media::make_stream({.container = "mpegts", .length = seconds{3}});
  for (std::size_t at = 0; at + 188 <= stream.size(); at += 188) {
    if ((stream[at + 1] & 0x1F) == 1 && stream[at + 2] == 0) {  // stream 0x100
      stream[at + 3] = static_cast<char>(stream[at + 3] | 0x80);
    }
  }
  return bytes(std::move(stream));
}

// A tag of 16 MiB that never comes, in front of sound.
Play huge_tag() {
  auto head = media::flv_tag(media::FlvTag::audio, Span{0}, std::string(100, '\xAF'));
  head[1] = head[2] = head[3] = '\xFF';
  return {.bytes = media::flv_header(false) + head + flv_tone(seconds{3}), .hangs = true};
}

Play playlist(const std::string& address) {
  return bytes("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n" + address + "\n");
}

Play truncated() {
  const auto whole = flv_tone(seconds{3});
  return bytes(whole.substr(0, whole.size() - 100));
}

Play fragments() {
  return bytes(
      "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"piece.mp4\"\n#EXTINF:4,\npiece.mp4\n");
}

std::string mp4(bool is_encrypted) {
  return media::make_stream({.container = "mp4",
                             .length = seconds{3},
                             .movflags = "frag_every_frame+empty_moov+default_base_moof",
                             .is_encrypted = is_encrypted});
}

std::vector<BadInput> bad_inputs() {
  return {
      {"zero length", [] { return bytes(""); }, "empty"},
      {"truncated", truncated, "ended", milliseconds{2'700}},
      {"8-bit, 8 kHz", [] { return wav("pcm_u8", 8'000, 1); }, "ended", milliseconds{2'700}},
      {"5.1", [] { return wav("pcm_s16le", 48'000, 6); }, "ended", milliseconds{2'700}},
      {"µ-law, 8 kHz", [] { return wav("pcm_mulaw", 8'000, 1); }, "ended", milliseconds{2'700}},
      {"video only", pictures_alone, "video_only"},
      {"encrypted packets", scrambled, "encrypted"},
      {"encrypted pieces",
       [] {
         return bytes(
             "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:4,\n"
             "0.ts\n");
       },
       "encrypted"},
      {"an encrypted file", [] { return bytes(mp4(true)); }, "encrypted"},
      {"a file that is no stream", [] { return bytes(mp4(false)); }, "mp4"},
      {"encrypted fragments", fragments, "encrypted", Span{0}, [] { return mp4(true); }},
      {"a byte a second",
       [] { return Play{.bytes = std::string(200, 'F'), .each_byte = seconds{1}}; }, "slow"},
      {"HTML", [] { return bytes("<!doctype html><html>wait</html>"); }, "html"},
      {"an image", [] { return bytes("\x89PNG\r\n\x1A\n" + std::string(5'000, 'x')); }, "image"},
      {"a length of 16 MiB", huge_tag, "", milliseconds{2'700}},
      {"a playlist to the metadata service",
       [] { return playlist("http://169.254.169.254/latest/meta-data/"); }, "foreign_host"},
      {"a playlist to a file", [] { return playlist("file:///etc/passwd"); }, "forbidden_address"},
      {"noise", [] { return bytes(std::string(400'000, 'x')); }, "garbage"}};
}

class BadInputs : public Reader {
 protected:
  // The good live hears its nine seconds whatever the bad one does meanwhile.
  void check(const BadInput& input) {
    SCOPED_TRACE(input.name);
    rig.pages["/bad"] = input.play();
    rig.pages["/piece.mp4"].bytes = input.piece ? input.piece() : "";
    platform::FakeSource bad;
    bad.addresses.push_back(platform::StreamAddress{rig.base() + "/bad"});
    KeptSound heard;
    FakeJournal said;
    const auto tools = rig.tools(said);
    const ReaderTools bad_tools{tools.client, tools.guard, bad,         heard,     tools.blobs,
                                tools.pool,   said,        tools.clock, tools.log, tools.metrics};
    auto work = some_work();
    work.claim.live_id = "bad";
    LiveReader other{rig.io.get_executor(), bad_tools, work};
    rig.add({.bytes = flv_tone(seconds{9}), .hangs = true});
    start(some_work());
    work_task->spawn("bad", other.run());

    EXPECT_TRUE(rig.run_until([&] { return rig.sink.heard() >= seconds{8}; }));
    EXPECT_TRUE(rig.run_until([&] {
      const bool is_named = input.reason.empty() ||
                            (!said.states.empty() && said.states.back().second == input.reason);
      return is_named && heard.heard() >= input.heard;
    })) << "said: "
        << (said.states.empty() ? std::string{"nothing"} : said.states.back().second) << ", heard "
        << to_seconds(heard.heard());
    EXPECT_EQ(rig.journal.states.back().first, CaptureState::running);
    work_task->cancel();
    testing::run(rig.io, work_task->join());
  }
};

class EachBadInput : public BadInputs, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(EachBadInput, IsNamedOnItsLiveAndLeavesTheOthersAlone) {
  check(bad_inputs().at(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Lines, EachBadInput, ::testing::Range<std::size_t>(0, 18));

TEST(BadInputList, IsWholeInTheTestsAbove) {
  EXPECT_EQ(bad_inputs().size(), 18U);
}

}  // namespace
}  // namespace vigie::capture
