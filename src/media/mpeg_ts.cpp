// SPDX-License-Identifier: Apache-2.0
#include "media/mpeg_ts.hpp"

#include <algorithm>

namespace vigie::media {
namespace {

constexpr std::size_t packet_size = 188;
constexpr char sync = 0x47;

std::uint32_t byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<std::uint8_t>(bytes[index]);
}
std::uint32_t u16_at(std::string_view bytes, std::size_t index) {
  return byte_at(bytes, index) << 8U | byte_at(bytes, index + 1);
}

// One table section (§2.4.4), all within one packet as they are in practice; empty otherwise.
std::string_view section(std::string_view payload, std::uint32_t table) {
  constexpr std::size_t checksum = 4;
  if (payload.empty() || payload.size() < byte_at(payload, 0) + std::size_t{4}) {
    return {};
  }
  payload.remove_prefix(byte_at(payload, 0) + std::size_t{1});
  const std::size_t size = 3 + (u16_at(payload, 1) & 0xFFFU);
  if (byte_at(payload, 0) != table || size > payload.size() || size < 8 + checksum) {
    return {};
  }
  return payload.substr(0, size - checksum);
}

// 33 bits of a 90 kHz clock (§2.4.3.7).
std::optional<Span> timestamp_of(std::string_view header) {
  constexpr std::size_t end = 14;
  if (header.size() < end || (byte_at(header, 7) & 0x80U) == 0) {
    return std::nullopt;
  }
  const auto high = std::int64_t{byte_at(header, 9) >> 1U & 7U};
  const auto middle = std::int64_t{u16_at(header, 10) >> 1U};
  const auto low = std::int64_t{u16_at(header, 12) >> 1U};
  const auto ticks = high << 30 | middle << 15 | low;
  return Span{ticks * 100 / 9};
}

}  // namespace

std::vector<TsPayload> TsReader::feed(std::string_view bytes) {
  std::vector<TsPayload> out;
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

bool TsReader::step(std::vector<TsPayload>& out) {
  const auto bytes = std::string_view{buffer_}.substr(at_);
  if (bytes.empty()) {
    return false;
  }
  if (bytes[0] != sync) {
    const auto garbage = std::min(bytes.find(sync, 1), bytes.size());
    at_ += garbage;
    dropped_ += garbage;
    is_inside_ = false;
    return true;
  }
  if (bytes.size() < packet_size) {
    return false;
  }
  read_packet(bytes.substr(0, packet_size), out);
  at_ += packet_size;
  return true;
}

void TsReader::read_packet(std::string_view packet, std::vector<TsPayload>& out) {
  constexpr std::size_t header_size = 4;
  const bool is_damaged = (byte_at(packet, 1) & 0x80U) != 0;
  const bool begins = (byte_at(packet, 1) & 0x40U) != 0;
  const auto pid = u16_at(packet, 1) & 0x1FFFU;
  const auto flags = byte_at(packet, 3);
  const bool has_payload = (flags & 0x10U) != 0;
  std::size_t at = header_size;
  if ((flags & 0x20U) != 0) {
    at += 1 + byte_at(packet, header_size);
  }
  if (is_damaged || !has_payload || at >= packet.size()) {
    return;
  }
  const auto payload = packet.substr(at);
  if (pid == 0 && begins) {
    read_association(payload);
  } else if (pid == map_pid_ && begins) {
    read_map(payload);
  } else if (pid == sound_pid_) {
    if (flags >> 6U != 0) {
      is_encrypted_ = true;
      return;
    }
    read_sound(payload, begins, out);
  }
}

void TsReader::read_association(std::string_view payload) {
  const auto table = section(payload, 0);
  for (std::size_t at = 8; at + 4 <= table.size(); at += 4) {
    if (u16_at(table, at) != 0) {  // 0 names the network
      map_pid_ = u16_at(table, at + 2) & 0x1FFFU;
      return;
    }
  }
}

void TsReader::read_map(std::string_view payload) {
  const auto table = section(payload, 2);
  if (table.size() < 12) {
    return;
  }
  has_map_ = true;
  std::optional<std::uint32_t> chosen;
  for (std::size_t at = 12 + (u16_at(table, 10) & 0xFFFU); at + 5 <= table.size();
       at += 5 + (u16_at(table, at + 3) & 0xFFFU)) {
    const auto pid = u16_at(table, at + 1) & 0x1FFFU;
    switch (byte_at(table, at)) {
      case 0x0F:
      case 0x03:
      case 0x04:
        if (!chosen) {
          chosen = pid;
          sound_ = byte_at(table, at) == 0x0F ? TsSound::adts : TsSound::mpeg_audio;
        }
        break;
      case 0x01:
      case 0x02:
      case 0x1B:
      case 0x24:
        has_video_ = true;
        break;
      case 0xCF:  // AAC, encrypted sample by sample
        is_encrypted_ = true;
        break;
      case 0x06:  // private: Opus, AC-3, subtitles
      case 0x11:
      case 0x81:
      case 0x87:
        has_foreign_sound_ = true;
        break;
      default:
        break;
    }
  }
  if (chosen != sound_pid_) {
    sound_pid_ = chosen;
    is_inside_ = false;
  }
}

void TsReader::read_sound(std::string_view payload, bool begins, std::vector<TsPayload>& out) {
  constexpr std::size_t fixed_header = 9;
  if (!begins) {
    if (is_inside_) {
      out.push_back({std::nullopt, std::string{payload}});
    }
    return;
  }
  is_inside_ = payload.size() >= fixed_header && payload.starts_with(std::string_view{"\0\0\1", 3});
  if (!is_inside_) {
    return;
  }
  const auto header = fixed_header + byte_at(payload, 8);
  const auto timestamp = timestamp_of(payload);
  const auto content = payload.substr(std::min(header, payload.size()));
  out.push_back({timestamp, std::string{content}});
}

}  // namespace vigie::media
