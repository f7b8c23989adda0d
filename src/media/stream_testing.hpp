// SPDX-License-Identifier: Apache-2.0
// For tests: a tone in any container and codec that libav writes, as bytes in memory.
#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "media/libav.hpp"

namespace vigie::media {

struct StreamWish {
  std::string container = "adts";  // libav's name: adts, mp3, ogg, mpegts, mp4, wav …
  std::string codec = "aac";       // libav's encoder: aac, libmp3lame, libvorbis, libopus, pcm_u8 …
  int rate = 44'100;
  int channels = 1;
  Span length{std::chrono::seconds{3}};
  std::string movflags{};     // of mp4
  bool is_encrypted = false;  // likewise, by the common scheme (ISO 23001-7)
  double hertz = 440;
};

class StreamMaker {
 public:
  // Empty, with a failure of the test, when this libav cannot make it.
  static std::string make(const StreamWish& wish) {
    StreamMaker maker{wish};
    if (!maker.open()) {
      ADD_FAILURE() << "this libav makes no " << wish.container << " of " << wish.codec;
      return {};
    }
    maker.write_all();
    return std::move(maker.bytes_);
  }

 private:
  explicit StreamMaker(const StreamWish& wish) : wish_{wish} {}

  static int keep(void* opaque, std::uint8_t* data, int size) {
    auto& maker = *static_cast<StreamMaker*>(opaque);
    const auto* bytes = static_cast<const char*>(static_cast<const void*>(data));
    maker.bytes_.append(bytes, static_cast<std::size_t>(size));
    return size;
  }

  bool open() {
    libav::silence();
    const auto* codec = avcodec_find_encoder_by_name(wish_.codec.c_str());
    AVFormatContext* made = nullptr;
    if (codec == nullptr ||
        avformat_alloc_output_context2(&made, nullptr, wish_.container.c_str(), nullptr) < 0) {
      return false;
    }
    format_.reset(made);
    codec_.reset(avcodec_alloc_context3(codec));
    codec_->sample_fmt = codec->sample_fmts[0];
    codec_->sample_rate = wish_.rate;
    codec_->bit_rate = 64'000;
    codec_->time_base = {1, wish_.rate};
    codec_->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
    av_channel_layout_default(&codec_->ch_layout, wish_.channels);
    if ((format_->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
      codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    }
    stream_ = avformat_new_stream(format_.get(), nullptr);
    if (stream_ == nullptr || avcodec_open2(codec_.get(), codec, nullptr) < 0 ||
        avcodec_parameters_from_context(stream_->codecpar, codec_.get()) < 0) {
      return false;
    }
    stream_->time_base = codec_->time_base;
    constexpr int buffer_size = 4096;
    auto* buffer = static_cast<unsigned char*>(av_malloc(buffer_size));
    io_.reset(avio_alloc_context(buffer, buffer_size, 1, this, nullptr, keep, nullptr));
    format_->pb = io_.get();
    format_->flags |= AVFMT_FLAG_CUSTOM_IO;
    AVDictionary* options = nullptr;
    if (!wish_.movflags.empty()) {
      av_dict_set(&options, "movflags", wish_.movflags.c_str(), 0);
    }
    if (wish_.is_encrypted) {
      av_dict_set(&options, "encryption_scheme", "cenc-aes-ctr", 0);
      av_dict_set(&options, "encryption_key", "76a6c65c5ea762046bd749a2e632ccbb", 0);
      av_dict_set(&options, "encryption_kid", "a7e61c373e219033c21091fa607bf3b8", 0);
    }
    const int failed = avformat_write_header(format_.get(), &options);
    av_dict_free(&options);
    return failed >= 0;
  }

  void write_all() {
    const int size = codec_->frame_size > 0 ? codec_->frame_size : wish_.rate / 50;
    const auto total = static_cast<std::int64_t>(to_seconds(wish_.length) * wish_.rate);
    SwrContext* made = nullptr;
    swr_alloc_set_opts2(&made, &codec_->ch_layout, codec_->sample_fmt, wish_.rate,
                        &codec_->ch_layout, AV_SAMPLE_FMT_FLT, wish_.rate, 0, nullptr);
    const libav::Swr swr{made};
    swr_init(swr.get());
    const libav::Frame frame{av_frame_alloc()};
    for (std::int64_t at = 0; at + size <= total; at += size) {
      const auto samples = tone(at, size);
      av_frame_unref(frame.get());
      frame->nb_samples = size;
      frame->format = codec_->sample_fmt;
      frame->sample_rate = wish_.rate;
      av_channel_layout_copy(&frame->ch_layout, &codec_->ch_layout);
      av_frame_get_buffer(frame.get(), 0);
      const auto* source =
          static_cast<const std::uint8_t*>(static_cast<const void*>(samples.data()));
      swr_convert(swr.get(), frame->extended_data, size, &source, size);
      frame->pts = at;
      encode(frame.get());
    }
    encode(nullptr);
    av_write_trailer(format_.get());
    avio_flush(io_.get());
  }

  std::vector<float> tone(std::int64_t from, int count) const {
    std::vector<float> out;
    for (std::int64_t at = from; at < from + count; ++at) {
      const auto turn = 2 * std::numbers::pi * wish_.hertz * static_cast<double>(at) / wish_.rate;
      out.insert(out.end(), static_cast<std::size_t>(wish_.channels),
                 static_cast<float>(0.5 * std::sin(turn)));
    }
    return out;
  }

  void encode(const AVFrame* frame) {
    const libav::Packet packet{av_packet_alloc()};
    avcodec_send_frame(codec_.get(), frame);
    while (avcodec_receive_packet(codec_.get(), packet.get()) >= 0) {
      av_packet_rescale_ts(packet.get(), codec_->time_base, stream_->time_base);
      packet->stream_index = 0;
      av_write_frame(format_.get(), packet.get());
      av_packet_unref(packet.get());
    }
  }

  StreamWish wish_;
  std::string bytes_;
  libav::IoContext io_;
  libav::FormatContext format_;
  libav::CodecContext codec_;
  AVStream* stream_ = nullptr;
};

inline std::string make_stream(const StreamWish& wish) {
  return StreamMaker::make(wish);
}

}  // namespace vigie::media
