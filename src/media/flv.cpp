// SPDX-License-Identifier: Apache-2.0
#include "media/flv.hpp"

#include <algorithm>
#include <utility>

namespace vigie::media {
namespace {

constexpr std::size_t header_size = 11;  // of a tag
constexpr std::size_t trailer_size = 4;  // PreviousTagSize
constexpr std::size_t file_header_size = 9;
constexpr std::size_t max_tag = 4U << 20U;  // a 4K key frame stays below
// An AAC packet has at most 768 bytes a channel (ISO 14496-3 §4.5.3.1); twice what 8 channels need.
constexpr std::size_t max_sound = 16U << 10U;
constexpr std::size_t sound_fields = 2;  // format and AAC packet type

std::uint32_t byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<std::uint8_t>(bytes[index]);
}
std::uint32_t read_u24(std::string_view bytes, std::size_t index) {
  return byte_at(bytes, index) << 16U | byte_at(bytes, index + 1) << 8U | byte_at(bytes, index + 2);
}
std::uint32_t read_u32(std::string_view bytes, std::size_t index) {
  return byte_at(bytes, index) << 24U | read_u24(bytes, index + 1);
}

bool is_tag_type(std::uint32_t type) {
  return type == 8 || type == 9 || type == 18;
}

struct TagHeader {
  FlvTag type;
  std::size_t size;
  Span timestamp;
};

// bytes holds at least header_size. The stream id is always 0 (§E.4.1).
std::optional<TagHeader> parse_tag_header(std::string_view bytes) {
  const auto size = read_u24(bytes, 1);
  if (!is_tag_type(byte_at(bytes, 0)) || read_u24(bytes, 8) != 0 || size > max_tag) {
    return std::nullopt;
  }
  const auto millis = byte_at(bytes, 7) << 24U | read_u24(bytes, 4);
  return TagHeader{static_cast<FlvTag>(byte_at(bytes, 0)), size, std::chrono::milliseconds{millis}};
}

bool is_aac(std::string_view bytes) {
  return byte_at(bytes, header_size) >> 4U == 10;
}

// What a tag found by searching must show beyond its header: a known first byte of its payload.
bool has_likely_payload(const TagHeader& tag, std::string_view bytes) {
  if (tag.size == 0) {
    return false;
  }
  const auto first = byte_at(bytes, header_size);
  switch (tag.type) {
    case FlvTag::audio:
      return is_aac(bytes) ? tag.size <= max_sound : first >> 4U <= 14;
    case FlvTag::video: {
      const auto frame_type = (first >> 4U) & 7U;  // the top bit marks enhanced FLV
      return frame_type >= 1 && frame_type <= 6;
    }
    case FlvTag::script:
      return first == 2;  // an AMF string
  }
  return false;
}

bool is_confirmed(std::string_view bytes, std::size_t size) {
  return read_u32(bytes, header_size + size) == header_size + size;
}

void append_u24(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 16U & 0xFFU);
  out += static_cast<char>(value >> 8U & 0xFFU);
  out += static_cast<char>(value & 0xFFU);
}
void append_u32(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 24U & 0xFFU);
  append_u24(out, value);
}

}  // namespace

