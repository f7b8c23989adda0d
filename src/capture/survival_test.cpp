// SPDX-License-Identifier: Apache-2.0
// What streams do to us (requirements C12 and C19): whatever comes, the live goes on with the next
// good byte, time never runs back, and what cannot be heard has a reason. Real connections; only
// the waits are turned by hand.
#include "capture/reader_fixture.hpp"
#include "http/script_testing.hpp"
#include "media/stream_testing.hpp"

namespace vigie::capture {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class Survival : public Reader {
 protected:
  bool hears(Span length) {
    return rig.run_until([&] { return rig.sink.heard() >= length; });
  }

  // A second of the clock at a time, whenever somebody sleeps.
  template <class Predicate>
  bool comes_true(Predicate is_true) {
    return rig.run_until([&] {
      if (rig.clock.sleepers() > 0) {
        rig.clock.advance(seconds{1});
      }
      return is_true();
    });
  }

  bool is_set_aside_by(std::string_view reason) const {
    return !rig.journal.states.empty() && rig.journal.states.back().first == CaptureState::failed &&
           rig.journal.states.back().second == reason;
  }

  void expect_time_runs_on() {
    Span end = age;
    for (const auto& block : rig.sink.blocks) {
      EXPECT_GE(block.at + milliseconds{1}, end);
      end = block.at + media::duration_of(block.samples);
    }
  }
};

TEST_F(Survival, HearsOnBehindGarbageBetweenTags) {
  rig.add({.bytes = flv_tone(seconds{2}) + std::string(20'000, '\x5A') +
                    flv_tone(seconds{2}, seconds{2}),
           .hangs = true});
  start(some_work());

  ASSERT_TRUE(hears(milliseconds{3'700}));
  conclude();

  EXPECT_EQ(rig.connections, 1);
  EXPECT_GT(rig.metrics.counter("vigie_capture_dropped_bytes_total", "").value(), 19'000);
  EXPECT_TRUE(rig.journal.gaps.empty());
  expect_time_runs_on();
}

// C6: what could not be kept is not heard either; the hole says so, and it heals by itself.
TEST_F(Survival, PausesWhileTheDiskIsFull) {
  rig.add({.bytes = flv_tone(seconds{2}), .hangs = true});
  rig.add({.bytes = flv_tone(seconds{2}), .hangs = true});
  start(some_work());
  ASSERT_TRUE(hears(seconds{1}));
  rig.has_room = false;
  ASSERT_TRUE(comes_true(
      [&] { return !rig.journal.states.empty() && rig.journal.states.back().second == "disk"; }));
  EXPECT_EQ(rig.connections, 1) << "nobody is called for what cannot be kept";

  rig.has_room = true;
  ASSERT_TRUE(comes_true([&] { return rig.sink.heard() >= seconds{3}; }));
  conclude();

  ASSERT_FALSE(rig.journal.gaps.empty());
  EXPECT_EQ(rig.journal.gaps.front().reason, "disk");
  expect_time_runs_on();
}

TEST_F(Survival, PassesVideoOfAnyCodecUnread) {
  const auto sound = flv_tone(seconds{3});
  std::string bytes = media::flv_header(true);
  auto rest = std::string_view{sound}.substr(13);
  int picture = 0;
  while (!rest.empty()) {
    const std::size_t size =
        15 + (static_cast<std::size_t>(static_cast<unsigned char>(rest[1])) << 16U |
              static_cast<std::size_t>(static_cast<unsigned char>(rest[2])) << 8U |
              static_cast<unsigned char>(rest[3]));
    bytes += rest.substr(0, size);
    rest.remove_prefix(size);
    // AVC, HEVC as ByteDance marks it, and the enhanced form with a name of four letters.
    const std::string marks[] = {"\x17\x01", "\x1C\x01", "\x91hvc1"};
    bytes += media::flv_tag(media::FlvTag::video, milliseconds{40 * picture},
                            marks[picture % 3] + std::string(30'000, '\x08'));
    ++picture;
  }
  rig.add({.bytes = std::move(bytes), .hangs = true});
  start(some_work());

  ASSERT_TRUE(hears(milliseconds{2'800}));
  EXPECT_EQ(rig.metrics.counter("vigie_capture_dropped_bytes_total", "").value(), 0);
}

TEST_F(Survival, TakesTimestampsThatJumpAnHourForWhatTheyAre) {
  rig.add({.bytes = flv_tone(seconds{2}, hours{2}) + flv_tone(seconds{2}, hours{3}) +
                    flv_tone(seconds{2}, hours{2}) + flv_tone(seconds{2}),
           .hangs = true});
  start(some_work());

  ASSERT_TRUE(hears(milliseconds{7'700}));
  conclude();

  EXPECT_TRUE(rig.journal.gaps.empty());
  EXPECT_LT(rig.journal.heard_until, age + seconds{9});
  expect_time_runs_on();
}

TEST_F(Survival, FollowsTheHostThatMovesWithinFiveSeconds) {
  http::testing::Script elsewhere{
      {"HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\n\r\n" + flv_tone(seconds{12})},
      true,
      &rig.io};
  rig.add({.bytes = flv_tone(seconds{12})});
  rig.add_address(elsewhere.url("/moved.flv"));
  rig.guard = std::make_unique<http::AddressGuard>(
      std::vector<std::string>{rig.base(), elsewhere.url()}, std::vector<std::string>{});
  rig.client = http::create_client(rig.io.get_executor(), *rig.guard);
  start(some_work());

  ASSERT_TRUE(hears(seconds{23}));

  EXPECT_EQ(rig.source.resolved, 2);  // without a wait
  EXPECT_TRUE(rig.journal.gaps.empty());
  expect_time_runs_on();
}

TEST_F(Survival, FollowsRedirectsToItsOwnHostsOnly) {
  rig.pages["/sound"] = {.bytes = flv_tone(seconds{2}), .hangs = true};
  rig.add({.status = 302, .location = "/sound"});
  rig.source.addresses.clear();
  rig.add_address(rig.base() + "/0");
  rig.add_address(rig.base() + "/away");
  rig.pages["/away"] = {
      .status = 302,
      .location = "http://localhost:" + std::to_string(rig.server->port()) + "/sound"};
  start(some_work());
  ASSERT_TRUE(hears(milliseconds{1'700}));
  EXPECT_EQ(rig.asked["/sound"], 1);
  TearDown();
  work_task.reset();

  start(some_work());
  ASSERT_TRUE(rig.run_until([&] { return is_stalled_by("foreign_host"); }));
  EXPECT_EQ(rig.asked["/sound"], 1);
}

TEST_F(Survival, GoesAroundInRedirectsThreeTimes) {
  rig.add_address(rig.base() + "/round");
  rig.pages["/round"] = {.status = 302, .location = "/round"};
  start(some_work());

  ASSERT_TRUE(rig.run_until([&] { return is_stalled_by("redirects"); }));
  EXPECT_EQ(rig.asked["/round"], 4);
}

TEST_F(Survival, FindsAnExpiredAddressAndAFreshOneWithinFiveSeconds) {
  rig.add({.bytes = flv_tone(seconds{12})});
  rig.add({.status = 403});
  rig.add({.bytes = flv_tone(seconds{2}), .hangs = true});
  start(some_work());
  ASSERT_TRUE(rig.run_until([&] { return is_stalled_by("http_403") && rig.clock.sleepers() > 0; }));

  rig.clock.advance(seconds{2});
  ASSERT_TRUE(rig.run_until([&] { return rig.connections == 3; }));

  EXPECT_EQ(rig.source.resolved, 3);
  EXPECT_TRUE(hears(seconds{13}));
}

TEST_F(Survival, SaysOnceThatALiveHasNoMediaForMinutes) {
  rig.add({.status = 404});
  start(some_work());

  ASSERT_TRUE(comes_true([&] { return rig.connections >= 12; }));

  ASSERT_EQ(rig.journal.states.size(), 1U);
  EXPECT_EQ(rig.journal.states[0].first, CaptureState::stalled);
  EXPECT_EQ(rig.journal.states[0].second, "http_404");
  rig.plays[0] = {.bytes = flv_tone(seconds{2}), .hangs = true};
  EXPECT_TRUE(comes_true([&] { return rig.journal.states.back().first == CaptureState::running; }));
}

TEST_F(Survival, HearsAStreamThatIsMuteAtFirst) {
  std::string mute = media::flv_header(true);
  for (int picture = 0; picture < 60; ++picture) {
    mute +=
        media::flv_tag(media::FlvTag::video, milliseconds{40 * picture}, std::string(500, '\x17'));
  }
  rig.add({.bytes = mute + flv_tone(seconds{2}, seconds{3}), .hangs = true});
  start(some_work());

  EXPECT_TRUE(hears(milliseconds{1'700}));
}

TEST_F(Survival, LeavesAStreamOfOneByteASecond) {
  rig.add({.bytes = std::string(200, 'F'), .each_byte = seconds{1}});
  start(some_work());

  EXPECT_TRUE(rig.run_until([&] { return is_stalled_by("slow"); }));
}

TEST_F(Survival, ChangesTheContainerWithTheConnection) {
  for (const auto& wish : std::vector<media::StreamWish>{
           {.container = "adts", .length = seconds{11}},
           {.container = "mp3", .codec = "libmp3lame", .length = seconds{11}},
           {.container = "ogg", .codec = "libvorbis", .channels = 2, .length = seconds{11}},
           {.container = "wav", .codec = "pcm_u8", .rate = 8'000, .length = seconds{11}},
           {.container = "wav", .codec = "pcm_s16le", .channels = 6, .length = seconds{11}},
           {.container = "mpegts", .length = seconds{11}}}) {
    rig.add({.bytes = media::make_stream(wish)});
  }
  rig.add({.bytes = flv_tone(seconds{2}), .hangs = true});
  start(some_work());

  ASSERT_TRUE(hears(seconds{67}));
  conclude();

  expect_time_runs_on();
  std::map<std::string, Span> kept;
  for (const auto& piece : rig.journal.pieces) {
    kept[piece.codec] += piece.end - piece.start;
  }
  EXPECT_NEAR(to_seconds(kept["aac-adts"]), 24, 1);
  EXPECT_NEAR(to_seconds(kept["mp3"]), 11, 0.5);
  EXPECT_NEAR(to_seconds(kept["ogg"]), 11, 0.5);
  EXPECT_NEAR(to_seconds(kept["wav"]), 22, 0.5);
}

TEST_F(Survival, KeepsPiecesOfOtherCodecsThatPlayByThemselves) {
  rig.add({.bytes = media::make_stream(
               {.container = "ogg", .codec = "libvorbis", .channels = 2, .length = seconds{12}}),
           .hangs = true});
  start(some_work());
  ASSERT_TRUE(hears(seconds{10}));
  conclude();

  ASSERT_GE(rig.journal.pieces.size(), 2U);
  for (const auto& piece : rig.journal.pieces) {
    EXPECT_TRUE(piece.blob_key.ends_with(".ogg"));
    const auto& bytes = rig.blobs.kept.at(piece.blob_key);
    auto reader = media::create_sound_reader(media::recognise(bytes));
    ASSERT_TRUE(reader) << piece.blob_key;
    std::size_t samples = 0;
    for (const auto& sound : reader->feed(bytes)) {
      samples += sound.samples.size();
    }
    EXPECT_NEAR(to_seconds(media::duration_of(samples)), to_seconds(piece.end - piece.start), 0.2);
  }
}

struct Poison {
  std::string bytes;
  std::string reason;
};

std::vector<Poison> poisons() {
  std::string foreign = media::flv_header(false);
  for (int tag = 0; tag < 300; ++tag) {
    foreign +=
        media::flv_tag(media::FlvTag::audio, milliseconds{20 * tag}, std::string(100, '\x2F'));
  }
  // Packets of an AAC stream under a configuration that is not theirs.
  std::string undecodable = media::flv_header(false) + media::flv_audio_config("\x12\x10");
  for (int tag = 0; tag < 120; ++tag) {
    undecodable += media::flv_audio(milliseconds{23 * tag}, std::string(200, '\xFF'));
  }
  auto wav = media::make_stream({.container = "wav", .codec = "pcm_s16le"});
  wav[22] = '\0';  // no channels
  return {{foreign, "codec"},
          {undecodable, "corrupt"},
          {wav, "corrupt"},
          {media::make_stream({.container = "ogg", .codec = "flac"}), "codec"},
          {media::make_stream({.container = "mpegts", .codec = "ac3", .rate = 48'000}), "codec"},
          {"\x89PNG\r\n\x1A\n" + std::string(5'000, 'x'), "image"},
          {std::string(400'000, 'x'), "garbage"},
          {media::make_stream(
               {.container = "mp4", .movflags = "frag_every_frame+empty_moov+default_base_moof"}),
           "mp4"}};
}

TEST_F(Survival, SetsAsideWhatCannotBeDecodedAfterThreeAttempts) {
  for (const auto& poison : poisons()) {
    ReaderRig fresh;
    fresh.add({.bytes = poison.bytes});
    LiveReader reader{fresh.io.get_executor(), fresh.tools(fresh.journal), some_work()};
    TaskGroup task{fresh.io.get_executor(),
                   [](const std::string&, const std::exception_ptr&) { ADD_FAILURE(); }};
    task.spawn("reader", reader.run());

    const auto failed = [&] {
      if (fresh.clock.sleepers() > 0) {
        fresh.clock.advance(seconds{1});
      }
      return reader.is_set_aside();
    };
    EXPECT_TRUE(fresh.run_until(failed)) << poison.reason;

    EXPECT_EQ(fresh.connections, 3) << poison.reason;
    EXPECT_EQ(fresh.journal.states.back().second, poison.reason);
    EXPECT_TRUE(fresh.sink.blocks.empty());
    task.cancel();
    testing::run(fresh.io, task.join());
  }
}

TEST_F(Survival, TriesASetAsideLiveAgainNowAndThen) {
  rig.add({.bytes = "\x89PNG\r\n\x1A\n" + std::string(5'000, 'x')});
  start(some_work());
  ASSERT_TRUE(comes_true([&] { return is_set_aside_by("image"); }));
  rig.plays[0] = {.bytes = flv_tone(seconds{2}), .hangs = true};
  const Span before = rig.clock.steady();

  ASSERT_TRUE(comes_true([&] { return rig.journal.states.back().first == CaptureState::running; }));

  EXPECT_GE(rig.clock.steady() - before, Span{minutes{4}});
  EXPECT_FALSE(reader->is_set_aside());
}

TEST_F(Survival, NamesWhatMayPassWithoutGivingUp) {
  rig.add({.bytes = "<!doctype html><html>please wait</html>"});
  rig.add({.bytes = ""});
  rig.add({.status = 503});
  start(some_work());

  for (const auto* reason : {"html", "empty", "http_503"}) {
    EXPECT_TRUE(comes_true([&] { return is_stalled_by(reason); })) << reason;
  }
}

TEST_F(Survival, IsTruncatedInTheMiddleOfATag) {
  const auto whole = flv_tone(seconds{3});
  rig.add({.bytes = whole.substr(0, whole.size() - 100)});
  rig.add({.bytes = flv_tone(seconds{3}), .hangs = true});
  start(some_work());
  ASSERT_TRUE(rig.run_until([&] { return is_stalled_by("ended") && rig.clock.sleepers() > 0; }));
  rig.clock.advance(seconds{2});

  EXPECT_TRUE(hears(milliseconds{5'700}));
}

TEST_F(Survival, ReadsOnThoughTheAnswerClaimsToBeHuge) {
  http::testing::Script huge{
      {"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n" + flv_tone(seconds{2})},
      false,
      &rig.io};
  rig.add_address(huge.url("/x.flv"));
  rig.guard = std::make_unique<http::AddressGuard>(std::vector<std::string>{huge.url()},
                                                   std::vector<std::string>{});
  rig.client = http::create_client(rig.io.get_executor(), *rig.guard);
  start(some_work());

  EXPECT_TRUE(hears(milliseconds{1'700}));
}

TEST_F(Survival, RefusesAPieceThatClaimsToBeHuge) {
  http::testing::Script huge{
      {"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\nG"}, false, &rig.io};
  rig.guard = std::make_unique<http::AddressGuard>(std::vector<std::string>{rig.base(), huge.url()},
                                                   std::vector<std::string>{});
  rig.client = http::create_client(rig.io.get_executor(), *rig.guard);
  const FetchTools fetch_tools{*rig.client, *rig.guard, rig.source, rig.clock, milliseconds{5'000}};

  const auto bytes =
      testing::run(rig.io, fetch(fetch_tools, *stream_url(huge.url("/1.ts")), 32U << 20U));

  ASSERT_TRUE(bytes.has_error());
  EXPECT_EQ(bytes.error().detail, "too_large");
}

TEST_F(Survival, LeavesTheOtherLivesAlone) {
  rig.add({.bytes = flv_tone(seconds{9}), .hangs = true});
  start(some_work());
  platform::FakeSource bad;
  bad.addresses.push_back(platform::StreamAddress{rig.base() + "/poison"});
  rig.pages["/poison"] = {.bytes = "\x89PNG\r\n\x1A\n" + std::string(5'000, 'x')};
  FakeJournal other_journal;
  auto tools = rig.tools(other_journal);
  const ReaderTools other_tools{tools.client, tools.guard,  bad,           tools.sink,
                                tools.blobs,  tools.pool,   other_journal, tools.clock,
                                tools.log,    tools.metrics};
  auto work = some_work();
  work.claim.live_id = "other";
  LiveReader other{rig.io.get_executor(), other_tools, work};
  work_task->spawn("other", other.run());

  ASSERT_TRUE(hears(seconds{8}));
  ASSERT_TRUE(comes_true([&] { return other.is_set_aside(); }));
  EXPECT_FALSE(reader->is_set_aside());
  work_task->cancel();
  testing::run(rig.io, work_task->join());
}

}  // namespace
}  // namespace vigie::capture
