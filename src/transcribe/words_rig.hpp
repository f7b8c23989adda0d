// SPDX-License-Identifier: Apache-2.0
// Many lives at once on a clock turned by hand, for tests: each sample of speech says which one it
// is, recognisers take as long as the test wants, and in the end every sample of speech must have
// been heard once.
#pragma once
#include <gtest/gtest.h>

#include <charconv>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "async/clock_fake.hpp"
#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "log/log_fake.hpp"
#include "transcribe/speech_detector_fake.hpp"
#include "transcribe/transcriber_fake.hpp"
#include "transcribe/transcription.hpp"

namespace vigie::transcribe {

// What is said in a live: `speech` of it in every `period`, as a function of the place.
struct Script {
  Span speech{5'000'000};
  Span period{6'000'000};

  bool speaks(std::int64_t sample) const {
    const auto length = static_cast<std::int64_t>(media::samples_in(period));
    return sample % length < static_cast<std::int64_t>(media::samples_in(speech));
  }

  // A sample of speech carries its place, modulo `turn`.
  static constexpr std::int64_t turn = std::int64_t{1} << 22;
  float value(std::int64_t sample) const {
    return speaks(sample) ? 0.25F + static_cast<float>(sample % turn) / (1 << 24) : 0.0F;
  }
  static std::int64_t place(float value) {
    return static_cast<std::int64_t>((value - 0.25F) * (1 << 24));
  }
  std::vector<float> samples(std::int64_t from, std::int64_t to) const {
    std::vector<float> all;
    all.reserve(static_cast<std::size_t>(to - from));
    for (auto sample = from; sample < to; ++sample) {
      all.push_back(value(sample));
    }
    return all;
  }
};

inline Span time_at(std::int64_t sample) {
  return media::duration_of(static_cast<std::size_t>(sample));
}

// Takes `cost` seconds of the test's clock a second of sound; says "first place:samples".
class PacedTranscriber final : public Transcriber {
 public:
  PacedTranscriber(double its_cost, std::size_t workers) : cost{its_cost}, workers_{workers} {}

  Result<Transcript> transcribe(std::span<const float> samples, Ask ask, std::stop_token) override {
    const auto loud = std::ranges::find_if(samples, [](float value) { return value > 0; });
    const auto first = loud == samples.end() ? 0 : Script::place(*loud) - (loud - samples.begin());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const auto expected = (first + static_cast<std::int64_t>(i)) % Script::turn;
      if (samples[i] > 0 && Script::place(samples[i]) != expected) {
        is_torn = true;
      }
    }
    std::unique_lock lock{mutex_};
    const auto job = jobs_.insert(jobs_.end(), Job{media::duration_of(samples.size()), ask.effort});
    ++asked[static_cast<std::size_t>(ask.effort)];
    released_.wait(lock, [&] { return job->is_released || is_open_; });
    jobs_.erase(job);
    return Transcript{
        .text = fmt::format("{}:{}", first, samples.size()), .language = "fr", .confidence = 0.9};
  }

  std::size_t workers() const override { return workers_; }
  std::string_view engine() const override { return "paced"; }
  std::string_view model() const override { return "fake"; }

  // Lets go what is due. How many are at work after that.
  std::size_t turn_to(Span now) {
    const std::scoped_lock lock{mutex_};
    std::size_t inside = 0;
    for (auto& job : jobs_) {
      if (!job.due) {
        job.due = now + from_seconds(cost * to_seconds(job.duration));
      }
      job.is_released = job.is_released || *job.due <= now;
      inside += job.is_released ? 0 : 1;
    }
    released_.notify_all();
    return inside;
  }
  // From now on everything is answered at once.
  void open() {
    const std::scoped_lock lock{mutex_};
    is_open_ = true;
    released_.notify_all();
  }

  double cost;
  std::array<int, 3> asked{};         // by effort
  std::atomic<bool> is_torn = false;  // an utterance was not one stretch of one live

 private:
  struct Job {
    Span duration{0};
    Effort effort = Effort::full;
    std::optional<Span> due{};
    bool is_released = false;
  };
  std::size_t workers_;
  std::mutex mutex_;
  std::condition_variable released_;
  std::list<Job> jobs_;
  bool is_open_ = false;
};

class Studio : public ::testing::Test, public media::SoundArchive {
 protected:
  struct Live {
    Script script;
    LiveClaim claim;
    std::int64_t said = 0;      // samples so far
    std::int64_t archived = 0;  // of them in whole pieces, or told as a gap
    std::vector<std::pair<std::int64_t, std::int64_t>> holes{};  // never kept, in order
    bool is_on = true;
  };

