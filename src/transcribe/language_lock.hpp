// SPDX-License-Identifier: Apache-2.0
// Which language to ask for in a stream whose language is to be found out. Pure.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "transcribe/transcriber.hpp"

namespace vigie::transcribe {

// "auto" is asked until one language has 8 s of speech (measured: enough, 32 of 32 right), then
// that language alone; two doubtful transcripts in a row open the question again. Any other wish is
// kept.
class LanguageLock {
 public:
  explicit LanguageLock(std::string wished) : wished_{std::move(wished)} {}

  // What to ask for the next utterance.
  std::string ask() const { return is_open() ? wished_ : locked_; }

  // What came of it.
  void heard(const Transcript& transcript, Span duration);

 private:
  bool is_open() const { return wished_ != "auto" || locked_.empty(); }

  std::string wished_;
  std::string locked_;
  std::map<std::string, Span, std::less<>> heard_;
  int doubts_ = 0;
};

}  // namespace vigie::transcribe
