// SPDX-License-Identifier: Apache-2.0
// For tests of capture: a server on loopback that plays scripted streams, and collaborators that
// remember.
#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "async/clock.hpp"
#include "async/clock_fake.hpp"
#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "async/worker_pool.hpp"
#include "base/random_fake.hpp"
#include "base/text.hpp"
#include "capture/capture_service.hpp"
#include "capture/journal_fake.hpp"
#include "capture/live_reader.hpp"
#include "http/server.hpp"
#include "log/log_fake.hpp"
#include "media/aac.hpp"
#include "media/flv.hpp"
#include "media/pcm.hpp"
#include "platform/live_source_fake.hpp"

namespace vigie::capture {

class MemoryBlobs final : public BlobStore {
 public:
  std::map<std::string, std::string> kept;
  bool is_full = false;

  Result<> put(std::string_view key, std::string_view bytes) override {
    const std::scoped_lock lock{mutex_};
    if (is_full) {
      return make_error(Errc::unavailable, "no room");
    }
    kept[std::string{key}] = bytes;
    return {};
  }
  Result<std::string> get(std::string_view key) override { return kept.at(std::string{key}); }
  Result<> remove(std::string_view) override { return {}; }
  Result<std::vector<std::string>> list(std::string_view) override {
    return std::vector<std::string>{};
  }
  Result<std::uint64_t> free_bytes() override { return std::uint64_t{0}; }

 private:
  std::mutex mutex_;
};

class KeptSound final : public media::SoundSink {
 public:
  struct Block {
    Span at;
    std::size_t samples;
  };
  std::vector<Block> blocks;
  std::vector<std::pair<Span, Span>> gaps;
  int begun = 0;
  int finished = 0;
  float loudest = 0;
  Span kept_until{0};
  Span awaits{0};  // what awaited() says
  std::function<void()> on_kept = [] {};

  Async<> begin(LiveClaim) override {
    ++begun;
    co_return;
  }
  void kept(const LiveClaim&, Span until) override {
    EXPECT_GT(until, kept_until);
    kept_until = until;
    on_kept();
  }
  Span awaited(const LiveClaim&) const override { return awaits; }

  Async<> sound(LiveClaim, Span at, std::vector<float> samples) override {
    for (const float sample : samples) {
      loudest = std::max(loudest, std::abs(sample));
    }
    blocks.push_back({at, samples.size()});
    co_return;
  }
  Async<> gap(LiveClaim, Span from, Span to) override {
    gaps.emplace_back(from, to);
    co_return;
  }
  Async<> finish(LiveClaim) override {
    ++finished;
    co_return;
  }

  Span heard() const {
    std::size_t samples = 0;
    for (const auto& block : blocks) {
      samples += block.samples;
    }
    return media::duration_of(samples);
  }
};

// A tone as the bytes of an FLV stream; timestamps begin at `from`.
inline std::string flv_tone(Span length, Span from = Span{0}, int rate = 44'100) {
  std::vector<float> samples(media::samples_in(length));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = 0.5F * static_cast<float>(std::sin(0.17 * static_cast<double>(i)));
  }
  auto encoder = media::create_aac_encoder(rate).value();
  std::string bytes = media::flv_header(false) + media::flv_audio_config(encoder->config());
  std::int64_t index = 0;
  const auto packets = encoder->encode(samples).value();
  for (const auto& packet : packets) {
    const Span at{index++ * 1024 * 1'000'000 / rate};
    bytes += media::flv_audio(from + at, packet);
  }
  return bytes;
}

// What one connection plays.
struct Play {
  int status = 200;
  std::string bytes{};
  bool hangs = false;     // says nothing more instead of ending
  Span first_advance{0};  // of the clock, before the first byte
  std::string location{};
  Span each_byte{0};             // the bytes go out one at a time, the clock moving on between them
  std::string content_length{};  // a claim
};

