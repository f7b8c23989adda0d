// SPDX-License-Identifier: Apache-2.0
#include "media/aac.hpp"

#include <cstring>
#include <optional>

#include "media/libav.hpp"
#include "media/packet_decoder.hpp"
#include "media/pcm.hpp"

namespace vigie::media {
namespace {

class LibavAacDecoder final : public AacDecoder {
 public:
  explicit LibavAacDecoder(std::unique_ptr<libav::PacketDecoder> decoder)
      : decoder_{std::move(decoder)} {}

  Result<std::vector<float>> decode(std::string_view packet) override {
    return decoder_->decode(packet);
  }

 private:
  std::unique_ptr<libav::PacketDecoder> decoder_;
};

class LibavAacEncoder final : public AacEncoder {
 public:
  LibavAacEncoder(libav::CodecContext codec, libav::Swr resampler, libav::Frame frame,
                  libav::Packet packet)
      : codec_{std::move(codec)},
        resampler_{std::move(resampler)},
        frame_{std::move(frame)},
        packet_{std::move(packet)},
        config_(static_cast<const char*>(static_cast<const void*>(codec_->extradata)),
                static_cast<std::size_t>(codec_->extradata_size)) {}

  const std::string& config() const override { return config_; }

  Result<std::vector<std::string>> encode(const std::vector<float>& samples) override {
    auto resampled = resample(samples);
    if (!resampled) {
      return resampled.error();
    }
    std::vector<std::string> packets;
    const auto frame_size = static_cast<std::size_t>(codec_->frame_size);
    std::size_t done = 0;
    for (; pending_.size() - done >= frame_size; done += frame_size) {
      auto encoded = encode_frame(pending_.data() + done, packets);
      if (!encoded) {
        return encoded.error();
      }
    }
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(done));
    return packets;
  }

 private:
  Result<> resample(const std::vector<float>& samples) {
    const int given = static_cast<int>(samples.size());
    const int room = swr_get_out_samples(resampler_.get(), given);
    const auto before = pending_.size();
    pending_.resize(before + static_cast<std::size_t>(std::max(room, 0)));
    auto* target = static_cast<std::uint8_t*>(static_cast<void*>(pending_.data() + before));
    const auto* source = static_cast<const std::uint8_t*>(static_cast<const void*>(samples.data()));
    const int made = swr_convert(resampler_.get(), &target, room, &source, given);
    pending_.resize(before + static_cast<std::size_t>(std::max(made, 0)));
    if (made < 0) {
      return make_error(Errc::corrupt, "resampling: {}", libav::words(made));
    }
    return {};
  }

  Result<> encode_frame(const float* mono, std::vector<std::string>& packets) {
    int failed = av_frame_make_writable(frame_.get());
    const auto bytes = static_cast<std::size_t>(codec_->frame_size) * sizeof(float);
    for (int channel = 0; failed >= 0 && channel < codec_->ch_layout.nb_channels; ++channel) {
      std::memcpy(frame_->data[channel], mono, bytes);
    }
    if (failed >= 0) {
      frame_->pts = next_sample_;
      next_sample_ += codec_->frame_size;
      failed = avcodec_send_frame(codec_.get(), frame_.get());
    }
    while (failed >= 0) {
      failed = avcodec_receive_packet(codec_.get(), packet_.get());
      if (failed >= 0) {
        packets.emplace_back(static_cast<const char*>(static_cast<const void*>(packet_->data)),
                             static_cast<std::size_t>(packet_->size));
        av_packet_unref(packet_.get());
      }
    }
    if (failed != AVERROR(EAGAIN)) {
      return make_error(Errc::corrupt, "encoding AAC: {}", libav::words(failed));
    }
    return {};
  }

