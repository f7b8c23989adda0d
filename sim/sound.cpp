// SPDX-License-Identifier: Apache-2.0
#include "sim/sound.hpp"

#include <array>
#include <cmath>
#include <numbers>

#include "media/aac.hpp"
#include "media/pcm.hpp"
#include "media/sound_file.hpp"

namespace vigie::sim {
namespace {

constexpr std::int64_t samples_per_packet = 1024;
constexpr int bits_per_second = 64'000;
// About four hours at 64 kbit/s: what one sound may take in memory is 120 MB.
constexpr std::size_t most_packets = 620'000;

// A slow melody, four notes over a low one: clearly not speech.
std::vector<float> generate_melody() {
  constexpr std::array<double, 8> notes{220.0, 277.2, 329.6, 440.0, 329.6, 277.2, 246.9, 196.0};
  constexpr double note_seconds = 0.75;
  std::vector<float> out;
  const auto length = static_cast<std::size_t>(note_seconds * media::sample_rate);
  for (const auto note : notes) {
    for (std::size_t index = 0; index < length; ++index) {
      const auto at = static_cast<double>(index) / media::sample_rate;
      const auto fade = std::sin(std::numbers::pi * at / note_seconds);
      const auto turn = 2 * std::numbers::pi * at;
      out.push_back(static_cast<float>(0.15 * fade * std::sin(turn * note) +
                                       0.05 * fade * std::sin(turn * 110.0)));
    }
  }
  return out;
}

struct Chunk {
  std::vector<std::string> packets;
  bool is_last = false;
  std::optional<Error> error;
};

// Decodes and encodes bit by bit. In one worker at a time.
class Encoding {
 public:
  Encoding(std::string path, std::unique_ptr<media::AacEncoder> encoder)
      : path_{std::move(path)}, encoder_{std::move(encoder)} {}

  Chunk next(const std::stop_token& stop) {
    constexpr std::size_t chunk_packets = 430;  // about ten seconds
    Chunk chunk;
    while (!chunk.is_last && chunk.packets.size() < chunk_packets && !stop.stop_requested()) {
      const auto samples = read();
      if (!samples) {
        chunk.error = samples.error();
        chunk.is_last = true;
        return chunk;
      }
      chunk.is_last = samples->empty();
      auto packets = encoder_->encode(*samples);
      if (!packets) {
        chunk.error = packets.error();
        chunk.is_last = true;
        return chunk;
      }
      std::ranges::move(*packets, std::back_inserter(chunk.packets));
    }
    return chunk;
  }

 private:
  Result<std::vector<float>> read() {
    if (path_.empty()) {
      return std::exchange(is_started_, true) ? std::vector<float>{} : generate_melody();
    }
    if (!file_) {
      auto opened = media::open_sound_file(path_);
      if (!opened) {
        return opened.error();
      }
      file_ = std::move(*opened);
    }
    return file_->read();
  }

  std::string path_;
  std::unique_ptr<media::AacEncoder> encoder_;
  std::unique_ptr<media::SoundFile> file_;
  bool is_started_ = false;
};

// The last packet of half a second of nothing: the encoder has settled by then.
std::string encode_silence(int rate, int channels) {
  auto encoder = media::create_aac_encoder(rate, channels, bits_per_second).value();
  return encoder->encode(std::vector<float>(media::sample_rate / 2)).value().back();
}

}  // namespace

std::size_t Track::index_at(Span spoken) const {
  return static_cast<std::size_t>(spoken.count() * rate / 1'000'000 / samples_per_packet);
}

Span Track::time_of(std::size_t index) const {
  return Span{static_cast<std::int64_t>(index) * samples_per_packet * 1'000'000 / rate};
}

const std::string& Track::packet_at(std::size_t index, bool loops) const {
  const auto count = packets.size();
  const bool is_over = count == 0 || (!loops && index >= count);
  return is_over ? silence : packets[index % count];
}

SoundBank::SoundBank(const asio::any_io_executor& executor, WorkerPool& workers, TaskGroup& tasks,
                     log::Log& log)
    : executor_{executor}, workers_{workers}, tasks_{tasks}, log_{log} {}

std::shared_ptr<Track> SoundBank::track(const std::string& path, std::size_t codec_generation) {
  const bool is_odd = codec_generation % 2 == 1;
  auto& track = tracks_[{path, is_odd}];
  if (!track) {
    const int rate = is_odd ? 48'000 : 44'100;
    const int channels = is_odd ? 2 : 1;
    track = std::make_shared<Track>();
    track->rate = rate;
    track->silence = encode_silence(rate, channels);
    track->config = media::create_aac_encoder(rate, channels, bits_per_second).value()->config();
    tasks_.spawn("encode a sound", encode(track, path, rate, channels));
  }
  return track;
}

Async<> SoundBank::encode(std::shared_ptr<Track> track, std::string path, int rate, int channels) {
  const auto encoding = std::make_shared<Encoding>(
      path, media::create_aac_encoder(rate, channels, bits_per_second).value());
  while (!track->is_complete) {
    std::function<Chunk(std::stop_token)> job = [encoding](const std::stop_token& stop) {
      return encoding->next(stop);
    };
    auto chunk = co_await workers_.run(std::move(job));
    std::ranges::move(chunk.packets, std::back_inserter(track->packets));
    if (chunk.error) {
      log_.warn("a sound ends before its file does", {{"file", path}, {"why", chunk.error->what}});
    }
    track->is_complete = chunk.is_last || track->packets.size() >= most_packets;
    for (auto* signal : track->waiting) {
      signal->ring();
    }
  }
}

Async<> SoundBank::wait_for(std::shared_ptr<Track> track, std::size_t index) {
  Signal grown{executor_};
  struct Place {
    std::list<Signal*>& list;
    std::list<Signal*>::iterator at;
    Place(std::list<Signal*>& waiting, Signal& signal)
        : list{waiting}, at{waiting.insert(waiting.end(), &signal)} {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { list.erase(at); }
  };
  const Place place{track->waiting, grown};
  while (!track->is_complete && track->packets.size() <= index) {
    co_await grown.wait();
  }
}

Async<Result<>> SoundBank::check(std::string path) {
  std::function<Result<>(std::stop_token)> job = [path = std::move(path)](const std::stop_token&) {
    const auto opened = media::open_sound_file(path);
    return opened ? Result<>{} : Result<>{opened.error()};
  };
  co_return co_await workers_.run(std::move(job));
}

}  // namespace vigie::sim
