// SPDX-License-Identifier: Apache-2.0
// Packets of any codec of libav's → 16 kHz mono. Only for src/media/*.cpp.
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "media/libav.hpp"

namespace vigie::media::libav {

struct DecoderSetting {
  AVCodecID codec = AV_CODEC_ID_NONE;
  std::string_view extradata{};  // the codec's own configuration; AAC has none when framed as ADTS
  int rate = 0;                  // PCM only, which says nothing of itself
  int channels = 0;
};

class PacketDecoder {
 public:
  // Errc::corrupt when libav refuses the setting.
  static Result<std::unique_ptr<PacketDecoder>> open(const DecoderSetting& setting);

  // Samples may lag a packet behind. Errc::corrupt for a packet that cannot be decoded.
  Result<std::vector<float>> decode(std::string_view bytes);

  PacketDecoder(CodecContext codec, Packet packet, Frame frame)
      : codec_{std::move(codec)}, packet_{std::move(packet)}, frame_{std::move(frame)} {}

 private:
  CodecContext codec_;
  Packet packet_;
  Frame frame_;
  ToMono16k mono_;
};

}  // namespace vigie::media::libav