  libav::CodecContext codec_;
  libav::Swr resampler_;
  libav::Frame frame_;
  libav::Packet packet_;
  std::string config_;
  std::vector<float> pending_;
  std::int64_t next_sample_ = 0;
};

Result<libav::CodecContext> open_encoder(int output_rate, int channels, int bits_per_second) {
  const auto* codec = avcodec_find_encoder(AV_CODEC_ID_AAC);
  libav::CodecContext context{codec == nullptr ? nullptr : avcodec_alloc_context3(codec)};
  if (!context) {
    return make_error(Errc::unavailable, "this libav has no AAC encoder");
  }
  context->sample_fmt = AV_SAMPLE_FMT_FLTP;
  context->sample_rate = output_rate;
  context->bit_rate = bits_per_second;
  context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_channel_layout_default(&context->ch_layout, channels);
  const int failed = avcodec_open2(context.get(), codec, nullptr);
  if (failed < 0) {
    return make_error(Errc::invalid, "an AAC encoder for {} Hz, {} channels: {}", output_rate,
                      channels, libav::words(failed));
  }
  return context;
}

Result<libav::Swr> open_resampler(int output_rate) {
  AVChannelLayout mono{};
  av_channel_layout_default(&mono, 1);
  SwrContext* made = nullptr;
  int failed = swr_alloc_set_opts2(&made, &mono, AV_SAMPLE_FMT_FLT, output_rate, &mono,
                                   AV_SAMPLE_FMT_FLT, static_cast<int>(sample_rate), 0, nullptr);
  libav::Swr resampler{made};
  if (failed >= 0) {
    failed = swr_init(resampler.get());
  }
  if (failed < 0) {
    return make_error(Errc::invalid, "resampling to {} Hz: {}", output_rate, libav::words(failed));
  }
  return resampler;
}

// The fields of an AudioSpecificConfig that an ADTS header repeats (ISO 14496-3 §1.6.2.1).
struct Config {
  unsigned object_type;
  unsigned rate_index;
  unsigned channels;
};
std::optional<Config> parse_config(std::string_view config) {
  if (config.size() < 2) {
    return std::nullopt;
  }
  const auto first = static_cast<unsigned>(static_cast<unsigned char>(config[0]));
  const auto second = static_cast<unsigned>(static_cast<unsigned char>(config[1]));
  return Config{.object_type = first >> 3U,
                .rate_index = (first & 7U) << 1U | second >> 7U,
                .channels = second >> 3U & 15U};
}

}  // namespace

Result<std::unique_ptr<AacDecoder>> create_aac_decoder(std::string_view config) {
  constexpr std::size_t max_config = 4096;
  if (config.empty() || config.size() > max_config) {
    return make_error(Errc::corrupt, "an AudioSpecificConfig of {} bytes", config.size());
  }
  auto decoder = libav::PacketDecoder::open({.codec = AV_CODEC_ID_AAC, .extradata = config});
  if (!decoder) {
    return decoder.error().during("reading an AudioSpecificConfig");
  }
  return std::unique_ptr<AacDecoder>{std::make_unique<LibavAacDecoder>(std::move(*decoder))};
}

Result<std::unique_ptr<AacEncoder>> create_aac_encoder(int output_rate, int channels,
                                                       int bits_per_second) {
  libav::silence();
  auto codec = open_encoder(output_rate, channels, bits_per_second);
  if (!codec) {
    return codec.error();
  }
  auto resampler = open_resampler(output_rate);
  if (!resampler) {
    return resampler.error();
  }
  libav::Frame frame{av_frame_alloc()};
  libav::Packet packet{av_packet_alloc()};
  if (!frame || !packet) {
    return make_error(Errc::unavailable, "no memory for an AAC encoder");
  }
  frame->nb_samples = (*codec)->frame_size;
  frame->format = (*codec)->sample_fmt;
  frame->sample_rate = output_rate;
  if (av_channel_layout_copy(&frame->ch_layout, &(*codec)->ch_layout) < 0 ||
      av_frame_get_buffer(frame.get(), 0) < 0) {
    return make_error(Errc::unavailable, "no memory for an AAC encoder");
  }
  return std::unique_ptr<AacEncoder>{std::make_unique<LibavAacEncoder>(
      std::move(*codec), std::move(*resampler), std::move(frame), std::move(packet))};
}

Result<std::string> adts_frame(std::string_view config, std::string_view packet) {
  constexpr unsigned low_complexity = 2;
  constexpr unsigned spectral_band_replication = 5;
  constexpr unsigned parametric_stereo = 29;
  constexpr unsigned last_rate_index = 12;
  constexpr std::size_t header_size = 7;
  constexpr std::size_t max_frame = 8191;  // 13 bits
  const auto parsed = parse_config(config);
  // HE-AAC is AAC-LC at the rate named first; what it adds is found again in the packets.
  const bool fits = parsed && (parsed->object_type == low_complexity ||
                               parsed->object_type == spectral_band_replication ||
                               parsed->object_type == parametric_stereo);
  if (!fits || parsed->rate_index > last_rate_index || parsed->channels == 0 ||
      parsed->channels > 7) {
    return make_error(Errc::invalid, "only AAC-LC with a usual rate and channels fits in ADTS");
  }
  const auto size = header_size + packet.size();
  if (packet.empty() || size > max_frame) {
    return make_error(Errc::invalid, "an AAC packet of {} bytes does not fit in ADTS",
                      packet.size());
  }
  std::string out;
  out.reserve(size);
  const auto put = [&out](std::size_t byte) { out += static_cast<char>(byte & 0xFFU); };
  put(0xFF);
  put(0xF1);  // MPEG-4, no checksum
  put((low_complexity - 1) << 6U | parsed->rate_index << 2U | parsed->channels >> 2U);
  put((parsed->channels & 3U) << 6U | size >> 11U);
  put(size >> 3U);
  put((size & 7U) << 5U | 0x1FU);  // buffer fullness: 0x7FF, variable rate
  put(0xFC);
  out += packet;
  return out;
}

}  // namespace vigie::media