  void begin(double cost, std::size_t workers, TranscriptionOptions options = {}) {
    transcriber_ = std::make_unique<PacedTranscriber>(cost, workers);
    options_ = std::move(options);
    start();
  }

  // A process begins …
  void start() {
    transcription_ = std::make_unique<Transcription>(
        io.get_executor(), [] { return std::make_unique<LoudnessDetector>(); }, transcriber_.get(),
        store, *this, clock, log.log, metrics, options_);
    tasks_ = std::make_unique<TaskGroup>(
        io.get_executor(),
        [](const std::string& name, std::exception_ptr) { ADD_FAILURE() << name; });
    tasks_->spawn("transcription", transcription_->run());
    settle();
  }

  // … and is gone without a word.
  void kill() {
    tasks_->cancel();
    transcriber_->open();
    io.restart();
    while (tasks_->size() > 0) {
      io.run_one();
    }
    transcription_.reset();
    transcriber_ = std::make_unique<PacedTranscriber>(transcriber_->cost, transcriber_->workers());
  }

  void TearDown() override {
    if (transcription_) {
      kill();
    }
  }

  void put_on_air(const std::string& id, Script script = {}) {
    lives_[id] = Live{.script = script, .claim = {id, "me", 1}};
  }

  // Turns io until nothing moves that the clock does not move.
  void settle() {
    for (;;) {
      io.restart();
      const auto moved = io.poll();
      const auto inside = transcriber_->turn_to(clock.steady());
      if (moved == 0 && transcription_->listening() == 0 && transcription_->busy() == inside) {
        return;
      }
      std::this_thread::yield();
    }
  }

  void wait(Span length) {
    clock.advance(length);
    settle();
  }

