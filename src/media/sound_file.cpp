// SPDX-License-Identifier: Apache-2.0
#include "media/sound_file.hpp"

#include <array>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "media/libav.hpp"
#include "media/pcm.hpp"

namespace vigie::media {
namespace {

// The containers of sound and video files. Lists, playlists and devices (hls, concat, sdp, image2…)
// are not among them: they would make libav open other files and addresses.
constexpr const char* containers =
    "wav,w64,mp3,flac,ogg,mov,matroska,aac,flv,live_flv,mpegts,mpeg,avi,aiff,au,amr,amrnb,amrwb,"
    "caf,"
    "asf,ac3,eac3,dts,tta,wv,ape,mpc,mpc8,rm,ivf,voc,loas";

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

int read_bytes(void* opaque, std::uint8_t* target, int size) {
  auto* file = static_cast<std::FILE*>(opaque);
  const auto got = std::fread(target, 1, static_cast<std::size_t>(size), file);
  if (got > 0) {
    return static_cast<int>(got);
  }
  return std::ferror(file) != 0 ? AVERROR(EIO) : AVERROR_EOF;
}

std::int64_t seek_to(void* opaque, std::int64_t offset, int whence) {
  auto* file = static_cast<std::FILE*>(opaque);
  if (whence == AVSEEK_SIZE) {
    const auto here = ftello(file);
    if (here < 0 || fseeko(file, 0, SEEK_END) != 0) {
      return AVERROR(EIO);
    }
    const auto size = ftello(file);
    return fseeko(file, here, SEEK_SET) == 0 ? size : std::int64_t{AVERROR(EIO)};
  }
  constexpr int whence_bits = 3;  // the others are libav's flags
  if (fseeko(file, offset, whence & whence_bits) != 0) {
    return AVERROR(EIO);
  }
  return ftello(file);
}

// A format that would open something else gets nothing, whatever its demuxer wants.
int refuse_to_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EACCES);
}

struct Opened {  // each part is used by the next
  File file;
  libav::IoContext io;
  libav::FormatContext format;
  libav::CodecContext codec;
  int stream = -1;
  double missing_share = 0;  // of what it says it holds, as far as that is known beforehand
};

class LibavSoundFile final : public SoundFile {
 public:
  LibavSoundFile(Opened opened, libav::Packet packet, libav::Frame frame)
      : opened_{std::move(opened)}, packet_{std::move(packet)}, frame_{std::move(frame)} {}

  Result<std::vector<float>> read() override {
    std::vector<float> samples;
    constexpr std::size_t half_a_second = sample_rate / 2;
    while (!ended_ && samples.size() < half_a_second) {
      read_packet(samples);
    }
    has_given_ = has_given_ || !samples.empty();
    if (ended_ && !has_given_) {
      return make_error(Errc::corrupt,
                        "nothing in it can be decoded as sound; cure: play it to see what it is");
    }
    return samples;
  }

  std::optional<Span> duration() const override {
    const auto micros = opened_.format->duration;
    // From the rate of bits, which a compressed file changes as it likes.
    const bool is_guessed =
        opened_.format->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE &&
        std::string_view{opened_.format->iformat->name} != "wav";
    if (micros == AV_NOPTS_VALUE || micros <= 0 || is_guessed) {
      return std::nullopt;
    }
    // AV_TIME_BASE is a microsecond.
    return Span{
        static_cast<std::int64_t>(static_cast<double>(micros) / (1 - opened_.missing_share))};
  }

 private:
  void read_packet(std::vector<float>& samples) {
    const int got = av_read_frame(opened_.format.get(), packet_.get());
    if (got < 0) {
      ended_ = true;
      libav::decode(*opened_.codec, nullptr, *frame_, mono_, samples);
      static_cast<void>(mono_.finish(samples));
      return;
    }
    if (packet_->stream_index == opened_.stream) {
      // A packet that cannot be decoded is passed over: what follows may be sound again.
      libav::decode(*opened_.codec, packet_.get(), *frame_, mono_, samples);
    }
    av_packet_unref(packet_.get());
  }

