// SPDX-License-Identifier: Apache-2.0
// One line on a terminal that tells how far something is, drawn again and again in its place. Where
// standard error is no terminal nothing is shown.
#pragma once
#include <mutex>
#include <string>
#include <string_view>

#include "async/clock.hpp"
#include "transcribe/files.hpp"

namespace vigie::app {

// Any thread.
class ProgressLine {
 public:
  explicit ProgressLine(const Clock& clock);
  ProgressLine(const Clock& clock, bool is_terminal, int columns)
      : clock_{clock}, is_terminal_{is_terminal}, columns_{columns} {}
  ~ProgressLine() { hide(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // At most five times a second; share: 0 to 1, or below 0 when nobody knows.
  void show(double share, std::string_view words);
  void hide();

 private:
  const Clock& clock_;
  bool is_terminal_;
  int columns_;
  std::mutex mutex_;
  bool is_shown_ = false;
  Span shown_at_{-1'000'000'000};
};

// "[######----]  60 %  words", at most `columns` wide.
std::string progress_bar(double share, std::string_view words, int columns);

// "1:02:03", "4:05".
std::string minutes_of(double seconds);

class FilesProgressLine final : public transcribe::ProgressView {
 public:
  explicit FilesProgressLine(const Clock& clock) : line_{clock} {}
  void show(const transcribe::FilesProgress& progress) override;
  void hide() override { line_.hide(); }

 private:
  ProgressLine line_;
};

std::string words_of(const transcribe::FilesProgress& progress);

}  // namespace vigie::app