std::vector<FlvAudio> FlvReader::feed(std::string_view bytes) {
  std::vector<FlvAudio> out;
  // In small helpings, so that a large call needs no more memory than many small ones.
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

bool FlvReader::step(std::vector<FlvAudio>& out) {
  switch (state_) {
    case State::at_tag:
      return read_tag(out);
    case State::in_tag:
      return skip_on();
    case State::searching:
      return search();
  }
  return false;
}

void FlvReader::drop(std::size_t count) {
  at_ += count;
  dropped_ += count;
}

bool FlvReader::read_tag(std::vector<FlvAudio>& out) {
  const auto bytes = rest();
  if (bytes.empty()) {
    return false;
  }
  if (bytes[0] == 'F') {
    return read_file_header();
  }
  if (!is_tag_type(byte_at(bytes, 0))) {
    state_ = State::searching;
    return true;
  }
  if (bytes.size() < header_size) {
    return false;
  }
  const auto tag = parse_tag_header(bytes);
  if (!tag) {
    state_ = State::searching;
    return true;
  }
  if (tag->type == FlvTag::audio && tag->size > 0) {
    return read_sound(out);
  }
  video_ += tag->type == FlvTag::video ? 1 : 0;
  begin_skip(tag->size);
  return true;
}

bool FlvReader::read_file_header() {
  constexpr std::string_view magic{"FLV\x01", 4};
  const auto bytes = rest();
  const auto seen = bytes.substr(0, magic.size());
  const bool looks_right = seen == magic.substr(0, seen.size());
  if (looks_right && bytes.size() < file_header_size + trailer_size) {
    return false;
  }
  if (!looks_right || read_u32(bytes, 5) != file_header_size) {
    state_ = State::searching;
    drop(1);
    return true;
  }
  at_ += file_header_size + trailer_size;
  seen_header_ = true;
  state_ = State::at_tag;
  return true;
}

// A sound tag is judged whole, so that a damaged packet never reaches the decoder.
bool FlvReader::read_sound(std::vector<FlvAudio>& out) {
  const auto bytes = rest();
  if (bytes.size() < header_size + 1) {
    return false;
  }
  const auto tag = parse_tag_header(bytes);
  if (!is_aac(bytes)) {
    ++foreign_;
    begin_skip(tag->size);
    return true;
  }
  const auto whole = header_size + tag->size + trailer_size;
  if (tag->size <= max_sound && bytes.size() < whole) {
    return false;
  }
  bool believed = tag->size <= max_sound && is_confirmed(bytes, tag->size);
  if (!believed && tag->size <= max_sound) {
    if (bytes.size() < whole + header_size) {
      return false;
    }
    believed = parse_tag_header(bytes.substr(whole)).has_value();
  }
  if (!believed) {
    state_ = State::searching;
    drop(1);
    return true;
  }
  if (tag->size >= sound_fields && byte_at(bytes, header_size + 1) <= 1) {
    const auto payload = bytes.substr(header_size + sound_fields, tag->size - sound_fields);
    out.push_back(FlvAudio{.timestamp = tag->timestamp,
                           .is_config = byte_at(bytes, header_size + 1) == 0,
                           .bytes = std::string{payload}});
  }
  at_ += whole;
  return true;
}

void FlvReader::begin_skip(std::size_t size) {
  at_ += header_size;
  skip_ = size;
  skipped_ = header_size;
  state_ = State::in_tag;
}

bool FlvReader::skip_on() {
  if (skip_ == 0) {
    return end_skip();
  }
  const auto bytes = rest();
  const auto inside = bytes.substr(0, skip_);
  const auto passed = std::min(inside.find('\x08'), inside.size());
  at_ += passed;
  skip_ -= passed;
  skipped_ += passed;
  if (passed == inside.size()) {
    return skip_ == 0;
  }
  return look_for_sound_inside();
}

bool FlvReader::end_skip() {
  const auto bytes = rest();
  if (bytes.size() < trailer_size) {
    return false;
  }
  if (read_u32(bytes, 0) == skipped_) {
    at_ += trailer_size;
    state_ = State::at_tag;
    return true;
  }
  if (bytes.size() < trailer_size + header_size) {
    return false;
  }
  if (parse_tag_header(bytes.substr(trailer_size))) {
    at_ += trailer_size;
    state_ = State::at_tag;
  } else {
    state_ = State::searching;
  }
  return true;
}

// A damaged length would swallow up to 4 MiB, minutes of sound. So a whole sound tag inside a
// skipped tag, confirmed by its own size, ends the skip; the chance of it in a real picture is
// below 2^-60. Of the two claims (the skipped tag's end, the sound tag's end) the one that ends
// first is judged.
bool FlvReader::look_for_sound_inside() {
  const auto bytes = rest();
  const bool end_is_here = bytes.size() >= skip_ + trailer_size;
  const bool end_is_right = end_is_here && read_u32(bytes, skip_) == skipped_ + skip_;
  const auto pass_one = [this] {
    ++at_;
    --skip_;
    ++skipped_;
    return true;
  };
  if (bytes.size() < header_size + 1) {
    return end_is_right && skip_ + trailer_size < header_size + 1 ? pass_one() : false;
  }
  const auto tag = parse_tag_header(bytes);
  if (!tag || tag->size < sound_fields || tag->size > max_sound || !is_aac(bytes)) {
    return pass_one();
  }
  const auto whole = header_size + tag->size + trailer_size;
  if (whole > skip_ + trailer_size) {
    if (!end_is_here) {
      return false;
    }
    if (end_is_right) {
      return pass_one();
    }
    state_ = State::searching;
    dropped_ += skipped_;
    return true;
  }
  if (bytes.size() < whole) {
    return false;
  }
  if (!is_confirmed(bytes, tag->size)) {
    return pass_one();
  }
  dropped_ += skipped_;
  state_ = State::at_tag;
  return true;
}

bool FlvReader::search() {
  const auto bytes = rest();
  static constexpr std::string_view first_bytes{"F\x08\x09\x12", 4};
  const auto garbage = std::min(bytes.find_first_of(first_bytes), bytes.size());
  if (garbage > 0) {
    drop(garbage);
    return true;
  }
  if (bytes.empty()) {
    return false;
  }
  if (bytes[0] == 'F') {
    return read_file_header();
  }
  if (bytes.size() < header_size + 1) {
    return false;
  }
  const auto tag = parse_tag_header(bytes);
  if (tag && has_likely_payload(*tag, bytes)) {
    state_ = State::at_tag;
  } else {
    drop(1);
  }
  return true;
}

std::string flv_header(bool has_video) {
  std::string out{"FLV\x01", 4};
  out += has_video ? '\x05' : '\x04';
  append_u32(out, file_header_size);
  append_u32(out, 0);
  return out;
}

std::string flv_tag(FlvTag type, Span timestamp, std::string_view payload) {
  const auto millis =
      static_cast<std::size_t>(timestamp / std::chrono::milliseconds{1}) & 0xFFFF'FFFFU;
  std::string out;
  out.reserve(header_size + payload.size() + trailer_size);
  out += static_cast<char>(type);
  append_u24(out, payload.size());
  append_u24(out, millis & 0xFF'FFFFU);
  out += static_cast<char>(millis >> 24U);
  append_u24(out, 0);
  out += payload;
  append_u32(out, header_size + payload.size());
  return out;
}

std::string flv_audio_config(std::string_view audio_specific_config, Span timestamp) {
  // AAC, "44 kHz, 16 bit, stereo" whatever it is (§E.4.2.1).
  return flv_tag(FlvTag::audio, timestamp, std::string{"\xAF\x00", 2} += audio_specific_config);
}

std::string flv_audio(Span timestamp, std::string_view aac_packet) {
  return flv_tag(FlvTag::audio, timestamp, std::string{"\xAF\x01", 2} += aac_packet);
}

}  // namespace vigie::media
