// SPDX-License-Identifier: Apache-2.0
#include "transcribe/listener.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace vigie::transcribe {

namespace {

// 1.5 s. The detector remembers: after a loud voice it does not hear a soft one that begins seconds
// later, for as long as that one speaks. (Measured: 7 s of a reader after voice commands.)
constexpr int frames_to_forget = 47;
// Half a second. A detector that begins in the middle of a note takes it for a voice (2 of 100
// beginnings of music gave a word); one that has just heard the same sound does not (0 of 60).
constexpr std::size_t frames_to_prime = 16;

}  // namespace

Listener::Listener(std::unique_ptr<SpeechDetector> detector, CutterLimits limits)
    : detector_{std::move(detector)}, cutter_{limits} {}

std::vector<Utterance> Listener::hear(std::span<const float> samples) {
  rest_.insert(rest_.end(), samples.begin(), samples.end());
  return hear_rest(frames_to_prime);
}

// Frame after frame; where the detector begins anew, only with so many at hand.
std::vector<Utterance> Listener::hear_rest(std::size_t frames_at_hand) {
  std::vector<Utterance> complete;
  std::size_t used = 0;
  for (;;) {
    const std::span<const float> left{rest_.begin() + static_cast<std::ptrdiff_t>(used),
                                      rest_.end()};
    if (left.size() < (is_primed_ ? 1 : frames_at_hand) * samples_in_frame) {
      break;
    }
    if (!std::exchange(is_primed_, true)) {
      prime(
          left.first(std::min(left.size() / samples_in_frame, frames_to_prime) * samples_in_frame));
    }
    const auto frame = left.first(samples_in_frame);
    if (auto utterance = cutter_.feed(likely(frame), frame)) {
      complete.push_back(std::move(*utterance));
    }
    used += samples_in_frame;
  }
  rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(used));
  return complete;
}

// What comes next, backwards, ends where it begins.
void Listener::prime(std::span<const float> frames) {
  const std::vector<float> mirrored(frames.rbegin(), frames.rend());
  for (std::size_t at = 0; at < mirrored.size(); at += samples_in_frame) {
    detector_->hear(std::span{mirrored}.subspan(at, samples_in_frame));
  }
}

float Listener::likely(std::span<const float> frame) {
  const float probability = detector_->hear(frame);
  quiet_frames_ = cutter_.is_open() ? 0 : quiet_frames_ + 1;
  if (quiet_frames_ == frames_to_forget) {
    detector_->reset();
    is_primed_ = false;
  }
  return probability;
}

std::vector<Utterance> Listener::finish() {
  auto complete = hear_rest(1);
  if (!rest_.empty()) {
    std::array<float, samples_in_frame> frame{};
    std::copy(rest_.begin(), rest_.end(), frame.begin());
    if (auto utterance = cutter_.feed(detector_->hear(frame), rest_)) {
      complete.push_back(std::move(*utterance));
    }
    rest_.clear();
  }
  if (auto utterance = cutter_.flush()) {
    complete.push_back(std::move(*utterance));
  }
  detector_->reset();
  is_primed_ = false;
  return complete;
}

std::int64_t Listener::position() const {
  return cutter_.heard() + static_cast<std::int64_t>(rest_.size());
}

}  // namespace vigie::transcribe
