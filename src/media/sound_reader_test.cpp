// SPDX-License-Identifier: Apache-2.0
#include "media/sound_reader.hpp"

#include <algorithm>

#include "media/aac.hpp"
#include "media/flv.hpp"
#include "media/fragments.hpp"
#include "media/pcm.hpp"
#include "media/stream_testing.hpp"

namespace vigie::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Heard {
  Span length{0};
  float loudest = 0;
  std::string kept;
  std::size_t formats = 0;
  bool is_ordered = true;
  std::string_view trouble;
  std::uint64_t dropped = 0;
};

Heard listen(SoundReader& reader, std::string_view bytes, std::size_t step = 1460) {
  Heard heard;
  std::size_t samples = 0;
  const SoundFormat* format = nullptr;
  Span last{-1};
  const auto take = [&](const std::vector<Sound>& sounds) {
    for (const auto& sound : sounds) {
      heard.is_ordered = heard.is_ordered && sound.timestamp > last;
      last = sound.timestamp;
      samples += sound.samples.size();
      for (const float sample : sound.samples) {
        heard.loudest = std::max(heard.loudest, std::abs(sample));
      }
      if (sound.format && sound.format.get() != format) {
        format = sound.format.get();
        ++heard.formats;
        heard.kept += format->head;
      }
      heard.kept += sound.bytes;
    }
  };
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
    take(reader.feed(bytes.substr(0, step)));
  }
  take(reader.flush());
  heard.length = duration_of(samples);
  heard.trouble = reader.trouble();
  heard.dropped = reader.dropped_bytes();
  return heard;
}

Heard listen_to(std::string_view bytes) {
  auto reader = create_sound_reader(recognise(bytes.substr(0, recognised_within)));
  return reader ? listen(*reader, bytes) : Heard{};
}

