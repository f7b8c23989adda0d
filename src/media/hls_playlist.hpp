// SPDX-License-Identifier: Apache-2.0
// HLS playlists (RFC 8216) as plain values, with bounds. Pure: which addresses may be called is the
// caller's question.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::media {

inline constexpr std::size_t max_playlist_bytes = 1U << 20U;

struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool operator==(const ByteRange&) const = default;
};

struct HlsSegment {
  std::string address;  // as written: relative to the playlist's own
  std::optional<ByteRange> range;
  Span duration{0};
  std::int64_t sequence = 0;
  bool is_discontinuity = false;  // its timestamps have nothing to do with those before
  bool is_gap = false;            // announced as missing
  bool is_encrypted = false;
  std::string init_address;  // fMP4: what must come before; else empty
  std::optional<ByteRange> init_range;
};

struct HlsVariant {
  std::string address;
  std::int64_t bandwidth = 0;
  bool is_audio_only = false;
  std::string audio_group;
};

struct HlsRendition {
  std::string address;
  std::string group;
  bool is_default = false;
};

struct HlsPlaylist {
  bool is_master = false;
  std::vector<HlsVariant> variants;      // of a master playlist
  std::vector<HlsRendition> renditions;  // of sound alone
  std::vector<HlsSegment> segments;      // of a media playlist
  Span target{0};                        // no segment is longer
  bool has_ended = false;
};

// Errc::corrupt for what is no playlist, is longer than max_playlist_bytes, or holds numbers that
// make no sense.
Result<HlsPlaylist> parse_hls_playlist(std::string_view text);

// The address of the cheapest way to the sound: a rendition of sound alone, else a variant of sound
// alone, else the variant of the lowest bandwidth. Errc::not_found without one.
Result<std::string> choose_rendition(const HlsPlaylist& master);

}  // namespace vigie::media
