// SPDX-License-Identifier: Apache-2.0
#include "media/hls_playlist.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"

namespace vigie::media {
namespace {

constexpr std::size_t max_address = 4096;
constexpr std::size_t max_entries = 20'000;
constexpr double longest_segment_s = 3600;

// NAME=value,NAME="value" (§4.2). Names that come twice: the first counts.
using Attributes = std::map<std::string_view, std::string_view>;
Attributes parse_attributes(std::string_view text) {
  Attributes out;
  while (!text.empty()) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) {
      break;
    }
    const auto name = trim(text.substr(0, equals));
    text.remove_prefix(equals + 1);
    std::size_t end = 0;
    std::string_view value;
    if (text.starts_with('"')) {
      const auto quote = text.find('"', 1);
      end = quote == std::string_view::npos ? text.size() : quote + 1;
      value = text.substr(1, quote == std::string_view::npos ? quote : quote - 1);
    } else {
      end = std::min(text.find(','), text.size());
      value = trim(text.substr(0, end));
    }
    out.emplace(name, value);
    const auto comma = text.find(',', end);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return out;
}

std::string_view attribute(const Attributes& attributes, std::string_view name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string_view{} : found->second;
}

bool has_pictures(std::string_view codecs) {
  const auto all = split(codecs, ',');
  return std::ranges::any_of(all, [](std::string_view codec) {
    const auto name = trim(codec);
    return !name.starts_with("mp4a") && !name.starts_with("ac-3") && !name.starts_with("ec-3") &&
           !name.starts_with("opus") && !name.starts_with("Opus") && !name.starts_with("fLaC");
  });
}

class Parser {
 public:
  Result<HlsPlaylist> parse(std::string_view text) {
    if (text.size() > max_playlist_bytes) {
      return make_error(Errc::corrupt, "a playlist of more than {} bytes", max_playlist_bytes);
    }
    if (text.starts_with("\xEF\xBB\xBF")) {
      text.remove_prefix(3);
    }
    if (!trim(text).starts_with("#EXTM3U")) {
      return make_error(Errc::corrupt, "it is no playlist");
    }
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      const auto line = trim(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      const auto read = line.starts_with('#') ? read_tag(line) : read_address(line);
      if (!read) {
        return read.error();
      }
    }
    out_.is_master = !out_.variants.empty();
    if (out_.is_master && !out_.segments.empty()) {
      return make_error(Errc::corrupt, "a playlist of both segments and variants");
    }
    return std::move(out_);
  }

 private:
  Result<> read_tag(std::string_view line) {
    const auto colon = std::min(line.find(':'), line.size());
    const auto name = line.substr(0, colon);
    const auto value = line.substr(std::min(colon + 1, line.size()));
    if (name == "#EXTINF") {
      return read_duration(value);
    }
    if (name == "#EXT-X-TARGETDURATION") {
      return read_target(value);
    }
    if (name == "#EXT-X-MEDIA-SEQUENCE") {
      return read_sequence(value);
    }
    if (name == "#EXT-X-BYTERANGE") {
      return read_range(value);
    }
    if (name == "#EXT-X-MAP") {
      return read_map(value);
    }
    if (name == "#EXT-X-STREAM-INF") {
      return read_variant(value);
    }
    if (name == "#EXT-X-MEDIA") {
      return read_rendition(value);
    }
    if (name == "#EXT-X-KEY") {
      const auto attributes = parse_attributes(value);
      is_encrypted_ = attribute(attributes, "METHOD") != "NONE";
    } else if (name == "#EXT-X-DISCONTINUITY") {
      next_.is_discontinuity = true;
    } else if (name == "#EXT-X-GAP") {
      next_.is_gap = true;
    } else if (name == "#EXT-X-ENDLIST") {
      out_.has_ended = true;
    }
    return {};
  }

  Result<> read_address(std::string_view line) {
    if (line.empty()) {
      return {};
    }
    if (line.size() > max_address || out_.segments.size() + out_.variants.size() > max_entries) {
      return make_error(Errc::corrupt, "a playlist with too long or too many addresses");
    }
    if (variant_) {
      variant_->address = line;
      out_.variants.push_back(std::move(*variant_));
      variant_.reset();
      return {};
    }
    if (!has_duration_) {
      return {};  // an address that is no segment
    }
    next_.address = line;
    next_.sequence = sequence_++;
    next_.is_encrypted = is_encrypted_;
    next_.init_address = init_address_;
    next_.init_range = init_range_;
    range_end_ = next_.range ? next_.range->offset + next_.range->size : 0;
    out_.segments.push_back(std::exchange(next_, {}));
    has_duration_ = false;
    return {};
  }

