// SPDX-License-Identifier: Apache-2.0
#include "media/sound_reader.hpp"

#include <deque>
#include <optional>
#include <utility>

#include "media/aac.hpp"
#include "media/flv.hpp"
#include "media/frames.hpp"
#include "media/mpeg_ts.hpp"
#include "media/packet_decoder.hpp"
#include "media/readers.hpp"

namespace vigie::media {
namespace {

constexpr int max_corrupt = 50;             // packets in a row: about a second
constexpr std::uint64_t max_foreign = 200;  // sound tags of a codec that is not AAC
constexpr std::uint64_t many_pictures = 100;

// Frames of one codec → sound.
class FrameDecoder {
 public:
  FrameDecoder(AVCodecID codec, std::string name) : codec_{codec}, name_{std::move(name)} {}

  void add(Frame frame, Span timestamp, std::vector<Sound>& out) {
    if (!decoder_) {
      auto made = libav::PacketDecoder::open({.codec = codec_});
      if (!made) {
        ++corrupt_;
        return;
      }
      decoder_ = std::move(*made);
    }
    auto samples = decoder_->decode(frame.bytes);
    if (!samples) {
      ++corrupt_;
      return;
    }
    corrupt_ = 0;
    if (!format_ || rate_ != frame.header.rate) {
      format_ = std::make_shared<const SoundFormat>(SoundFormat{.codec = name_, .head = ""});
      rate_ = frame.header.rate;
    }
    out.push_back({timestamp, std::move(*samples), format_, std::move(frame.bytes)});
  }

  bool is_corrupt() const { return corrupt_ > max_corrupt; }

 private:
  AVCodecID codec_;
  std::string name_;
  std::unique_ptr<libav::PacketDecoder> decoder_;
  std::shared_ptr<const SoundFormat> format_;
  int rate_ = 0;
  int corrupt_ = 0;
};

struct Framing {
  FrameSplitter splitter;
  FrameDecoder decoder;
};
Framing adts_framing() {
  return {FrameSplitter{parse_adts_header}, FrameDecoder{AV_CODEC_ID_AAC, "aac-adts"}};
}
Framing mp3_framing() {
  return {FrameSplitter{parse_mp3_header}, FrameDecoder{AV_CODEC_ID_MP3, "mp3"}};
}

// Frames say nothing of time: it is counted.
class FramedReader final : public SoundReader {
 public:
  explicit FramedReader(Framing framing) : framing_{std::move(framing)} {}

  std::vector<Sound> feed(std::string_view bytes) override {
    return decode(framing_.splitter.feed(bytes));
  }
  std::vector<Sound> flush() override { return decode(framing_.splitter.flush()); }
  std::uint64_t dropped_bytes() const override { return framing_.splitter.dropped_bytes(); }
  std::string_view trouble() const override {
    return framing_.decoder.is_corrupt() ? "corrupt" : "";
  }

 private:
  std::vector<Sound> decode(std::vector<Frame> frames) {
    std::vector<Sound> out;
    for (auto& frame : frames) {
      const Span at = time_;
      time_ += frame.header.duration();
      framing_.decoder.add(std::move(frame), at, out);
    }
    return out;
  }

  Framing framing_;
  Span time_{0};
};

class TsSoundReader final : public SoundReader {
 public:
  std::vector<Sound> feed(std::string_view bytes) override {
    std::vector<Sound> out;
    for (auto& payload : ts_.feed(bytes)) {
      if (!framing_ || kind_ != ts_.sound()) {
        kind_ = ts_.sound();
        framing_ = kind_ == TsSound::adts ? adts_framing() : mp3_framing();
        marks_.clear();
        fed_ = 0;
      }
      if (payload.timestamp) {
        marks_.emplace_back(fed_, *payload.timestamp);
      }
      fed_ += payload.bytes.size();
      decode(framing_->splitter.feed(payload.bytes), out);
    }
    return out;
  }

  std::vector<Sound> flush() override {
    std::vector<Sound> out;
    if (framing_) {
      decode(framing_->splitter.flush(), out);
    }
    return out;
  }

