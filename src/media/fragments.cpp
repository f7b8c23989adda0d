// SPDX-License-Identifier: Apache-2.0
#include "media/fragments.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "media/aac.hpp"
#include "media/libav.hpp"

namespace vigie::media {
namespace {

// What libav reads from: two stretches of memory, one after the other.
struct Source {
  std::string bytes;
  std::size_t at = 0;
};

int read_bytes(void* opaque, std::uint8_t* target, int size) {
  auto& source = *static_cast<Source*>(opaque);
  const auto count = std::min(source.bytes.size() - source.at, static_cast<std::size_t>(size));
  if (count == 0) {
    return AVERROR_EOF;
  }
  std::memcpy(target, source.bytes.data() + source.at, count);
  source.at += count;
  return static_cast<int>(count);
}

// Whatever a damaged file asks for, nothing else is opened.
int refuse_to_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EACCES);
}

class LibavFragmentReader final : public FragmentReader {
 public:
  Result<std::vector<Sound>> read(std::string_view init, std::string_view fragment) override {
    libav::silence();
    // The sample entry of encrypted sound (ISO 14496-12 §8.12).
    if (init.find("enca") != std::string_view::npos) {
      return make_error(Errc::denied, "it is encrypted");
    }
    Source source{std::string{init}, 0};
    source.bytes += fragment;
    constexpr int buffer_size = 32 * 1024;
    auto* buffer = static_cast<unsigned char*>(av_malloc(buffer_size));
    const libav::IoContext io{
        avio_alloc_context(buffer, buffer_size, 0, &source, read_bytes, nullptr, nullptr)};
    AVFormatContext* made = avformat_alloc_context();
    if (!io || made == nullptr) {
      avformat_free_context(made);
      return make_error(Errc::unavailable, "no memory");
    }
    made->pb = io.get();
    made->flags |= AVFMT_FLAG_CUSTOM_IO;
    made->protocol_whitelist = av_strdup("");
    made->io_open = refuse_to_open;
    made->max_streams = 64;
    const int failed =
        avformat_open_input(&made, "", av_find_input_format("mov"), nullptr);  // frees made
    if (failed < 0) {
      return make_error(Errc::corrupt, "a fragment that cannot be read: {}", libav::words(failed));
    }
    const libav::FormatContext format{made};
    return read_all(*format);
  }

 private:
  Result<std::vector<Sound>> read_all(AVFormatContext& format) {
    if (format.nb_streams == 0) {
      return make_error(Errc::corrupt, "a fragment of nothing");
    }
    const AVStream* stream = nullptr;
    for (unsigned index = 0; index < format.nb_streams && stream == nullptr; ++index) {
      const auto* candidate = format.streams[index];
      stream = candidate->codecpar->codec_type == AVMEDIA_TYPE_AUDIO ? candidate : nullptr;
    }
    if (stream == nullptr) {
      return make_error(Errc::invalid, "video_only");
    }
    const auto& parameters = *stream->codecpar;
    if (parameters.codec_id != AV_CODEC_ID_AAC || parameters.extradata_size <= 0) {
      return make_error(Errc::invalid, "codec");
    }
    if (auto ready = configure(
            std::string{static_cast<const char*>(static_cast<const void*>(parameters.extradata)),
                        static_cast<std::size_t>(parameters.extradata_size)});
        !ready) {
      return ready.error();
    }
    const libav::Packet packet{av_packet_alloc()};
    std::vector<Sound> out;
    while (packet && av_read_frame(&format, packet.get()) >= 0) {
      if (packet->stream_index == stream->index && packet->size > 0) {
        add(*packet, stream->time_base, out);
      }
      av_packet_unref(packet.get());
    }
    return out;
  }

  Result<> configure(std::string config) {
    if (decoder_ && config == config_) {
      return {};
    }
    auto decoder = create_aac_decoder(config);
    if (!decoder) {
      return decoder.error();
    }
    decoder_ = std::move(*decoder);
    config_ = std::move(config);
    format_ = std::make_shared<const SoundFormat>(SoundFormat{.codec = "aac-adts", .head = ""});
    return {};
  }

  void add(const AVPacket& packet, AVRational time_base, std::vector<Sound>& out) {
    const std::string_view bytes{static_cast<const char*>(static_cast<const void*>(packet.data)),
                                 static_cast<std::size_t>(packet.size)};
    auto samples = decoder_->decode(bytes);
    if (!samples) {
      return;
    }
    const auto at = packet.pts == AV_NOPTS_VALUE
                        ? 0
                        : av_rescale_q(packet.pts, time_base, AVRational{1, 1'000'000});
    Sound sound{Span{at}, std::move(*samples), nullptr, ""};
    if (auto frame = adts_frame(config_, bytes)) {
      sound.format = format_;
      sound.bytes = std::move(*frame);
    }
    out.push_back(std::move(sound));
  }

  std::unique_ptr<AacDecoder> decoder_;
  std::string config_;
  std::shared_ptr<const SoundFormat> format_;
};

}  // namespace

std::unique_ptr<FragmentReader> create_fragment_reader() {
  return std::make_unique<LibavFragmentReader>();
}

}  // namespace vigie::media