class ReaderRig {
 public:
  ReaderRig() {
    auto handler = [this](http::Request request) { return play(std::move(request)); };
    http::ServerOptions options;
    options.stop_grace = std::chrono::milliseconds{50};  // streams that hang are meant to
    auto made = http::create_server(io.get_executor(), options, std::move(handler), random,
                                    quiet.log, metrics);
    server = std::move(made.value());
    tasks.spawn("server", server->run());
    guard = std::make_unique<http::AddressGuard>(std::vector<std::string>{base()},
                                                 std::vector<std::string>{});
    client = http::create_client(io.get_executor(), *guard);
    sources.add(std::move(owned_source));
  }
  ~ReaderRig() {
    tasks.cancel();
    testing::run(io, tasks.join());
  }
  ReaderRig(const ReaderRig&) = delete;
  ReaderRig& operator=(const ReaderRig&) = delete;

  std::string base() const { return fmt::format("http://127.0.0.1:{}", server->port()); }

  // The next address the platform gives plays this.
  void add(Play play) {
    source.addresses.push_back(platform::StreamAddress{fmt::format("{}/{}", base(), plays.size())});
    plays.push_back(std::move(play));
  }

  // The next address the platform gives is this one, of ours or of others.
  void add_address(std::string address) {
    source.addresses.push_back(platform::StreamAddress{std::move(address)});
  }

  // Turns the context until something has come true; false after ten seconds.
  template <class Predicate>
  bool run_until(Predicate is_true) {
    const auto end = SystemClock{}.steady() + std::chrono::seconds{10};
    while (!is_true()) {
      if (SystemClock{}.steady() > end) {
        return false;
      }
      io.restart();
      io.run_one_for(std::chrono::milliseconds{20});
    }
    return true;
  }

  ReaderTools tools(Journal& written) {
    return ReaderTools{
        *client, *guard, source, sink, blobs, pool, written, clock, quiet.log, metrics, [this] {
          return has_room;
        }};
  }

  CaptureTools service_tools() {
    return CaptureTools{*client, *guard, sources, sink, blobs, pool, clock, quiet.log, metrics};
  }

  asio::io_context io;
  ManualClock clock;
  SeededRandom random;
  log::QuietLog quiet;
  metrics::Registry metrics;
  std::vector<Play> plays;
  int connections = 0;
  std::map<std::string, Play> pages;  // by path, for what is not an address of the platform
  std::map<std::string, int> asked;   // how often each of them was
  std::unique_ptr<platform::FakeSource> owned_source = std::make_unique<platform::FakeSource>();
  platform::FakeSource& source = *owned_source;
  platform::Sources sources;
  KeptSound sink;
  MemoryBlobs blobs;
  bool has_room = true;
  WorkerPool pool{"disk", 1};
  FakeJournal journal;
  TaskGroup tasks{io.get_executor(), [](const std::string& name, const std::exception_ptr&) {
                    ADD_FAILURE() << name << " ended by an exception";
                  }};
  std::unique_ptr<http::Server> server;
  std::unique_ptr<http::AddressGuard> guard;
  std::unique_ptr<http::Client> client;

 private:
  Async<http::Answer> play(http::Request request) {
    const auto page = pages.find(request.path);
    if (page != pages.end()) {
      ++asked[request.path];
      co_return answer(page->second);
    }
    const auto index = to_integer(request.path.substr(1));
    if (!index) {
      http::Response missing;
      missing.status = 404;
      co_return missing;
    }
    ++connections;
    co_return answer(plays.at(static_cast<std::size_t>(*index)));
  }

  http::Answer answer(const Play& script) {
    clock.advance(script.first_advance);
    http::Response head;
    head.status = script.status;
    head.headers.add("Content-Type", "video/x-flv");
    if (!script.location.empty()) {
      head.headers.add("Location", script.location);
    }
    if (!script.content_length.empty()) {
      head.headers.add("Content-Length", script.content_length);
    }
    auto body = [this, script](http::BodyWriter& writer) { return send(script, writer); };
    return http::Answer{http::Streamed{std::move(head), std::move(body)}};
  }

  Async<> send(Play script, http::BodyWriter& writer) {
    if (script.each_byte > Span{0}) {
      for (const char byte : script.bytes) {
        const std::string one(1, byte);
        co_await writer.write(one);
        clock.advance(script.each_byte);
      }
    } else if (!script.bytes.empty()) {
      co_await writer.write(script.bytes);
    }
    if (script.hangs) {
      const Span for_ever = std::chrono::hours{1000};
      co_await clock.sleep(for_ever);
    }
  }
};

}  // namespace vigie::capture
