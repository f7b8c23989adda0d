// SPDX-License-Identifier: Apache-2.0
#include "media/packet_decoder.hpp"

#include <cstring>
#include <utility>

namespace vigie::media::libav {
namespace {

constexpr std::size_t max_extradata = 128U << 10U;  // Vorbis's code books take some kilobytes
constexpr std::size_t max_packet = 1U << 20U;

Result<> configure(AVCodecContext& context, const DecoderSetting& setting) {
  context.thread_count = 1;
  if (!setting.extradata.empty()) {
    auto* extra = av_mallocz(setting.extradata.size() + AV_INPUT_BUFFER_PADDING_SIZE);
    if (extra == nullptr) {
      return make_error(Errc::unavailable, "no memory for a decoder");
    }
    std::memcpy(extra, setting.extradata.data(), setting.extradata.size());
    context.extradata = static_cast<std::uint8_t*>(extra);  // the context frees it
    context.extradata_size = static_cast<int>(setting.extradata.size());
  }
  if (setting.rate > 0) {
    context.sample_rate = setting.rate;
    av_channel_layout_default(&context.ch_layout, setting.channels);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<PacketDecoder>> PacketDecoder::open(const DecoderSetting& setting) {
  silence();
  if (setting.extradata.size() > max_extradata) {
    return make_error(Errc::corrupt, "a configuration of {} bytes", setting.extradata.size());
  }
  const auto* codec = avcodec_find_decoder(setting.codec);
  CodecContext context{codec == nullptr ? nullptr : avcodec_alloc_context3(codec)};
  Packet packet{av_packet_alloc()};
  Frame frame{av_frame_alloc()};
  if (!context || !packet || !frame) {
    return make_error(Errc::unavailable, "this libav has no decoder for it");
  }
  if (auto done = configure(*context, setting); !done) {
    return done.error();
  }
  const int failed = avcodec_open2(context.get(), codec, nullptr);
  if (failed < 0) {
    return make_error(Errc::corrupt, "a configuration that cannot be read: {}", words(failed));
  }
  return std::make_unique<PacketDecoder>(std::move(context), std::move(packet), std::move(frame));
}

Result<std::vector<float>> PacketDecoder::decode(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > max_packet) {
    return make_error(Errc::corrupt, "a packet of {} bytes", bytes.size());
  }
  // libav reads a few bytes past the end: av_new_packet pads.
  if (av_new_packet(packet_.get(), static_cast<int>(bytes.size())) < 0) {
    return make_error(Errc::unavailable, "no memory for a packet");
  }
  std::memcpy(packet_->data, bytes.data(), bytes.size());
  std::vector<float> samples;
  const int failed = libav::decode(*codec_, packet_.get(), *frame_, mono_, samples);
  av_packet_unref(packet_.get());
  if (failed < 0) {
    return make_error(Errc::corrupt, "decoding a packet: {}", words(failed));
  }
  return samples;
}

}  // namespace vigie::media::libav