TEST(SoundReaders, HearEveryContainerAndCodecOfDirectStreams) {
  const std::vector<StreamWish> wishes{
      {.container = "adts", .codec = "aac"},
      {.container = "adts", .codec = "aac", .rate = 8'000},
      {.container = "adts", .codec = "aac", .rate = 48'000, .channels = 6},
      {.container = "mp3", .codec = "libmp3lame"},
      {.container = "mp3", .codec = "libmp3lame", .rate = 22'050, .channels = 2},
      {.container = "mp2", .codec = "mp2", .channels = 2},
      {.container = "ogg", .codec = "libvorbis", .channels = 2},
      {.container = "ogg", .codec = "libopus", .rate = 48'000},
      {.container = "wav", .codec = "pcm_u8", .rate = 8'000},
      {.container = "wav", .codec = "pcm_s16le", .channels = 6},
      {.container = "wav", .codec = "pcm_s24le"},
      {.container = "wav", .codec = "pcm_alaw", .rate = 8'000},
      {.container = "mpegts", .codec = "aac"},
      {.container = "mpegts", .codec = "libmp3lame", .channels = 2},
      {.container = "flv", .codec = "aac", .channels = 2},
  };
  for (const auto& wish : wishes) {
    const auto name =
        fmt::format("{} {} {} Hz {}", wish.container, wish.codec, wish.rate, wish.channels);
    const auto bytes = make_stream(wish);
    ASSERT_FALSE(bytes.empty());

    const auto heard = listen_to(bytes);

    EXPECT_NEAR(to_seconds(heard.length), 3, 0.2) << name;
    EXPECT_GT(heard.loudest, 0.2F) << name;
    EXPECT_LE(heard.loudest, 1.0F) << name;
    EXPECT_TRUE(heard.is_ordered) << name;
    EXPECT_EQ(heard.formats, 1U) << name;
    EXPECT_EQ(heard.trouble, "") << name;
    EXPECT_LT(heard.dropped, 200U) << name;
  }
}

TEST(SoundReaders, KeepWhatPlaysByItself) {
  for (const auto& wish :
       std::vector<StreamWish>{{.container = "mp3", .codec = "libmp3lame"},
                               {.container = "ogg", .codec = "libvorbis"},
                               {.container = "ogg", .codec = "libopus", .rate = 48'000},
                               {.container = "wav", .codec = "pcm_s16le"},
                               {.container = "mpegts", .codec = "aac"},
                               {.container = "flv", .codec = "aac"}}) {
    const auto first = listen_to(make_stream(wish));

    const auto again = listen_to(first.kept);

    EXPECT_NEAR(to_seconds(again.length), to_seconds(first.length), 0.1) << wish.container;
  }
}

TEST(SoundReaders, GiveTheSameHoweverTheBytesAreSplit) {
  for (const auto* container : {"adts", "mpegts"}) {
    const auto bytes = make_stream({.container = container, .length = seconds{1}});
    auto whole = create_sound_reader(recognise(bytes));
    auto single = create_sound_reader(recognise(bytes));

    EXPECT_EQ(listen(*whole, bytes, bytes.size()).kept, listen(*single, bytes, 1).kept);
  }
}

TEST(SoundReaders, TakeAStreamUpInTheMiddleAndAfterGarbage) {
  for (const auto& wish : std::vector<StreamWish>{{.container = "adts"},
                                                  {.container = "mp3", .codec = "libmp3lame"},
                                                  {.container = "mpegts"}}) {
    const auto bytes = make_stream(wish);
    const auto middle = bytes.substr(bytes.size() / 3, bytes.size() / 3) + std::string(5'000, 'x') +
                        bytes.substr(bytes.size() / 3 * 2);

    const auto heard = listen_to(middle);

    EXPECT_GT(heard.length, milliseconds{1'700}) << wish.container;
    EXPECT_GT(heard.dropped, 4'000U) << wish.container;
  }
}

TEST(SoundReaders, HearTheNextSongOfAnOggProgramme) {
  const auto one = make_stream({.container = "ogg", .codec = "libvorbis", .channels = 2});
  const auto two = make_stream({.container = "ogg", .codec = "libopus", .rate = 48'000});

  const auto heard = listen_to(one + two + one);

  EXPECT_NEAR(to_seconds(heard.length), 9, 0.4);
  EXPECT_EQ(heard.formats, 3U);
}

TEST(SoundReaders, HearHighEfficiencyAacSignalledInTheConfiguration) {
  // AAC-LC at 22,050 Hz under a configuration that announces spectral band replication to 44,100:
  // object type 5, rate index 7, one channel, extension index 4, object type 2.
  const std::string config{"\x2B\x8A\x08\x00", 4};
  auto encoder = create_aac_encoder(22'050).value();
  std::vector<float> tone(static_cast<std::size_t>(sample_rate) * 2);
  for (std::size_t at = 0; at < tone.size(); ++at) {
    tone[at] = 0.5F * static_cast<float>(std::sin(0.17 * static_cast<double>(at)));
  }
  auto bytes = flv_header(false) + flv_audio_config(config);
  Span at{0};
  for (const auto& packet : encoder->encode(tone).value()) {
    bytes += flv_audio(at, packet);
    at += Span{1024 * 1'000'000LL / 22'050};
  }

  const auto heard = listen_to(bytes);

  EXPECT_NEAR(to_seconds(heard.length), 2, 0.2);
  EXPECT_GT(heard.loudest, 0.3F);
  EXPECT_NEAR(to_seconds(listen_to(heard.kept).length), 2, 0.2);
}

TEST(SoundReaders, SayWhyNothingIsHeard) {
  const auto unread = make_stream({.container = "mpegts", .codec = "ac3", .rate = 48'000});
  EXPECT_EQ(listen_to(unread).trouble, "codec");

  const auto flac = make_stream({.container = "ogg", .codec = "flac"});
  EXPECT_EQ(listen_to(flac).trouble, "codec");

  std::string mute = flv_header(true);
  for (int picture = 0; picture < 150; ++picture) {
    mute += flv_tag(FlvTag::video, milliseconds{40 * picture}, std::string(300, '\x17'));
  }
  EXPECT_EQ(listen_to(mute).trouble, "video_only");

  std::string foreign = flv_header(false);
  for (int tag = 0; tag < 300; ++tag) {
    foreign += flv_tag(FlvTag::audio, milliseconds{20 * tag}, std::string(100, '\x2F'));  // MP3
  }
  EXPECT_EQ(listen_to(foreign).trouble, "codec");

  auto scrambled = make_stream({.container = "mpegts"});
  for (std::size_t packet = 0; packet < scrambled.size(); packet += 188) {
    const auto pid = (static_cast<unsigned char>(scrambled[packet + 1]) & 0x1FU) << 8U |
                     static_cast<unsigned char>(scrambled[packet + 2]);
    if (pid == 0x100) {
      scrambled[packet + 3] = static_cast<char>(scrambled[packet + 3] | 0x80);
    }
  }
  EXPECT_EQ(listen_to(scrambled).trouble, "encrypted");

  auto damaged = make_stream({.container = "wav", .codec = "pcm_s16le"});
  damaged[22] = '\0';  // channels
  EXPECT_EQ(listen_to(damaged).trouble, "corrupt");
}

TEST(SoundReaders, HoldLittleOfATagThatClaimsToBeHuge) {
  const auto bytes = make_stream({.container = "mp3", .codec = "libmp3lame"});
  const std::string lie = "ID3\x03" + std::string(2, '\0') + "\x7F\x7F\x7F\x7F";  // 256 MB

  const auto heard = listen_to(bytes.substr(0, 4'000) + lie + bytes);

  EXPECT_GT(heard.length, seconds{2});
}

TEST(Recognition, TellsWhatIsNoSound) {
  EXPECT_EQ(recognise(""), Container::undecided);
  EXPECT_EQ(recognise("FLV"), Container::undecided);
  EXPECT_EQ(recognise("\xEF\xBB\xBF#EXTM3U\n#EXT-X-VERSION:3\n"), Container::hls);
  EXPECT_EQ(recognise("  \n<!DOCTYPE html><html>"), Container::html);
  EXPECT_EQ(recognise("\x89PNG\r\n\x1A\n............"), Container::image);
  EXPECT_EQ(recognise(std::string{"\xFF\xD8\xFF\xE0\0\x10JFIF\0\0\0", 14}), Container::image);
  EXPECT_EQ(recognise(std::string(recognised_within, 'x')), Container::unknown);
  EXPECT_EQ(recognise(std::string(100, 'x')), Container::undecided);
  EXPECT_EQ(recognise(std::string{"\0\0\0\x18"
                                  "ftypiso5\0\0\0\0",
                                  16}),
            Container::mp4);
  EXPECT_EQ(create_sound_reader(Container::html), nullptr);
}

// Frames of silence take a few bytes: several of them, whole, lie in one packet.
TEST(Recognition, TakesATransportStreamOfQuietSoundForWhatItIs) {
  const auto quiet = make_stream({.container = "mpegts", .hertz = 0});
  const auto whole = listen_to(make_stream({.container = "mpegts"}));

  EXPECT_EQ(recognise(quiet.substr(0, recognised_within)), Container::mpeg_ts);
  EXPECT_EQ(recognise(quiet.substr(0, 700)), Container::mpeg_ts);
  EXPECT_EQ(recognise(quiet.substr(100, recognised_within)), Container::mpeg_ts);
  const auto heard = listen_to(quiet);
  EXPECT_EQ(heard.length, whole.length);
  EXPECT_EQ(heard.dropped, whole.dropped);
}

TEST(Fragments, AreHeardAfterTheirInitSection) {
  const auto bytes = make_stream(
      {.container = "mp4", .movflags = "frag_every_frame+empty_moov+default_base_moof"});
  const auto split = bytes.find("moof") - 4;
  const auto init = bytes.substr(0, split);
  auto reader = create_fragment_reader();

  const auto sounds = reader->read(init, bytes.substr(split));

  ASSERT_TRUE(sounds) << sounds.error().what;
  std::size_t samples = 0;
  for (const auto& sound : *sounds) {
    samples += sound.samples.size();
    EXPECT_TRUE(sound.format);
  }
  EXPECT_NEAR(to_seconds(duration_of(samples)), 3, 0.2);
  EXPECT_NEAR(to_seconds(sounds->at(10).timestamp - sounds->at(9).timestamp), 0.02322, 1e-5);
}

TEST(Fragments, SayWhyNothingIsHeard) {
  auto reader = create_fragment_reader();
  const auto bytes = make_stream(
      {.container = "mp4", .movflags = "frag_every_frame+empty_moov+default_base_moof"});
  const auto split = bytes.find("moof") - 4;
  const auto secret = make_stream({.container = "mp4",
                                   .movflags = "frag_every_frame+empty_moov+default_base_moof",
                                   .is_encrypted = true});
  const auto middle = secret.find("moof") - 4;

  EXPECT_EQ(reader->read(secret.substr(0, middle), secret.substr(middle)).error().code,
            Errc::denied);
  EXPECT_TRUE(is_encrypted_mp4(secret));
  EXPECT_FALSE(is_encrypted_mp4(bytes.substr(0, split)));
  EXPECT_EQ(reader->read("", "").error().code, Errc::corrupt);
  EXPECT_EQ(reader->read("", std::string(5'000, 'x')).error().code, Errc::corrupt);
}

}  // namespace
}  // namespace vigie::media
