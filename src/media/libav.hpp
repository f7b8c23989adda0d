// SPDX-License-Identifier: Apache-2.0
// libav's objects with owners, its words as errors, and its resampler. Only for src/media/*.cpp.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "media/libav_late.hpp"

namespace vigie::media::libav {

struct Free {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(SwrContext* context) const { swr_free(&context); }
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
  void operator()(AVIOContext* context) const {
    av_freep(static_cast<void*>(&context->buffer));
    avio_context_free(&context);
  }
};
using CodecContext = std::unique_ptr<AVCodecContext, Free>;
using Packet = std::unique_ptr<AVPacket, Free>;
using Frame = std::unique_ptr<AVFrame, Free>;
using Swr = std::unique_ptr<SwrContext, Free>;
using FormatContext = std::unique_ptr<AVFormatContext, Free>;
using IoContext = std::unique_ptr<AVIOContext, Free>;

// libav prints on stderr by default, names of files included: it is told to be quiet, and never to
// take more than 128 MiB at once. Before anything of libav's; any thread.
void silence();
std::string words(int error);

// Frames of any format, rate and channels → 16 kHz mono; follows changes between frames.
class ToMono16k {
 public:
  // Appends what frame gives to out. Errc::corrupt for a frame that makes no sense.
  Result<> add(const AVFrame& frame, std::vector<float>& out);
  // What is still inside after the last frame.
  Result<> finish(std::vector<float>& out);

 private:
  Result<> follow(const AVFrame& frame, std::vector<float>& out);
  Result<> convert(const AVFrame* frame, std::vector<float>& out);

  Swr swr_;
  int format_ = -1;
  int rate_ = 0;
  std::string channels_;
};

// Sends packet (none: the end) and collects every frame it gives. AVERROR of libav, or 0; a refusal
// of the resampler counts as AVERROR_INVALIDDATA.
int decode(AVCodecContext& codec, const AVPacket* packet, AVFrame& frame, ToMono16k& mono,
           std::vector<float>& out);

}  // namespace vigie::media::libav