  std::uint64_t dropped_bytes() const override {
    return ts_.dropped_bytes() + (framing_ ? framing_->splitter.dropped_bytes() : 0);
  }

  std::string_view trouble() const override {
    if (ts_.is_encrypted()) {
      return "encrypted";
    }
    if (ts_.has_map() && ts_.sound() == TsSound::none) {
      return ts_.has_foreign_sound() ? "codec" : ts_.has_video() ? "video_only" : "no_sound";
    }
    return framing_ && framing_->decoder.is_corrupt() ? "corrupt" : "";
  }

 private:
  void decode(std::vector<Frame> frames, std::vector<Sound>& out) {
    for (auto& frame : frames) {
      while (!marks_.empty() && marks_.front().first <= frame.offset) {
        time_ = marks_.front().second;
        marks_.pop_front();
      }
      const Span at = time_;
      time_ += frame.header.duration();
      framing_->decoder.add(std::move(frame), at, out);
    }
    constexpr std::size_t many = 1000;  // starts without a frame: nothing but garbage between them
    if (marks_.size() > many) {
      marks_.pop_front();
    }
  }

  TsReader ts_;
  TsSound kind_ = TsSound::none;
  std::optional<Framing> framing_;
  std::deque<std::pair<std::uint64_t, Span>> marks_;  // where an elementary packet began, and when
  std::uint64_t fed_ = 0;
  Span time_{0};
};

class FlvSoundReader final : public SoundReader {
 public:
  std::vector<Sound> feed(std::string_view bytes) override {
    std::vector<Sound> out;
    for (auto& tag : flv_.feed(bytes)) {
      if (tag.is_config) {
        configure(std::move(tag.bytes));
      } else if (decoder_) {  // sound before its configuration cannot be read
        decode(std::move(tag), out);
      }
    }
    return out;
  }

  std::uint64_t dropped_bytes() const override { return flv_.dropped_bytes(); }

  std::string_view trouble() const override {
    if (corrupt_ > max_corrupt) {
      return "corrupt";
    }
    if (decoder_) {
      return "";
    }
    if (flv_.foreign_audio_tags() > max_foreign) {
      return "codec";
    }
    const bool is_mute = flv_.foreign_audio_tags() == 0 && flv_.video_tags() > many_pictures;
    return is_mute ? "video_only" : "";
  }

 private:
  void configure(std::string config) {
    if (decoder_ && config == config_) {
      return;
    }
    auto decoder = create_aac_decoder(config);
    decoder_ = decoder ? std::move(*decoder) : nullptr;
    corrupt_ += decoder ? 0 : 1;
    config_ = std::move(config);
    format_ = std::make_shared<const SoundFormat>(SoundFormat{.codec = "aac-adts", .head = ""});
  }

  void decode(FlvAudio tag, std::vector<Sound>& out) {
    auto samples = decoder_->decode(tag.bytes);
    if (!samples) {
      ++corrupt_;
      return;
    }
    corrupt_ = 0;
    Sound sound{tag.timestamp, std::move(*samples), nullptr, ""};
    if (auto frame = adts_frame(config_, tag.bytes)) {
      sound.format = format_;
      sound.bytes = std::move(*frame);
    }
    out.push_back(std::move(sound));
  }

  FlvReader flv_;
  std::unique_ptr<AacDecoder> decoder_;
  std::string config_;
  std::shared_ptr<const SoundFormat> format_;
  int corrupt_ = 0;
};

}  // namespace

std::unique_ptr<SoundReader> create_sound_reader(Container container) {
  switch (container) {
    case Container::flv:
      return std::make_unique<FlvSoundReader>();
    case Container::adts:
      return std::make_unique<FramedReader>(adts_framing());
    case Container::mp3:
      return std::make_unique<FramedReader>(mp3_framing());
    case Container::mpeg_ts:
      return std::make_unique<TsSoundReader>();
    case Container::ogg:
      return create_ogg_reader();
    case Container::wav:
      return create_wav_reader();
    default:
      return nullptr;
  }
}

}  // namespace vigie::media