  Result<> read_duration(std::string_view value) {
    const auto seconds = to_number(trim(value.substr(0, value.find(','))));
    if (!seconds || !(*seconds >= 0) || *seconds > longest_segment_s) {
      return make_error(Errc::corrupt, "a segment of no sensible duration");
    }
    next_.duration = from_seconds(*seconds);
    has_duration_ = true;
    return {};
  }

  Result<> read_target(std::string_view value) {
    const auto seconds = to_number(trim(value));
    if (!seconds || !(*seconds >= 0) || *seconds > longest_segment_s) {
      return make_error(Errc::corrupt, "a target duration that makes no sense");
    }
    out_.target = from_seconds(*seconds);
    return {};
  }

  Result<> read_sequence(std::string_view value) {
    const auto number = to_integer(trim(value));
    constexpr std::int64_t last = std::int64_t{1} << 53;
    if (!number || *number < 0 || *number > last || !out_.segments.empty()) {
      return make_error(Errc::corrupt, "a sequence number that makes no sense");
    }
    sequence_ = *number;
    return {};
  }

  // "size" or "size@offset" (§4.3.2.2); without an offset it follows the range before.
  Result<ByteRange> parse_range(std::string_view value) const {
    constexpr std::int64_t furthest = std::int64_t{1} << 40;
    const auto at = value.find('@');
    const auto size = to_integer(trim(value.substr(0, at)));
    std::optional<std::int64_t> offset = static_cast<std::int64_t>(range_end_);
    if (at != std::string_view::npos) {
      offset = to_integer(trim(value.substr(at + 1)));
    }
    if (!size || *size <= 0 || *size > furthest || !offset || *offset < 0 || *offset > furthest) {
      return make_error(Errc::corrupt, "a range of bytes that makes no sense");
    }
    return ByteRange{static_cast<std::uint64_t>(*offset), static_cast<std::uint64_t>(*size)};
  }

  Result<> read_range(std::string_view value) {
    const auto range = parse_range(value);
    if (!range) {
      return range.error();
    }
    next_.range = *range;
    return {};
  }

  Result<> read_map(std::string_view value) {
    const auto attributes = parse_attributes(value);
    init_address_ = attribute(attributes, "URI").substr(0, max_address);
    init_range_.reset();
    if (const auto range = attribute(attributes, "BYTERANGE"); !range.empty()) {
      const auto parsed = parse_range(range);
      if (!parsed) {
        return parsed.error();
      }
      init_range_ = *parsed;
    }
    return {};
  }

  Result<> read_variant(std::string_view value) {
    const auto attributes = parse_attributes(value);
    const auto codecs = attribute(attributes, "CODECS");
    HlsVariant variant;
    variant.bandwidth = to_integer(attribute(attributes, "BANDWIDTH")).value_or(0);
    variant.is_audio_only =
        !codecs.empty() && !has_pictures(codecs) && attribute(attributes, "RESOLUTION").empty();
    variant.audio_group = attribute(attributes, "AUDIO");
    variant_ = std::move(variant);
    return {};
  }

  Result<> read_rendition(std::string_view value) {
    const auto attributes = parse_attributes(value);
    const auto address = attribute(attributes, "URI");
    if (attribute(attributes, "TYPE") != "AUDIO" || address.empty()) {
      return {};
    }
    if (address.size() > max_address || out_.renditions.size() > max_entries) {
      return make_error(Errc::corrupt, "a playlist with too long or too many addresses");
    }
    out_.renditions.push_back({std::string{address}, std::string{attribute(attributes, "GROUP-ID")},
                               attribute(attributes, "DEFAULT") == "YES"});
    return {};
  }

  HlsPlaylist out_;
  HlsSegment next_;
  bool has_duration_ = false;
  std::optional<HlsVariant> variant_;
  std::int64_t sequence_ = 0;
  std::uint64_t range_end_ = 0;
  bool is_encrypted_ = false;
  std::string init_address_;
  std::optional<ByteRange> init_range_;
};

}  // namespace

Result<HlsPlaylist> parse_hls_playlist(std::string_view text) {
  return Parser{}.parse(text);
}

Result<std::string> choose_rendition(const HlsPlaylist& master) {
  const HlsVariant* best = nullptr;
  for (const auto& variant : master.variants) {
    const bool is_better =
        best == nullptr || (variant.is_audio_only && !best->is_audio_only) ||
        (variant.is_audio_only == best->is_audio_only && variant.bandwidth < best->bandwidth);
    best = is_better ? &variant : best;
  }
  if (best == nullptr) {
    return make_error(Errc::not_found, "a playlist without variants");
  }
  const HlsRendition* sound = nullptr;
  for (const auto& rendition : master.renditions) {
    const bool is_ours = !best->audio_group.empty() && rendition.group == best->audio_group;
    if (is_ours && (sound == nullptr || (rendition.is_default && !sound->is_default))) {
      sound = &rendition;
    }
  }
  return sound != nullptr ? sound->address : best->address;
}

}  // namespace vigie::media
