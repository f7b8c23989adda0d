// SPDX-License-Identifier: Apache-2.0
#include "sim/ts.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace vigie::sim {
namespace {

constexpr std::size_t packet_size = 188;
constexpr std::uint16_t map_id = 0x1000;
constexpr std::uint16_t sound_id = 0x100;
constexpr std::size_t frames_at_once = 8;
constexpr std::uint64_t first_moment = 126'000;  // 1.4 s: room for decoders, as muxers leave it

void append(std::string& out, std::uint64_t value, int bytes) {
  for (int index = bytes - 1; index >= 0; --index) {
    out += static_cast<char>(value >> static_cast<unsigned>(8 * index) & 0xFFU);
  }
}

// CRC-32/MPEG-2 (ISO 13818-1 annex A).
std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : bytes) {
    crc ^= static_cast<std::uint32_t>(static_cast<std::uint8_t>(byte)) << 24U;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc << 1U) ^ ((crc & 0x80000000U) != 0 ? 0x04C11DB7U : 0U);
    }
  }
  return crc;
}

std::string table_packet(std::uint16_t id, std::string section) {
  append(section, checksum(section), 4);
  std::string out;
  out += '\x47';
  append(out, 0x4000U | id, 2);  // a section starts here
  out += '\x10';                 // payload only, counter 0
  out += '\0';                   // the section follows at once
  out += section;
  out.resize(packet_size, '\xff');
  return out;
}

std::string association_table() {
  std::string section;
  append(section, 0x00B00D, 3);  // table 0, 13 bytes follow
  append(section, 0x0001C10000, 5);
  append(section, 1, 2);  // programme 1
  append(section, 0xE000U | map_id, 2);
  return table_packet(0, std::move(section));
}

std::string programme_map() {
  constexpr std::uint8_t aac_in_adts = 0x0F;
  std::string section;
  append(section, 0x02B012, 3);  // table 2, 18 bytes follow
  append(section, 0x0001C10000, 5);
  append(section, 0xE000U | sound_id, 2);  // the clock travels with the sound
  append(section, 0xF000, 2);
  append(section, aac_in_adts, 1);
  append(section, 0xE000U | sound_id, 2);
  append(section, 0xF000, 2);
  return table_packet(map_id, std::move(section));
}

// In 90 kHz, 33 bits.
std::uint64_t ticks(Span moment) {
  const auto count = static_cast<std::uint64_t>(moment.count()) * 9 / 100 + first_moment;
  return count & 0x1FFFFFFFFU;
}

std::string elementary_packet(std::string_view payload, std::uint64_t moment) {
  std::string out;
  append(out, 0x000001C0, 4);          // the first sound stream
  append(out, payload.size() + 8, 2);  // what follows
  append(out, 0x808005, 3);            // a presentation time, 5 bytes
  append(out, 0x21U | (moment >> 29U & 0x0EU), 1);
  append(out, (moment >> 14U & 0xFFFEU) | 1U, 2);
  append(out, (moment << 1U & 0xFFFEU) | 1U, 2);
  return out + std::string{payload};
}

// The clock's field; the first of a segment says that counters start anew.
std::string clock_field(std::uint64_t moment, bool is_first) {
  std::string out;
  out += is_first ? '\x90' : '\x10';
  append(out, moment << 15U | 0x7E00U, 6);
  return out;
}

void append_packets(std::string& out, std::string_view bytes, std::uint64_t moment,
                    unsigned& counter) {
  bool is_start = true;
  while (!bytes.empty()) {
    constexpr std::size_t header = 4;
    auto field = is_start ? clock_field(moment, counter == 0) : std::string{};
    const auto most = packet_size - header - (is_start ? field.size() + 1 : 0);
    const auto count = std::min(bytes.size(), most);
    const auto spare = most - count;
    const bool has_field = is_start || spare > 0;
    out += '\x47';
    append(out, (is_start ? 0x4000U : 0U) | sound_id, 2);
    append(out, (has_field ? 0x30U : 0x10U) | (counter++ & 0x0FU), 1);
    if (has_field) {
      // Of a packet with one byte to spare, the field is its own length: 0.
      if (!is_start && spare > 1) {
        field += '\0';
      }
      const auto length = is_start ? field.size() + spare : spare - 1;
      append(out, length, 1);
      field.resize(length, '\xff');
      out += field;
    }
    out += bytes.substr(0, count);
    bytes.remove_prefix(count);
    is_start = false;
  }
}

}  // namespace

std::string transport_stream(const std::vector<std::string>& frames, Span start,
                             Span frame_length) {
  auto out = association_table() + programme_map();
  unsigned counter = 0;
  for (std::size_t index = 0; index < frames.size(); index += frames_at_once) {
    std::string payload;
    for (auto at = index; at < std::min(index + frames_at_once, frames.size()); ++at) {
      payload += frames[at];
    }
    const auto moment = ticks(start + frame_length * static_cast<std::int64_t>(index));
    append_packets(out, elementary_packet(payload, moment), moment, counter);
  }
  return out;
}

}  // namespace vigie::sim
