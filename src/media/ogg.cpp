// SPDX-License-Identifier: Apache-2.0
#include "media/ogg.hpp"

#include <algorithm>
#include <array>

namespace vigie::media {
namespace {

constexpr std::size_t header_size = 27;
constexpr std::size_t checksum_at = 22;

std::uint32_t byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<std::uint8_t>(bytes[index]);
}
std::uint32_t little_u32(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8U | byte_at(bytes, at + 2) << 16U |
         byte_at(bytes, at + 3) << 24U;
}

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t index = 0; index < table.size(); ++index) {
    std::uint32_t value = index << 24U;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 0x8000'0000U) != 0 ? (value << 1U) ^ 0x04C1'1DB7U : value << 1U;
    }
    table.at(index) = value;
  }
  return table;
}

// The page's checksum, its own field taken as zero (RFC 3533 §6).
std::uint32_t checksum(std::string_view page) {
  static constexpr auto table = make_table();
  std::uint32_t value = 0;
  for (std::size_t index = 0; index < page.size(); ++index) {
    const bool is_own = index >= checksum_at && index < checksum_at + 4;
    const auto byte = is_own ? 0 : byte_at(page, index);
    value = value << 8U ^ table.at((value >> 24U ^ byte) & 0xFFU);
  }
  return value;
}

OggPage cut(std::string_view page, std::size_t segments) {
  OggPage out;
  const auto flags = byte_at(page, 5);
  out.continues = (flags & 1U) != 0;
  out.begins = (flags & 2U) != 0;
  out.serial = little_u32(page, 14);
  out.bytes = page;
  auto at = header_size + segments;
  std::string packet;
  bool is_open = false;
  for (std::size_t index = 0; index < segments; ++index) {
    const auto length = byte_at(page, header_size + index);
    packet += page.substr(at, length);
    at += length;
    is_open = length == 255;
    if (!is_open) {
      out.packets.push_back(std::exchange(packet, {}));
    }
  }
  if (is_open) {
    out.packets.push_back(std::move(packet));
    out.is_open = true;
  }
  return out;
}

}  // namespace

std::vector<OggPage> OggSplitter::feed(std::string_view bytes) {
  std::vector<OggPage> out;
  constexpr std::size_t helping = 64U << 10U;
  while (!bytes.empty()) {
    buffer_ += bytes.substr(0, helping);
    bytes.remove_prefix(std::min(helping, bytes.size()));
    while (step(out)) {
    }
    buffer_.erase(0, at_);
    at_ = 0;
  }
  return out;
}

bool OggSplitter::step(std::vector<OggPage>& out) {
  constexpr std::string_view magic{"OggS\0", 5};
  const auto bytes = std::string_view{buffer_}.substr(at_);
  const auto drop = [this](std::size_t count) {
    at_ += count;
    dropped_ += count;
    return true;
  };
  if (bytes.empty()) {
    return false;
  }
  const auto seen = bytes.substr(0, magic.size());
  if (seen != magic.substr(0, seen.size())) {
    return drop(std::min(bytes.find('O', 1), bytes.size()));
  }
  if (bytes.size() < header_size) {
    return false;
  }
  const std::size_t segments = byte_at(bytes, header_size - 1);
  if (bytes.size() < header_size + segments) {
    return false;
  }
  auto size = header_size + segments;
  for (std::size_t index = 0; index < segments; ++index) {
    size += byte_at(bytes, header_size + index);
  }
  if (bytes.size() < size) {
    return false;
  }
  const auto page = bytes.substr(0, size);
  if (checksum(page) != little_u32(page, checksum_at)) {
    return drop(1);
  }
  out.push_back(cut(page, segments));
  at_ += size;
  return true;
}

}  // namespace vigie::media
