// SPDX-License-Identifier: Apache-2.0
#include "transcribe/language_lock.hpp"

namespace vigie::transcribe {
namespace {

constexpr Span enough{8'000'000};
constexpr double doubtful = 0.37;  // a mean log-probability of -1
constexpr int most_doubts = 2;

}  // namespace

void LanguageLock::heard(const Transcript& transcript, Span duration) {
  if (wished_ != "auto") {
    return;
  }
  const bool is_doubtful = transcript.uncertain || transcript.confidence < doubtful;
  doubts_ = is_doubtful ? doubts_ + 1 : 0;
  if (!locked_.empty()) {
    if (doubts_ >= most_doubts) {
      locked_.clear();
      heard_.clear();
      doubts_ = 0;
    }
    return;
  }
  if (is_doubtful || transcript.text.empty()) {
    return;
  }
  auto& so_far = heard_[transcript.language];
  so_far += duration;
  if (so_far >= enough) {
    locked_ = transcript.language;
  }
}

}  // namespace vigie::transcribe
