// SPDX-License-Identifier: Apache-2.0
// For tests: WAV files as they may come, right or wrong.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace vigie::transcribe {

inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (; bytes > 0; --bytes, value >>= 8U) {
    text.push_back(static_cast<char>(value & 0xFFU));
  }
  return text;
}

struct WavShape {
  std::uint32_t rate = 16'000;
  std::uint32_t channels = 1;
  std::uint32_t bits = 16;               // or 8
  std::uint32_t claimed = 0xFFFF'FFFEU;  // bytes of sound; this: as many as there are
};

// Loud in every second whose letter is 'L', silent in the others.
inline std::string wav_bytes(std::string_view seconds, WavShape shape = {}) {
  const auto width = shape.bits / 8;
  const std::uint32_t silence = shape.bits == 8 ? 128 : 0;
  const std::uint32_t loud = shape.bits == 8 ? 200 : 8'000;
  std::string data;
  for (const char second : seconds) {
    const auto value = little_endian(second == 'L' ? loud : silence, static_cast<int>(width));
    for (std::uint32_t i = 0; i < shape.rate * shape.channels; ++i) {
      data += value;
    }
  }
  const auto size = shape.claimed == 0xFFFF'FFFEU ? data.size() : shape.claimed;
  const auto frame = shape.channels * width;
  return "RIFF" + little_endian(36 + size, 4) + "WAVEfmt " + little_endian(16, 4) +
         little_endian(1, 2) + little_endian(shape.channels, 2) + little_endian(shape.rate, 4) +
         little_endian(shape.rate * frame, 4) + little_endian(frame, 2) +
         little_endian(shape.bits, 2) + "data" + little_endian(size, 4) + data;
}

}  // namespace vigie::transcribe
