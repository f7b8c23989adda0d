// SPDX-License-Identifier: Apache-2.0
#include "media/wav.hpp"

namespace vigie::media {
namespace {

constexpr std::size_t max_head = 64U << 10U;
constexpr std::size_t chunk_header = 8;
constexpr std::uint32_t endless = 0xFFFF'FFFF;

std::uint32_t little(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t index = count; index > 0; --index) {
    value = value << 8U | static_cast<std::uint8_t>(bytes[at + index - 1]);
  }
  return value;
}

void put(std::string& out, std::uint32_t value, int count) {
  for (int index = 0; index < count; ++index) {
    out += static_cast<char>(value >> (8 * index) & 0xFFU);
  }
}

Result<WavFormat> parse_format(std::string_view chunk) {
  constexpr std::size_t shortest = 16;
  constexpr std::uint16_t extensible = 0xFFFE;
  if (chunk.size() < shortest) {
    return make_error(Errc::corrupt, "a WAV format of {} bytes", chunk.size());
  }
  WavFormat format;
  format.tag = static_cast<std::uint16_t>(little(chunk, 0, 2));
  if (format.tag == extensible && chunk.size() >= 26) {
    format.tag = static_cast<std::uint16_t>(little(chunk, 24, 2));
  }
  format.channels = static_cast<int>(little(chunk, 2, 2));
  format.frame_bytes = little(chunk, 12, 2);
  format.bits = static_cast<int>(little(chunk, 14, 2));
  const auto rate = little(chunk, 4, 4);
  constexpr std::uint32_t highest_rate = 768'000;
  const auto expected = static_cast<std::size_t>(format.channels * ((format.bits + 7) / 8));
  if (rate < 1000 || rate > highest_rate || format.channels < 1 || format.channels > 64 ||
      format.bits < 8 || format.bits > 64 || format.frame_bytes != expected) {
    return make_error(Errc::corrupt, "a WAV format that makes no sense");
  }
  format.rate = static_cast<int>(rate);
  return format;
}

}  // namespace

Result<std::optional<WavHead>> parse_wav_head(std::string_view bytes) {
  constexpr std::size_t riff_header = 12;
  if (bytes.size() >= riff_header && (!bytes.starts_with("RIFF") || bytes.substr(8, 4) != "WAVE")) {
    return make_error(Errc::corrupt, "it is no WAV");
  }
  std::optional<WavFormat> format;
  auto at = riff_header;
  while (at + chunk_header <= bytes.size()) {
    const auto name = bytes.substr(at, 4);
    const auto size = little(bytes, at + 4, 4);
    at += chunk_header;
    if (name == "data") {
      if (!format) {
        return make_error(Errc::corrupt, "a WAV whose sound comes before its format");
      }
      WavHead head{.format = *format, .size = at, .data_size = std::nullopt};
      if (size != 0 && size < endless - max_head) {
        head.data_size = size;
      }
      return std::optional{head};
    }
    if (size > max_head || at + size > max_head) {
      return make_error(Errc::corrupt, "a WAV with {} bytes before its sound", at + size);
    }
    if (at + size > bytes.size()) {
      break;
    }
    if (name == "fmt ") {
      auto parsed = parse_format(bytes.substr(at, size));
      if (!parsed) {
        return parsed.error();
      }
      format = *parsed;
    }
    at += size + size % 2;
  }
  return std::optional<WavHead>{};
}

std::string wav_head(const WavFormat& format) {
  std::string out = "RIFF";
  put(out, endless, 4);
  out += "WAVEfmt ";
  put(out, 16, 4);
  put(out, format.tag, 2);
  put(out, static_cast<std::uint32_t>(format.channels), 2);
  put(out, static_cast<std::uint32_t>(format.rate), 4);
  put(out, static_cast<std::uint32_t>(format.rate) * static_cast<std::uint32_t>(format.frame_bytes),
      4);
  put(out, static_cast<std::uint32_t>(format.frame_bytes), 2);
  put(out, static_cast<std::uint32_t>(format.bits), 2);
  out += "data";
  put(out, endless, 4);
  return out;
}

}  // namespace vigie::media
