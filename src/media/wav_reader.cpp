// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "media/packet_decoder.hpp"
#include "media/pcm.hpp"
#include "media/readers.hpp"
#include "media/wav.hpp"

namespace vigie::media {
namespace {

AVCodecID codec_of(const WavFormat& format) {
  constexpr std::uint16_t whole_numbers = 1;
  constexpr std::uint16_t floating_point = 3;
  constexpr std::uint16_t a_law = 6;
  constexpr std::uint16_t mu_law = 7;
  if (format.tag == whole_numbers) {
    switch (format.bits) {
      case 8:
        return AV_CODEC_ID_PCM_U8;
      case 16:
        return AV_CODEC_ID_PCM_S16LE;
      case 24:
        return AV_CODEC_ID_PCM_S24LE;
      case 32:
        return AV_CODEC_ID_PCM_S32LE;
      default:
        return AV_CODEC_ID_NONE;
    }
  }
  if (format.tag == floating_point) {
    return format.bits == 32   ? AV_CODEC_ID_PCM_F32LE
           : format.bits == 64 ? AV_CODEC_ID_PCM_F64LE
                               : AV_CODEC_ID_NONE;
  }
  if (format.bits == 8 && (format.tag == a_law || format.tag == mu_law)) {
    return format.tag == a_law ? AV_CODEC_ID_PCM_ALAW : AV_CODEC_ID_PCM_MULAW;
  }
  return AV_CODEC_ID_NONE;
}

class WavReader final : public SoundReader {
 public:
  std::vector<Sound> feed(std::string_view bytes) override {
    std::vector<Sound> out;
    if (!trouble_.empty()) {
      dropped_ += bytes.size();
      return out;
    }
    held_ += bytes;
    if (!decoder_ && !begin()) {
      return out;
    }
    // A tenth of a second at a time, or as much as is reasonable.
    constexpr std::size_t max_block = 64U << 10U;
    const auto frames =
        std::min(static_cast<std::size_t>(format_.rate) / 10, max_block / format_.frame_bytes);
    const auto block = std::max<std::size_t>(1, frames) * format_.frame_bytes;
    std::size_t at = 0;
    for (; held_.size() - at >= block; at += block) {
      take(std::string_view{held_}.substr(at, block), out);
    }
    held_.erase(0, at);
    return out;
  }

  std::vector<Sound> flush() override {
    std::vector<Sound> out;
    if (decoder_) {
      const auto whole = held_.size() / format_.frame_bytes * format_.frame_bytes;
      take(std::string_view{held_}.substr(0, whole), out);
      held_.clear();
    }
    return out;
  }

  std::uint64_t dropped_bytes() const override { return dropped_; }
  std::string_view trouble() const override { return trouble_; }

 private:
  // False until the head is whole, and when it is none.
  bool begin() {
    const auto head = parse_wav_head(held_);
    if (!head) {
      trouble_ = "corrupt";
      dropped_ += std::exchange(held_, {}).size();
      return false;
    }
    if (!*head) {
      return false;
    }
    format_ = (*head)->format;
    left_ = (*head)->data_size;
    auto decoder = libav::PacketDecoder::open({.codec = codec_of(format_),
                                               .extradata = {},
                                               .rate = format_.rate,
                                               .channels = format_.channels});
    if (!decoder) {
      trouble_ = "codec";
      return false;
    }
    decoder_ = std::move(*decoder);
    kept_as_ =
        std::make_shared<const SoundFormat>(SoundFormat{.codec = "wav", .head = wav_head(format_)});
    held_.erase(0, (*head)->size);
    return true;
  }

  void take(std::string_view bytes, std::vector<Sound>& out) {
    if (left_) {  // what follows the sound is no sound
      const auto usable = std::min<std::uint64_t>(*left_, bytes.size());
      *left_ -= usable;
      dropped_ += bytes.size() - usable;
      bytes = bytes.substr(0, usable / format_.frame_bytes * format_.frame_bytes);
    }
    if (bytes.empty()) {
      return;
    }
    const Span at = from_seconds(static_cast<double>(frames_) / format_.rate);
    frames_ += bytes.size() / format_.frame_bytes;
    auto samples = decoder_->decode(bytes);
    if (samples) {
      out.push_back({at, std::move(*samples), kept_as_, std::string{bytes}});
    } else {
      dropped_ += bytes.size();
    }
  }

  std::string held_;
  WavFormat format_;
  std::optional<std::uint64_t> left_;
  std::unique_ptr<libav::PacketDecoder> decoder_;
  std::shared_ptr<const SoundFormat> kept_as_;
  std::uint64_t frames_ = 0;
  std::uint64_t dropped_ = 0;
  std::string_view trouble_;
};

}  // namespace

std::unique_ptr<SoundReader> create_wav_reader() {
  return std::make_unique<WavReader>();
}

}  // namespace vigie::media