  // So much is said in every live that is on, in steps.
  void play(Span length, Span step = Span{250'000}) {
    for (Span passed{0}; passed < length; passed += step) {
      for (auto& [id, live] : lives_) {
        if (live.is_on) {
          say(live, step);
        }
      }
      wait(step);
      const auto held = seconds_waiting();
      most_held = std::max(most_held, held);
    }
  }

  void say(Live& live, Span length) {
    const auto from = live.said;
    live.said += static_cast<std::int64_t>(media::samples_in(length));
    testing::run(
        io, transcription_->sound(live.claim, time_at(from), live.script.samples(from, live.said)));
    const bool is_awaited = live.said - live.archived >= least_piece &&
                            transcription_->awaited(live.claim) > time_at(live.archived);
    if (live.said - live.archived >= piece || is_awaited) {
      keep(live);
    }
  }

  void keep(Live& live) {
    live.archived = live.said;
    store.standings[live.claim.live_id].heard_until = time_at(live.said);
    transcription_->kept(live.claim, time_at(live.said));
  }

  // Its capture is over.
  void end(const std::string& id) {
    auto& live = lives_.at(id);
    live.is_on = false;
    keep(live);
    const auto done = testing::start(io, transcription_->finish(live.claim));
    for (int i = 0; i < 200 && !*done; ++i) {
      settle();
      wait(Span{*done ? 0 : 100'000});
    }
    EXPECT_TRUE(*done) << "finish() keeps a capture";
  }

  // As the one who looks for ended lives would.
  void catch_up(const std::string& id, int most_seconds = 600) {
    auto& live = lives_.at(id);
    ++live.claim.token;
    const auto done = testing::start(io, catch_up_of(live.claim));
    for (int i = 0; i < most_seconds && !*done; ++i) {
      settle();
      wait(Span{std::chrono::seconds{*done ? 0 : 1}});
    }
    EXPECT_TRUE(*done) << id << " is not caught up";
  }

  // A new process after kill(): what was not archived is lost, and so is what is said meanwhile.
  void revive(Span down) {
    start();
    for (auto& [id, live] : lives_) {
      const auto back = live.said + static_cast<std::int64_t>(media::samples_in(down));
      live.holes.emplace_back(std::exchange(live.archived, back), back);
      live.said = back;
      ++live.claim.token;
      testing::run(io, transcription_->begin(live.claim));
    }
  }
  // Their sound is back.
  void tell_holes() {
    for (auto& [id, live] : lives_) {
      const auto [from, to] = live.holes.back();
      testing::run(io, transcription_->gap(live.claim, time_at(from), time_at(to)));
    }
  }

  // Every sample of speech that was said and kept is in one segment, in order.
  void expect_every_word(const std::string& id) {
    const auto& live = lives_.at(id);
    std::int64_t heard = 0;
    for (const auto& segment : store.kept) {
      if (segment.live_id != id) {
        continue;
      }
      const auto from = place_of(segment);
      const auto to = from + length_of(segment);
      ASSERT_GE(from, heard) << id << ": twice, at " << to_seconds(segment.start) << " s";
      ASSERT_FALSE(speech_between(live, heard, from))
          << id << ": not heard, between " << heard << " and " << from;
      heard = to;
    }
    EXPECT_FALSE(speech_between(live, heard, live.said)) << id << ": its end, from " << heard;
    EXPECT_FALSE(transcriber_->is_torn);
  }

  double seconds_waiting() {
    const auto text = metrics.render();
    const std::string name = "\nvigie_transcribe_waiting_seconds ";
    const auto line = text.find(name);
    return line == std::string::npos ? 0 : std::stod(text.substr(line + name.size()));
  }
  double value(const std::string& name) {
    const auto text = metrics.render();
    const auto line = text.find("\n" + name + " ");
    return line == std::string::npos ? -1 : std::stod(text.substr(line + name.size() + 2));
  }

  std::unique_ptr<media::ArchiveReader> open(std::string live_id, Span from) override {
    return std::make_unique<Reader>(*this, std::move(live_id), from);
  }

  static constexpr std::int64_t piece = 64'000;
  static constexpr std::int64_t least_piece = 16'000;
  asio::io_context io;
  ManualClock clock;
  log::KeptLog log;
  metrics::Registry metrics;
  KeptSegments store;
  std::map<std::string, Live> lives_;
  std::map<std::string, Span> purged;  // the sound of a live before this moment is gone
  double most_held = 0;                // seconds of sound that waited in memory
  std::unique_ptr<PacedTranscriber> transcriber_;
  std::unique_ptr<Transcription> transcription_;

 private:
  Async<> catch_up_of(LiveClaim claim) { co_await transcription_->catch_up(std::move(claim)); }

  static bool speech_between(const Live& live, std::int64_t from, std::int64_t to) {
    for (auto sample = from; sample < to; ++sample) {
      if (live.script.speaks(sample) && !is_near_hole(live, sample)) {
        return true;
      }
    }
    return false;
  }
  // So short a rest of a word is a click (CutterLimits::shortest).
  static bool is_near_hole(const Live& live, std::int64_t sample) {
    constexpr std::int64_t rest = 2'400;
    return std::ranges::any_of(live.holes, [&](const auto& hole) {
      return sample >= hole.first - rest && sample < hole.second + rest;
    });
  }
  static std::int64_t length_of(const Segment& segment) {
    return std::stoll(segment.text.substr(segment.text.find(':') + 1));
  }
  // Its own samples say where, the segment's start how often around.
  static std::int64_t place_of(const Segment& segment) {
    const auto told = std::stoll(segment.text);
    const auto claimed = segment.start.count() * media::sample_rate / 1'000'000;
    const auto place = told + (claimed - told + Script::turn / 2) / Script::turn * Script::turn;
    EXPECT_NEAR(static_cast<double>(place), static_cast<double>(claimed), 2);
    return place;
  }

  class Reader final : public media::ArchiveReader {
   public:
    Reader(Studio& studio, std::string live, Span from)
        : studio_{studio},
          live_{std::move(live)},
          next_{(from.count() * media::sample_rate + 999'999) / 1'000'000} {}

    Async<Result<std::optional<media::KeptStretch>>> next() override {
      const auto& live = studio_.lives_.at(live_);
      const auto gone = studio_.purged.find(live_);
      if (gone != studio_.purged.end() && time_at(next_) < gone->second) {
        const media::KeptStretch hole{time_at(next_), {}, gone->second - time_at(next_), "purged"};
        next_ = static_cast<std::int64_t>(media::samples_in(gone->second));
        co_return std::optional{hole};
      }
      auto end = live.archived;
      for (const auto& [hole, behind] : live.holes) {
        if (next_ < hole) {
          end = std::min(end, hole);
          break;
        }
        next_ = std::max(next_, behind);
      }
      const auto to = std::min(end, next_ + piece);
      if (to <= next_) {
        co_return std::optional<media::KeptStretch>{};
      }
      const auto from = std::exchange(next_, to);
      co_return std::optional{
          media::KeptStretch{time_at(from), live.script.samples(from, to), {}, {}}};
    }

   private:
    Studio& studio_;
    std::string live_;
    std::int64_t next_;
  };

  TranscriptionOptions options_;
  std::unique_ptr<TaskGroup> tasks_;
};

}  // namespace vigie::transcribe
