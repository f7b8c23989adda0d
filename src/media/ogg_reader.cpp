// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>

#include "media/ogg.hpp"
#include "media/packet_decoder.hpp"
#include "media/pcm.hpp"
#include "media/readers.hpp"

namespace vigie::media {
namespace {

constexpr std::size_t max_head = 2U << 20U;    // comments may hold a cover
constexpr std::size_t max_packet = 1U << 20U;  // of sound
constexpr int max_corrupt = 50;

// Three packets as libav's Vorbis wants them: two lengths in steps of 255, then all three.
std::string lace(const std::vector<std::string>& packets) {
  std::string out = "\x02";
  for (std::size_t index = 0; index < 2; ++index) {
    out.append(packets[index].size() / 255, '\xFF');
    out += static_cast<char>(packets[index].size() % 255);
  }
  for (const auto& packet : packets) {
    out += packet;
  }
  return out;
}

// Vorbis or Opus in Ogg; one stream after another, as Icecast sends the songs of a programme.
class OggReader final : public SoundReader {
 public:
  std::vector<Sound> feed(std::string_view bytes) override {
    std::vector<Sound> out;
    for (auto& page : ogg_.feed(bytes)) {
      if (page.begins) {
        begin(page);
      }
      if (serial_ && page.serial == *serial_) {
        take(std::move(page), out);
      }
    }
    return out;
  }

  std::uint64_t dropped_bytes() const override { return ogg_.dropped_bytes(); }

  std::string_view trouble() const override {
    if (corrupt_ > max_corrupt) {
      return "corrupt";
    }
    return is_foreign_ && !serial_ ? "codec" : "";
  }

 private:
  void begin(const OggPage& page) {
    const auto first = page.packets.empty() ? std::string_view{} : page.packets.front();
    const bool is_vorbis = first.starts_with("\x01vorbis");
    if (!is_vorbis && !first.starts_with("OpusHead")) {
      is_foreign_ = true;
      return;
    }
    serial_ = page.serial;
    codec_ = is_vorbis ? AV_CODEC_ID_VORBIS : AV_CODEC_ID_OPUS;
    decoder_.reset();
    head_.clear();
    head_packets_.clear();
    partial_.clear();
  }

  // The packets that are whole with this page.
  std::vector<std::string> whole_packets(OggPage& page) {
    auto packets = std::move(page.packets);
    if (page.continues && !packets.empty()) {
      if (partial_.empty() && (packets.size() > 1 || !page.is_open)) {
        packets.erase(packets.begin());  // its beginning was not seen
      } else {
        packets.front() = partial_ + packets.front();
      }
    }
    partial_.clear();
    if (page.is_open && !packets.empty()) {
      partial_ = std::move(packets.back());
      packets.pop_back();
      if (partial_.size() > max_head) {
        partial_.clear();
      }
    }
    return packets;
  }

  void take(OggPage page, std::vector<Sound>& out) {
    auto packets = whole_packets(page);
    if (!decoder_) {
      collect_head(page, std::move(packets));
      return;
    }
    Sound sound{duration_of(heard_), {}, format_, std::move(page.bytes)};
    for (const auto& packet : packets) {
      auto samples = packet.size() <= max_packet
                         ? decoder_->decode(packet)
                         : make_error(Errc::corrupt, "a packet of {} bytes", packet.size());
      corrupt_ = samples ? 0 : corrupt_ + 1;
      if (samples) {
        sound.samples.insert(sound.samples.end(), samples->begin(), samples->end());
      }
    }
    heard_ += sound.samples.size();
    if (!sound.samples.empty()) {
      out.push_back(std::move(sound));
    }
  }

  void collect_head(const OggPage& page, std::vector<std::string> packets) {
    head_ += page.bytes;
    for (auto& packet : packets) {
      head_packets_.push_back(std::move(packet));
    }
    if (head_.size() > max_head) {
      ++corrupt_;
      serial_.reset();
      return;
    }
    const std::size_t needed = codec_ == AV_CODEC_ID_VORBIS ? 3 : 2;
    if (head_packets_.size() < needed) {
      return;
    }
    head_packets_.resize(needed);
    const auto extradata =
        codec_ == AV_CODEC_ID_VORBIS ? lace(head_packets_) : head_packets_.front();
    auto decoder = libav::PacketDecoder::open({.codec = codec_, .extradata = extradata});
    if (!decoder) {
      corrupt_ = max_corrupt + 1;
      serial_.reset();
      return;
    }
    decoder_ = std::move(*decoder);
    format_ = std::make_shared<const SoundFormat>(
        SoundFormat{.codec = "ogg", .head = std::exchange(head_, {})});
    head_packets_.clear();
  }

  OggSplitter ogg_;
  std::optional<std::uint32_t> serial_;  // of the stream that is read
  AVCodecID codec_ = AV_CODEC_ID_NONE;
  std::string head_;
  std::vector<std::string> head_packets_;
  std::string partial_;
  std::unique_ptr<libav::PacketDecoder> decoder_;
  std::shared_ptr<const SoundFormat> format_;
  std::size_t heard_ = 0;
  bool is_foreign_ = false;
  int corrupt_ = 0;
};

}  // namespace

std::unique_ptr<SoundReader> create_ogg_reader() {
  return std::make_unique<OggReader>();
}

}  // namespace vigie::media
