// SPDX-License-Identifier: Apache-2.0
#include "media/libav.hpp"

#include <array>

#include "media/pcm.hpp"

namespace vigie::media::libav {
namespace {

// Rates beyond these are damaged fields; the resampler's tables grow with the ratio.
constexpr int lowest_rate = 1'000;
constexpr int highest_rate = 768'000;

// Counts in a few damaged bytes make demuxers ask for gigabytes. The index of 30 hours of AAC stays
// below.
constexpr std::size_t most_at_once = 128U << 20U;

std::string describe(const AVChannelLayout& layout) {
  std::array<char, 256> text{};
  if (av_channel_layout_describe(&layout, text.data(), text.size()) < 0) {
    return {};
  }
  return text.data();
}

}  // namespace

void silence() {
  [[maybe_unused]] static const bool done = [] {
    av_log_set_callback([](void*, int, const char*, va_list) {});
    av_max_alloc(most_at_once);
    return true;
  }();
}

std::string words(int error) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  if (av_strerror(error, text.data(), text.size()) < 0) {
    return "error " + std::to_string(error);
  }
  return text.data();
}

Result<> ToMono16k::add(const AVFrame& frame, std::vector<float>& out) {
  auto followed = follow(frame, out);
  if (!followed) {
    return followed;
  }
  return convert(&frame, out);
}

Result<> ToMono16k::finish(std::vector<float>& out) {
  if (!swr_) {
    return {};
  }
  auto done = convert(nullptr, out);
  swr_.reset();
  return done;
}

Result<> ToMono16k::follow(const AVFrame& frame, std::vector<float>& out) {
  auto channels = describe(frame.ch_layout);
  if (swr_ && frame.format == format_ && frame.sample_rate == rate_ && channels == channels_) {
    return {};
  }
  auto finished = finish(out);
  if (!finished) {
    return finished;
  }
  if (frame.sample_rate < lowest_rate || frame.sample_rate > highest_rate) {
    return make_error(Errc::corrupt, "a sampling rate of {} Hz", frame.sample_rate);
  }
  AVChannelLayout input{};
  if (frame.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) {
    av_channel_layout_default(&input, frame.ch_layout.nb_channels);
  } else if (av_channel_layout_copy(&input, &frame.ch_layout) < 0) {
    return make_error(Errc::corrupt, "channels that make no sense");
  }
  AVChannelLayout mono{};
  av_channel_layout_default(&mono, 1);
  SwrContext* made = nullptr;
  int failed =
      swr_alloc_set_opts2(&made, &mono, AV_SAMPLE_FMT_FLT, static_cast<int>(sample_rate), &input,
                          static_cast<AVSampleFormat>(frame.format), frame.sample_rate, 0, nullptr);
  av_channel_layout_uninit(&input);
  Swr swr{made};
  if (failed >= 0) {
    // Without it equal channels would add up to more than 1.
    av_opt_set_double(swr.get(), "rematrix_maxval", 1.0, 0);
    failed = swr_init(swr.get());
  }
  if (failed < 0) {
    return make_error(Errc::corrupt, "sound of {} Hz, {}: {}", frame.sample_rate, channels,
                      words(failed));
  }
  swr_ = std::move(swr);
  format_ = frame.format;
  rate_ = frame.sample_rate;
  channels_ = std::move(channels);
  return {};
}

Result<> ToMono16k::convert(const AVFrame* frame, std::vector<float>& out) {
  const int given = frame == nullptr ? 0 : frame->nb_samples;
  const int room = swr_get_out_samples(swr_.get(), given);
  if (room < 0) {
    return make_error(Errc::corrupt, "resampling: {}", words(room));
  }
  const auto before = out.size();
  out.resize(before + static_cast<std::size_t>(room));
  auto* target = static_cast<std::uint8_t*>(static_cast<void*>(out.data() + before));
  const auto** source =
      frame == nullptr ? nullptr : const_cast<const std::uint8_t**>(frame->extended_data);
  const int made = swr_convert(swr_.get(), &target, room, source, given);
  out.resize(before + static_cast<std::size_t>(std::max(made, 0)));
  if (made < 0) {
    return make_error(Errc::corrupt, "resampling: {}", words(made));
  }
  return {};
}

int decode(AVCodecContext& codec, const AVPacket* packet, AVFrame& frame, ToMono16k& mono,
           std::vector<float>& out) {
  const int sent = avcodec_send_packet(&codec, packet);
  if (sent < 0 && sent != AVERROR(EAGAIN)) {
    return sent;
  }
  int failure = 0;
  while (true) {
    const int received = avcodec_receive_frame(&codec, &frame);
    if (received == AVERROR(EAGAIN) || received == AVERROR_EOF) {
      return failure;
    }
    if (received < 0) {
      return received;
    }
    if (!mono.add(frame, out)) {
      failure = AVERROR_INVALIDDATA;
    }
    av_frame_unref(&frame);
  }
}

}  // namespace vigie::media::libav
