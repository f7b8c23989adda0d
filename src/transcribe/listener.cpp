// SPDX-License-Identifier: Apache-2.0
#include "transcribe/listener.hpp"

#include <algorithm>
#include <array>

namespace vigie::transcribe {

namespace {

// 1.5 s. The detector remembers: after a loud voice it does not hear a soft one that begins seconds
// later, for as long as that one speaks. (Measured: 7 s of a reader after voice commands.)
constexpr int frames_to_forget = 47;

}  // namespace

Listener::Listener(std::unique_ptr<SpeechDetector> detector, CutterLimits limits)
    : detector_{std::move(detector)}, cutter_{limits} {}

std::vector<Utterance> Listener::hear(std::span<const float> samples) {
  std::vector<Utterance> complete;
  rest_.insert(rest_.end(), samples.begin(), samples.end());
  std::size_t used = 0;
  for (; rest_.size() - used >= samples_in_frame; used += samples_in_frame) {
    const std::span<const float> frame{&rest_[used], samples_in_frame};
    if (auto utterance = cutter_.feed(likely(frame), frame)) {
      complete.push_back(std::move(*utterance));
    }
  }
  rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(used));
  return complete;
}

float Listener::likely(std::span<const float> frame) {
  quiet_frames_ = cutter_.is_open() ? 0 : quiet_frames_ + 1;
  if (quiet_frames_ == frames_to_forget) {
    detector_->reset();
  }
  return detector_->hear(frame);
}

std::vector<Utterance> Listener::finish() {
  std::vector<Utterance> complete;
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
  return complete;
}

std::int64_t Listener::position() const {
  return cutter_.heard() + static_cast<std::int64_t>(rest_.size());
}

}  // namespace vigie::transcribe