  Opened opened_;
  libav::Packet packet_;
  libav::Frame frame_;
  libav::ToMono16k mono_;
  bool ended_ = false;
  bool has_given_ = false;
};

Result<File> open_local(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    return make_error(Errc::not_found, "there is no such file; cure: check its name");
  }
  if (std::filesystem::is_directory(status)) {
    return make_error(Errc::invalid, "it is a folder; cure: name the files in it");
  }
  if (!std::filesystem::is_regular_file(status)) {
    return make_error(Errc::invalid,
                      "it is not an ordinary file; cure: copy what it gives into one");
  }
  File file{std::fopen(path.c_str(), "rbe")};
  if (!file) {
    return make_error(Errc::denied, "it may not be read; cure: chmod +r");
  }
  if (std::filesystem::file_size(path, error) == 0) {
    return make_error(Errc::corrupt, "it is empty; cure: copy or record it again");
  }
  return file;
}

// libav believes the length of a WAV file that was cut short, not what its head says.
double missing_share(std::FILE* file, std::uint64_t size) {
  constexpr std::uint64_t endless = 0x7FFF'0000;  // written by who did not know
  std::array<unsigned char, 12> head{};
  const auto got = std::fread(head.data(), 1, head.size(), file);
  std::rewind(file);
  if (got < head.size() || std::memcmp(head.data(), "RIFF", 4) != 0 ||
      std::memcmp(&head[8], "WAVE", 4) != 0) {
    return 0;
  }
  std::uint64_t claimed = 8;
  for (unsigned i = 0; i < 4; ++i) {
    claimed += std::uint64_t{head[4 + i]} << (8 * i);
  }
  return claimed >= endless || claimed <= size
             ? 0
             : static_cast<double>(claimed - size) / static_cast<double>(claimed);
}

// What the first bytes say the file is, whatever its name says.
Result<const AVInputFormat*> recognise(AVIOContext& io) {
  const AVInputFormat* format = nullptr;
  constexpr unsigned max_probe = 1U << 20U;
  const int score = av_probe_input_buffer2(&io, &format, "", nullptr, 0, max_probe);
  if (score < 0 || format == nullptr) {
    return make_error(
        Errc::corrupt,
        "it is not a sound or video file of a known kind; cure: play it to see what it is");
  }
  const std::string_view name = format->name;
  if (av_match_list(format->name, containers, ',') != 0) {
    return format;
  }
  if (name.ends_with("_pipe") || name == "image2" || name == "gif" || name == "apng") {
    return make_error(Errc::invalid,
                      "it is an image, not a sound; cure: give the sound or the video itself");
  }
  return make_error(
      Errc::invalid,
      "it is not a sound or video file (it looks like {}); cure: give the sound itself", name);
}

Result<> open_container(Opened& opened) {
  constexpr int buffer_size = 64 * 1024;
  auto* buffer = static_cast<unsigned char*>(av_malloc(buffer_size));
  opened.io.reset(
      avio_alloc_context(buffer, buffer_size, 0, opened.file.get(), read_bytes, nullptr, seek_to));
  AVFormatContext* made = avformat_alloc_context();
  if (!opened.io || made == nullptr) {
    avformat_free_context(made);
    return make_error(Errc::unavailable, "no memory");
  }
  const auto format = recognise(*opened.io);
  if (!format) {
    avformat_free_context(made);
    return format.error();
  }
  made->pb = opened.io.get();
  made->flags |= AVFMT_FLAG_CUSTOM_IO;
  made->format_whitelist = av_strdup(containers);
  made->protocol_whitelist = av_strdup("");
  made->io_open = refuse_to_open;
  made->max_streams = 64;
  int failed = avformat_open_input(&made, "", *format, nullptr);  // frees made when it fails
  if (failed >= 0) {
    opened.format.reset(made);
    failed = avformat_find_stream_info(made, nullptr);
  }
  if (failed < 0) {
    return make_error(Errc::corrupt,
                      "it is damaged or cut short: {}; cure: copy or record it again",
                      libav::words(failed));
  }
  return {};
}

