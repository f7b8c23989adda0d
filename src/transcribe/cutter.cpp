// SPDX-License-Identifier: Apache-2.0
#include "transcribe/cutter.hpp"

#include <algorithm>
#include <cmath>

#include "transcribe/speech_detector.hpp"

namespace vigie::transcribe {
namespace {

constexpr auto frame_length = static_cast<std::int64_t>(samples_in_frame);

// The share of the longest utterance, at its end, within which a cut through speech is placed.
constexpr double search_share = 0.3;

std::int64_t samples(Span span) {
  return static_cast<std::int64_t>(media::samples_in(span));
}

}  // namespace

Cutter::Cutter(CutterLimits limits) : limits_{limits} {}

std::optional<Utterance> Cutter::feed(float probability, std::span<const float> frame) {
  samples_.insert(samples_.end(), frame.begin(), frame.end());
  heard_ += static_cast<std::int64_t>(frame.size());
  if (!is_open_) {
    if (probability < limits_.open) {
      forget_before(std::max(settled_until_, heard_ - samples(limits_.lead)));
      return std::nullopt;
    }
    speech_start_ = heard_ - static_cast<std::int64_t>(frame.size());
    open();
  }
  likely_.push_back(probability);
  silence_ = probability < limits_.close ? silence_ + static_cast<std::int64_t>(frame.size()) : 0;

  const auto length = heard_ - start_;
  const auto patience = length < samples(limits_.soft) ? limits_.pause : limits_.short_pause;
  if (silence_ >= samples(patience)) {
    return close_at_pause();
  }
  if (length + frame_length > samples(limits_.hard)) {
    return cut_at_least_likely();
  }
  return std::nullopt;
}

std::optional<Utterance> Cutter::flush() {
  auto last = is_open_ ? close_at_pause() : std::nullopt;
  forget_before(heard_);  // what comes next does not begin in what was before
  return last;
}

std::span<const float> Cutter::open_samples() const {
  if (!is_open_) {
    return {};
  }
  return std::span{samples_}.subspan(static_cast<std::size_t>(start_ - kept_from_));
}

void Cutter::open() {
  is_open_ = true;
  continues_ = false;
  start_ = std::max({settled_until_, kept_from_, speech_start_ - samples(limits_.lead)});
  silence_ = 0;
  likely_.clear();
}

std::optional<Utterance> Cutter::close_at_pause() {
  const auto speech_end = heard_ - silence_;
  const auto speech = speech_end - speech_start_;
  is_open_ = false;
  // After a cut through speech whatever is not silence is the rest of a word.
  const bool is_click = continues_ ? speech <= 0 : speech < samples(limits_.shortest);
  if (is_click) {
    forget_before(std::max(settled_until_, heard_ - samples(limits_.lead)));
    return std::nullopt;
  }
  return close(std::min(heard_, speech_end + samples(limits_.tail)));
}

std::optional<Utterance> Cutter::cut_at_least_likely() {
  // Smoothed over three frames: one unsure frame inside a vowel is no pause.
  const auto frames = likely_.size();
  const auto searched =
      static_cast<std::size_t>(search_share * static_cast<double>(samples(limits_.hard)) /
                               static_cast<double>(frame_length));
  std::size_t best = frames - 1;
  float least = 2;
  for (std::size_t i = std::max<std::size_t>(frames > searched ? frames - searched : 1, 1);
       i + 1 < frames; ++i) {
    const float around = (likely_[i - 1] + likely_[i] + likely_[i + 1]) / 3;
    if (around <= least) {  // the later of two equals: longer utterances, more context
      least = around;
      best = i;
    }
  }
  const auto place = speech_start_ + static_cast<std::int64_t>(best) * frame_length;
  auto utterance = close(place);
  likely_.erase(likely_.begin(), likely_.begin() + static_cast<std::ptrdiff_t>(best));
  continues_ = true;
  start_ = place;
  speech_start_ = place;
  silence_ = std::min(silence_, heard_ - place);
  return utterance;
}

std::optional<Utterance> Cutter::close(std::int64_t end) {
  const auto from = samples_.begin() + (start_ - kept_from_);
  Utterance utterance{.start = start_, .end = end, .samples = {from, from + (end - start_)}};
  settled_until_ = end;
  forget_before(is_open_ ? end : std::max(end, heard_ - samples(limits_.lead)));
  return utterance;
}

void Cutter::forget_before(std::int64_t place) {
  if (place > kept_from_) {
    samples_.erase(samples_.begin(), samples_.begin() + (place - kept_from_));
    kept_from_ = place;
  }
}

}  // namespace vigie::transcribe
