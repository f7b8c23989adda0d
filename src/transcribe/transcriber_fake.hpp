// SPDX-License-Identifier: Apache-2.0
// Recognisers and a store that pretend, for tests.
#pragma once
#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "media/pcm.hpp"
#include "media/sound_archive.hpp"
#include "transcribe/segments.hpp"
#include "transcribe/transcriber.hpp"

namespace vigie::transcribe {

// Says its script, one entry an utterance; when that is over, one "mot" for each second heard.
class ScriptedTranscriber final : public Transcriber {
 public:
  explicit ScriptedTranscriber(std::deque<std::string> script = {}, std::size_t workers = 1)
      : script_{std::move(script)}, workers_{workers} {}

  Result<Transcript> transcribe(std::span<const float> samples, Ask ask, std::stop_token) override {
    if (before_answer) {
      before_answer(samples);
    }
    const std::scoped_lock lock{mutex_};
    asked_.push_back({std::string{ask.language}, media::duration_of(samples.size()), ask.effort});
    if (!failures_.empty()) {
      auto failure = std::move(failures_.front());
      failures_.pop_front();
      return failure;
    }
    Transcript transcript{.text = {},
                          .language = std::string{ask.language == "auto" ? "fr" : ask.language}};
    transcript.confidence = 0.9;
    if (!script_.empty()) {
      transcript.text = std::move(script_.front());
      script_.pop_front();
      return transcript;
    }
    for (auto left = media::duration_of(samples.size()); left >= std::chrono::seconds{1};
         left -= std::chrono::seconds{1}) {
      transcript.text += transcript.text.empty() ? "mot" : " mot";
    }
    return transcript;
  }

  std::vector<Result<Transcript>> transcribe_all(std::span<const Speech> speeches, Effort effort,
                                                 std::stop_token stop) override {
    {
      const std::scoped_lock lock{mutex_};
      parties_.push_back(speeches.size());
    }
    return Transcriber::transcribe_all(speeches, effort, std::move(stop));
  }

  std::size_t workers() const override { return workers_; }
  std::size_t most_together() const override { return together; }
  std::string_view engine() const override { return "script"; }
  std::string_view model() const override { return "fake"; }

  struct Asked {
    std::string language;
    Span duration{0};
    Effort effort = Effort::full;
  };
  std::vector<Asked> asked() const {
    const std::scoped_lock lock{mutex_};
    return asked_;
  }
  // How many utterances were handed over at once, by call.
  std::vector<std::size_t> parties() const {
    const std::scoped_lock lock{mutex_};
    return parties_;
  }
  // What the next calls answer instead, in order.
  void fail_next(Error error) {
    const std::scoped_lock lock{mutex_};
    failures_.push_back(std::move(error));
  }

  // Runs on the worker's thread before each answer: to hold one back, say. Set before use.
  std::function<void(std::span<const float>)> before_answer;
  std::size_t together = 1;  // most_together(); set before use

 private:
  mutable std::mutex mutex_;
  std::deque<std::string> script_;
  std::deque<Error> failures_;
  std::vector<Asked> asked_;
  std::vector<std::size_t> parties_;
  std::size_t workers_;
};

// Keeps what it is given, in memory. For the I/O thread.
class KeptSegments final : public SegmentStore {
 public:
  Async<Result<Standing>> standing(std::string live_id) override { co_return standings[live_id]; }

  Async<Result<std::int64_t>> append(LiveClaim claim, Settled settled) override {
    ++calls;
    if (!failures.empty()) {
      auto failure = std::move(failures.front());
      failures.pop_front();
      co_return failure;
    }
    const auto count = static_cast<std::int64_t>(settled.segments.size());
    for (auto& segment : settled.segments) {
      segment.live_id = claim.live_id;
      kept.push_back(std::move(segment));
    }
    std::ranges::move(settled.losses, std::back_inserter(losses));
    auto& until = standings[claim.live_id].words_until;
    until = std::max(until, settled.until);
    co_return count;
  }

  Async<Result<>> set_state(LiveClaim claim, WordsState state) override {
    states[claim.live_id].push_back(state);
    co_return Result<>{};
  }

  std::vector<Segment> kept;
  std::vector<Gap> losses;
  std::map<std::string, Standing> standings;              // by live
  std::map<std::string, std::vector<WordsState>> states;  // as they were told
  std::deque<Error> failures;                             // what the next calls of append answer
  int calls = 0;                                          // of append
};

// Sound that was kept: what a test put in, or nothing.
class KeptSounds final : public media::SoundArchive {
 public:
  std::unique_ptr<media::ArchiveReader> open(std::string live_id, Span from) override {
    ++opened;
    return std::make_unique<Reader>(stretches[live_id], from);
  }

  std::map<std::string, std::vector<media::KeptStretch>> stretches;  // by live, in order
  int opened = 0;

 private:
  class Reader final : public media::ArchiveReader {
   public:
    Reader(const std::vector<media::KeptStretch>& all, Span from) : all_{all}, from_{from} {}

    Async<Result<std::optional<media::KeptStretch>>> next() override {
      while (next_ < all_.size()) {
        auto stretch = all_[next_++];
        const Span end = stretch.at + stretch.lost + media::duration_of(stretch.samples.size());
        if (end <= from_) {
          continue;
        }
        if (stretch.at < from_ && stretch.lost == Span{0}) {
          const auto known = media::samples_in(from_ - stretch.at);
          stretch.samples.erase(stretch.samples.begin(),
                                stretch.samples.begin() + static_cast<std::ptrdiff_t>(known));
          stretch.at = from_;
        }
        co_return std::optional{std::move(stretch)};
      }
      co_return std::optional<media::KeptStretch>{};
    }

   private:
    const std::vector<media::KeptStretch>& all_;
    Span from_;
    std::size_t next_ = 0;
  };
};

}  // namespace vigie::transcribe
