// SPDX-License-Identifier: Apache-2.0
// AAC through libav. Both sides are for one thread at a time.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vigie::media {

// AAC packets (LC or HE, any rate, any channels) → 16 kHz mono. A new configuration makes a new
// decoder.
class AacDecoder {
 public:
  virtual ~AacDecoder() = default;
  // Samples may lag a packet behind. Errc::corrupt for a packet that cannot be decoded: go on with
  // the next.
  virtual Result<std::vector<float>> decode(std::string_view packet) = 0;
};
// config: AudioSpecificConfig. Errc::corrupt when libav refuses it.
Result<std::unique_ptr<AacDecoder>> create_aac_decoder(std::string_view config);

// 16 kHz mono samples → AAC-LC packets of 1024 samples at 44.1 kHz or the rate asked, for the
// simulator.
class AacEncoder {
 public:
  virtual ~AacEncoder() = default;
  virtual const std::string& config() const = 0;  // AudioSpecificConfig
  virtual Result<std::vector<std::string>> encode(const std::vector<float>& samples) = 0;
};
Result<std::unique_ptr<AacEncoder>> create_aac_encoder(int output_rate = 44'100, int channels = 1,
                                                       int bits_per_second = 64'000);

// One packet in an ADTS frame (ISO 13818-7 §6.2), so that a file of them plays anywhere.
// config must be AAC-LC or HE-AAC; Errc::invalid otherwise.
Result<std::string> adts_frame(std::string_view config, std::string_view packet);

}  // namespace vigie::media
