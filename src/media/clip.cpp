// SPDX-License-Identifier: Apache-2.0
#include "media/clip.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "media/aac.hpp"
#include "media/frames.hpp"
#include "media/memory_file.hpp"
#include "media/sound_reader.hpp"

namespace vigie::media {
namespace {

constexpr std::int64_t packet_samples = 1024;
constexpr std::size_t adts_header_size = 7;  // as adts_frame() writes it
constexpr int usual_rate = 44'100;

// What all packets of one file have in common.
struct Track {
  std::string config;  // AudioSpecificConfig (ISO 14496-3 §1.6.2.1) of two bytes
  int rate = usual_rate;
  int channels = 1;
};

struct Frames {
  Track track;
  std::vector<std::string_view> packets;
};

Track track_of(std::string_view header, int rate) {
  const auto third = static_cast<unsigned char>(header[2]);
  const auto fourth = static_cast<unsigned char>(header[3]);
  const unsigned object_type = (third >> 6U) + 1U;
  const unsigned rate_index = third >> 2U & 0xFU;
  const unsigned channels = (third & 1U) << 2U | fourth >> 6U;
  const unsigned bits = object_type << 11U | rate_index << 7U | channels << 3U;
  Track track;
  track.config = {static_cast<char>(bits >> 8U & 0xFFU), static_cast<char>(bits & 0xFFU)};
  track.rate = rate;
  track.channels = static_cast<int>(channels);
  return track;
}

// Nothing when the piece is no ADTS, or is more than one kind of it.
std::optional<Frames> frames_of(const KeptSound& piece) {
  if (piece.codec != "aac-adts") {
    return std::nullopt;
  }
  Frames frames;
  std::string_view rest = piece.bytes;
  while (!rest.empty()) {
    const auto header = parse_adts_header(rest);
    if (!header || header->size > rest.size() || header->samples != packet_samples) {
      return std::nullopt;
    }
    auto track = track_of(rest, header->rate);
    if (!frames.packets.empty() && track.config != frames.track.config) {
      return std::nullopt;
    }
    frames.track = std::move(track);
    frames.packets.push_back(rest.substr(adts_header_size, header->size - adts_header_size));
    rest.remove_prefix(header->size);
  }
  return frames;
}

std::optional<Container> container_of(std::string_view codec) {
  for (const auto container : {Container::adts, Container::mp3, Container::ogg, Container::wav}) {
    const auto name = to_string(container);
    if (codec == name || (codec == "aac-adts" && container == Container::adts)) {
      return container;
    }
  }
  return std::nullopt;
}

Result<std::vector<float>> decoded(const KeptSound& piece) {
  const auto container = container_of(piece.codec);
  if (!container) {
    return make_error(Errc::corrupt, "sound kept as {} cannot be read", piece.codec);
  }
  const auto reader = create_sound_reader(*container);
  std::vector<float> samples;
  auto sounds = reader->feed(piece.bytes);
  auto last = reader->flush();
  std::ranges::move(last, std::back_inserter(sounds));
  for (const auto& sound : sounds) {
    samples.insert(samples.end(), sound.samples.begin(), sound.samples.end());
  }
  if (samples.empty()) {
    return make_error(Errc::corrupt, "sound kept as {} cannot be decoded", piece.codec);
  }
  return samples;
}

// The packets of one clip in their places on its time axis.
class Reel {
 public:
  Reel(Track track, Span from, Span to) : track_{std::move(track)}, from_{from}, to_{to} {}

  const Track& track() const { return track_; }
  const std::vector<std::string>& packets() const { return packets_; }
  bool has_sound() const { return has_sound_; }

  Result<> add(const KeptSound& piece) {
    const auto frames = frames_of(piece);
    if (frames && frames->track.config == track_.config) {
      return place(piece.start, frames->packets);
    }
    const auto encoded = encode_anew(piece);
    if (!encoded) {
      return encoded.error();
    }
    std::vector<std::string_view> views(encoded->begin(), encoded->end());
    return place(piece.start, views);
  }

 private:
  Span length_of(std::size_t packets) const {
    return Span{std::int64_t{1'000'000} * packet_samples * static_cast<std::int64_t>(packets) /
                track_.rate};
  }

  Result<> place(Span start, const std::vector<std::string_view>& packets) {
    for (std::size_t index = 0; index < packets.size(); ++index) {
      const Span at = start + length_of(index);
      if (at + length_of(1) <= from_ || at >= to_) {
        continue;
      }
      if (auto filled = fill_until(at); !filled) {
        return filled;
      }
      packets_.emplace_back(packets[index]);
      has_sound_ = true;
    }
    return {};
  }

  // Less than a packet is no hole: pieces are measured with a clock, packets are not.
  Result<> fill_until(Span at) {
    while (from_ + length_of(packets_.size() + 1) <= at) {
      if (silence_.empty()) {
        auto silence = silent_packet();
        if (!silence) {
          return silence.error();
        }
        silence_ = std::move(*silence);
      }
      packets_.push_back(silence_);
    }
    return {};
  }

  Result<std::string> silent_packet() const {
    constexpr std::size_t settled = 3;  // the first ones still hear the encoder begin
    const std::vector<float> nothing(16'000);
    auto packets = encode(nothing);
    if (!packets) {
      return packets.error();
    }
    if (packets->size() <= settled) {
      return make_error(Errc::corrupt, "silence cannot be encoded at {} Hz", track_.rate);
    }
    return std::move((*packets)[settled]);
  }

  Result<std::vector<std::string>> encode_anew(const KeptSound& piece) const {
    const auto samples = decoded(piece);
    if (!samples) {
      return samples.error();
    }
    return encode(*samples);
  }

  Result<std::vector<std::string>> encode(const std::vector<float>& samples) const {
    auto encoder = create_aac_encoder(track_.rate, track_.channels);
    if (!encoder) {
      return encoder.error();
    }
    return (*encoder)->encode(samples);
  }

  Track track_;
  Span from_;
  Span to_;
  std::vector<std::string> packets_;
  std::string silence_;
  bool has_sound_ = false;
};

Result<Track> first_track(const std::vector<KeptSound>& pieces) {
  for (const auto& piece : pieces) {
    if (auto frames = frames_of(piece); frames && !frames->packets.empty()) {
      return std::move(frames->track);
    }
  }
  Track track;
  const auto encoder = create_aac_encoder(track.rate, track.channels);
  if (!encoder) {
    return encoder.error();
  }
  track.config = (*encoder)->config();
  return track;
}

}  // namespace

Result<std::string> make_clip(const std::vector<KeptSound>& pieces, Span from, Span to) {
  auto track = first_track(pieces);
  if (!track) {
    return track.error();
  }
  Reel reel{std::move(*track), from, to};
  for (const auto& piece : pieces) {
    if (auto added = reel.add(piece); !added) {
      return added.error();
    }
  }
  if (!reel.has_sound()) {
    return make_error(Errc::not_found, "no sound is kept there");
  }
  return libav::write_mp4(reel.track().config, reel.track().rate, reel.track().channels,
                          packet_samples, reel.packets());
}

}  // namespace vigie::media
