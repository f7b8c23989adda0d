// SPDX-License-Identifier: Apache-2.0
#include "media/frames.hpp"

#include <algorithm>
#include <array>

namespace vigie::media {
namespace {

constexpr std::size_t longest_header = 7;  // ADTS; MPEG audio has 4
constexpr std::size_t id3_header = 10;
constexpr std::size_t max_tag = 4U << 20U;  // with a cover; a longer one is a lie

std::uint32_t byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<std::uint8_t>(bytes[index]);
}

}  // namespace

std::optional<FrameHeader> parse_adts_header(std::string_view bytes) {
  constexpr std::array rates{96'000, 88'200, 64'000, 48'000, 44'100, 32'000, 24'000,
                             22'050, 16'000, 12'000, 11'025, 8'000,  7'350};
  constexpr int samples_a_block = 1024;
  if (bytes.size() < longest_header || byte_at(bytes, 0) != 0xFF ||
      (byte_at(bytes, 1) & 0xF6U) != 0xF0) {
    return std::nullopt;
  }
  const bool has_checksum = (byte_at(bytes, 1) & 1U) == 0;
  const auto rate_index = byte_at(bytes, 2) >> 2U & 15U;
  const std::size_t size =
      (byte_at(bytes, 3) & 3U) << 11U | byte_at(bytes, 4) << 3U | byte_at(bytes, 5) >> 5U;
  if (rate_index >= rates.size() || size <= longest_header + (has_checksum ? 2 : 0)) {
    return std::nullopt;
  }
  const int blocks = 1 + static_cast<int>(byte_at(bytes, 6) & 3U);
  return FrameHeader{.size = size, .samples = samples_a_block * blocks, .rate = rates[rate_index]};
}

std::optional<FrameHeader> parse_mp3_header(std::string_view bytes) {
  // kbit/s of layers II and III, MPEG 1 and the lower rates (§2.4.2.3, ISO 13818-3 §2.4.2.3).
  static constexpr std::array<std::array<int, 16>, 3> bit_rates{
      {{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0},
       {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
       {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}}};
  static constexpr std::array<int, 3> base_rates{44'100, 48'000, 32'000};
  constexpr std::uint32_t layer_two = 2;
  constexpr std::uint32_t layer_three = 1;
  if (bytes.size() < 4 || byte_at(bytes, 0) != 0xFF || (byte_at(bytes, 1) & 0xE0U) != 0xE0) {
    return std::nullopt;
  }
  const auto version = byte_at(bytes, 1) >> 3U & 3U;  // 0: MPEG 2.5, 2: MPEG 2, 3: MPEG 1
  const auto layer = byte_at(bytes, 1) >> 1U & 3U;
  const auto rate_index = byte_at(bytes, 2) >> 2U & 3U;
  if (version == 1 || (layer != layer_two && layer != layer_three) || rate_index == 3) {
    return std::nullopt;
  }
  const bool is_first = version == 3;
  const auto table = is_first ? (layer == layer_two ? 0U : 1U) : 2U;
  const int bit_rate = bit_rates.at(table).at(byte_at(bytes, 2) >> 4U) * 1000;
  if (bit_rate == 0) {
    return std::nullopt;
  }
  const int rate = base_rates.at(rate_index) / (is_first ? 1 : version == 2 ? 2 : 4);
  const int samples = layer == layer_two || is_first ? 1152 : 576;
  const auto padding = byte_at(bytes, 2) >> 1U & 1U;
  const auto size = static_cast<std::size_t>(samples / 8 * bit_rate / rate) + padding;
  return FrameHeader{.size = size, .samples = samples, .rate = rate};
}

std::size_t id3_size(std::string_view bytes) {
  if (bytes.size() < id3_header || !bytes.starts_with("ID3")) {
    return 0;
  }
  std::size_t size = 0;
  for (std::size_t index = 6; index < id3_header; ++index) {
    if (byte_at(bytes, index) > 0x7F) {
      return 0;
    }
    size = size << 7U | byte_at(bytes, index);
  }
  size += id3_header;
  return size <= max_tag ? size : 0;
}

std::vector<Frame> FrameSplitter::feed(std::string_view bytes) {
  std::vector<Frame> out;
  constexpr std::size_t helping = 16U << 10U;
  while (!bytes.empty()) {
    buffer_ += bytes.substr(0, helping);
    bytes.remove_prefix(std::min(helping, bytes.size()));
    while (step(out)) {
    }
    buffer_.erase(0, at_);
    consumed_ += at_;
    at_ = 0;
  }
  return out;
}

bool FrameSplitter::pass_tag() {
  const auto passed = std::min<std::uint64_t>(skip_, rest().size());
  at_ += passed;
  skip_ -= passed;
  return skip_ == 0;
}

// False when more bytes are needed to go on.
bool FrameSplitter::step(std::vector<Frame>& out) {
  if (skip_ > 0) {
    return pass_tag();
  }
  const auto bytes = rest();
  const auto drop = [this](std::size_t count) {
    at_ += count;
    dropped_ += count;
    return true;
  };
  // Frames begin with eleven ones, tags with "ID3".
  if (const auto garbage = std::min(bytes.find_first_of("\xFFI"), bytes.size()); garbage > 0) {
    return drop(garbage);
  }
  if (bytes.size() < id3_header) {
    return false;
  }
  if (const auto tag = id3_size(bytes); tag > 0) {
    skip_ = tag;
    return true;
  }
  const auto header = parse_(bytes);
  if (header && bytes.size() < header->size + id3_header) {
    return false;
  }
  if (header) {
    const auto next = bytes.substr(header->size);
    if (parse_(next) || id3_size(next) > 0) {
      out.push_back({*header, consumed_ + at_, std::string{bytes.substr(0, header->size)}});
      at_ += header->size;
      return true;
    }
  }
  return drop(1);
}

std::vector<Frame> FrameSplitter::flush() {
  std::vector<Frame> out;
  const auto header = skip_ == 0 ? parse_(buffer_) : std::nullopt;
  if (header && buffer_.size() >= header->size) {
    out.push_back({*header, consumed_, buffer_.substr(0, header->size)});
    buffer_.erase(0, header->size);
    consumed_ += header->size;
  }
  dropped_ += buffer_.size();
  consumed_ += buffer_.size();
  buffer_.clear();
  return out;
}

}  // namespace vigie::media