Result<> open_sound(Opened& opened) {
  const AVCodec* codec = nullptr;
  const int found = av_find_best_stream(opened.format.get(), AVMEDIA_TYPE_AUDIO, -1, -1, &codec, 0);
  if (found == AVERROR_DECODER_NOT_FOUND) {
    return make_error(
        Errc::invalid,
        "its sound is of a kind this libav cannot decode; cure: convert it to WAV or FLAC");
  }
  if (found < 0) {
    return make_error(Errc::invalid,
                      "there is no sound in it; cure: give a file that has a track of sound");
  }
  for (unsigned index = 0; index < opened.format->nb_streams; ++index) {
    opened.format->streams[index]->discard =
        static_cast<int>(index) == found ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  const auto* stream = opened.format->streams[found];
  if (av_stream_get_side_data(stream, AV_PKT_DATA_ENCRYPTION_INIT_INFO, nullptr) != nullptr) {
    return make_error(Errc::invalid, "it is encrypted; cure: decrypt it first");
  }
  opened.stream = found;
  opened.codec.reset(avcodec_alloc_context3(codec));
  if (!opened.codec) {
    return make_error(Errc::unavailable, "no memory");
  }
  int failed = avcodec_parameters_to_context(opened.codec.get(), stream->codecpar);
  if (failed >= 0) {
    opened.codec->thread_count = 1;
    opened.codec->pkt_timebase = stream->time_base;
    failed = avcodec_open2(opened.codec.get(), codec, nullptr);
  }
  if (failed < 0) {
    return make_error(Errc::corrupt,
                      "its sound cannot be decoded: {}; cure: convert it to WAV or FLAC",
                      libav::words(failed));
  }
  return {};
}

Result<std::unique_ptr<SoundFile>> open_all(const std::string& path) {
  auto file = open_local(path);
  if (!file) {
    return file.error();
  }
  std::error_code ignored;
  const auto missing = missing_share(file->get(), std::filesystem::file_size(path, ignored));
  Opened opened{.file = std::move(*file),
                .io = {},
                .format = {},
                .codec = {},
                .stream = -1,
                .missing_share = missing};
  auto ready = open_container(opened);
  if (ready) {
    ready = open_sound(opened);
  }
  libav::Packet packet{av_packet_alloc()};
  libav::Frame frame{av_frame_alloc()};
  if (ready && (!packet || !frame)) {
    ready = make_error(Errc::unavailable, "no memory");
  }
  if (!ready) {
    return ready.error();
  }
  return std::unique_ptr<SoundFile>{
      std::make_unique<LibavSoundFile>(std::move(opened), std::move(packet), std::move(frame))};
}

}  // namespace

Result<std::string> decoders() {
  try {
    std::string words;
    for (const auto& [name, version] : {std::pair{"libavformat", avformat_version()},
                                        {"libavcodec", avcodec_version()},
                                        {"libswresample", swresample_version()},
                                        {"libavutil", avutil_version()}}) {
      words +=
          fmt::format("{}{} {}.{}.{}", words.empty() ? "" : ", ", name, AV_VERSION_MAJOR(version),
                      AV_VERSION_MINOR(version), AV_VERSION_MICRO(version));
    }
    return words;
  } catch (const std::runtime_error& missing) {
    return make_error(Errc::unavailable, "{}", missing.what());
  }
}

Result<std::unique_ptr<SoundFile>> open_sound_file(const std::string& path) {
  libav::silence();
  auto opened = open_all(path);
  if (!opened) {
    return opened.error().during("opening the sound file " + path);
  }
  return opened;
}

Result<std::vector<float>> read_sound_file(const std::string& path) {
  auto file = open_sound_file(path);
  if (!file) {
    return file.error();
  }
  std::vector<float> all;
  while (true) {
    const auto samples = (*file)->read();
    if (!samples) {
      return samples.error().during("reading the sound file " + path);
    }
    if (samples->empty()) {
      return all;
    }
    all.insert(all.end(), samples->begin(), samples->end());
  }
}

}  // namespace vigie::media
