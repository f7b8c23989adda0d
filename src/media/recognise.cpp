// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "media/frames.hpp"
#include "media/sound_reader.hpp"

namespace vigie::media {
namespace {

constexpr std::size_t packet_size = 188;  // of MPEG-TS

// How many packets of MPEG-TS seem to follow one another from there on, at most what decides.
std::size_t ts_packets(std::string_view head, std::size_t first) {
  constexpr char sync = 0x47;
  constexpr std::size_t enough = 8;
  std::size_t count = 0;
  for (auto at = first; at < head.size() && count < enough && head[at] == sync; at += packet_size) {
    ++count;
  }
  return count;
}

bool is_mpeg_ts(std::string_view head, std::size_t least) {
  for (std::size_t first = 0; first < std::min(packet_size, head.size()); ++first) {
    if (ts_packets(head, first) >= least) {
      return true;
    }
  }
  return false;
}

// Before anything is looked for inside: quiet sound has frames so short that several fit into one
// packet.
bool is_surely_mpeg_ts(std::string_view head) {
  constexpr std::size_t from_the_start = 3;
  constexpr std::size_t anywhere = 6;
  return ts_packets(head, 0) >= from_the_start || is_mpeg_ts(head, anywhere);
}

// Two frames and the header of a third, anywhere: a stream is joined in the middle of a frame.
bool has_frames(std::string_view head, FrameSplitter::Parse parse) {
  for (auto at = head.find('\xFF'); at != std::string_view::npos; at = head.find('\xFF', at + 1)) {
    auto place = at;
    int found = 0;
    while (found < 3 && place < head.size()) {
      const auto header = parse(head.substr(place));
      if (!header) {
        break;
      }
      place += header->size;
      ++found;
    }
    if (found == 3) {
      return true;
    }
  }
  return false;
}

bool is_image(std::string_view head) {
  return head.starts_with("\x89PNG") || head.starts_with("\xFF\xD8\xFF") ||
         head.starts_with("GIF8") || (head.starts_with("RIFF") && head.substr(8, 4) == "WEBP");
}

bool is_mp4(std::string_view head) {
  constexpr std::array<std::string_view, 6> boxes{"ftyp", "styp", "moov", "moof", "sidx", "emsg"};
  const auto box = head.substr(4, 4);
  for (const auto known : boxes) {
    if (box == known) {
      return true;
    }
  }
  return false;
}

Container recognise_text(std::string_view head) {
  auto text = head.starts_with("\xEF\xBB\xBF") ? head.substr(3) : head;
  text = trim(text);
  if (text.starts_with("#EXTM3U")) {
    return Container::hls;
  }
  return text.starts_with('<') ? Container::html : Container::undecided;
}

}  // namespace

std::string_view to_string(Container container) {
  static constexpr std::array<std::string_view, 12> words{
      "undecided", "flv", "adts", "mp3",  "ogg",   "wav",
      "mpeg_ts",   "mp4", "hls",  "html", "image", "unknown"};
  return words.at(static_cast<std::size_t>(container));
}

Container recognise(std::string_view head) {
  constexpr std::size_t longest_mark = 12;
  const bool is_last_word = head.size() >= recognised_within;
  if (head.size() < longest_mark) {
    return Container::undecided;
  }
  if (is_image(head)) {
    return Container::image;
  }
  if (head.starts_with("FLV\x01")) {
    return Container::flv;
  }
  if (head.starts_with("OggS")) {
    return Container::ogg;
  }
  if (head.starts_with("RIFF") && head.substr(8, 4) == "WAVE") {
    return Container::wav;
  }
  if (is_mp4(head)) {
    return Container::mp4;
  }
  if (const auto text = recognise_text(head); text != Container::undecided) {
    return text;
  }
  if (is_surely_mpeg_ts(head)) {
    return Container::mpeg_ts;
  }
  const auto tag = id3_size(head);
  const auto sound = head.substr(std::min(tag, head.size()));
  if (has_frames(sound, parse_adts_header)) {
    return Container::adts;
  }
  if (has_frames(sound, parse_mp3_header)) {
    return Container::mp3;
  }
  if (constexpr std::size_t likely = 3; is_mpeg_ts(head, likely)) {
    return Container::mpeg_ts;
  }
  if (!is_last_word) {
    return Container::undecided;
  }
  return tag >= head.size() ? Container::mp3 : Container::unknown;  // a tag with a cover
}

// The sample entries of what is encrypted (ISO 14496-12 §8.12).
bool is_encrypted_mp4(std::string_view head) {
  return is_mp4(head) && (head.find("enca") != std::string_view::npos ||
                          head.find("encv") != std::string_view::npos);
}

bool is_sound(Container container) {
  switch (container) {
    case Container::flv:
    case Container::adts:
    case Container::mp3:
    case Container::ogg:
    case Container::wav:
    case Container::mpeg_ts:
      return true;
    default:
      return false;
  }
}

}  // namespace vigie::media
