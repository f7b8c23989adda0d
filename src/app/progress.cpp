// SPDX-License-Identifier: Apache-2.0
#include "app/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "base/text.hpp"

namespace vigie::app {
namespace {

constexpr Span redraw_interval{200'000};
constexpr int bar_width = 24;
constexpr int usual_columns = 80;

int columns_of_terminal() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                         : usual_columns;
}

}  // namespace

ProgressLine::ProgressLine(const Clock& clock)
    : ProgressLine{clock, isatty(STDERR_FILENO) == 1, columns_of_terminal()} {}

void ProgressLine::show(double share, std::string_view words) {
  if (!is_terminal_) {
    return;
  }
  const std::scoped_lock lock{mutex_};
  const auto now = clock_.steady();
  if (now - shown_at_ < redraw_interval) {
    return;
  }
  shown_at_ = now;
  is_shown_ = true;
  fmt::print(stderr, "\r\x1B[K{}", progress_bar(share, words, columns_ - 1));
  std::fflush(stderr);
}

void ProgressLine::hide() {
  const std::scoped_lock lock{mutex_};
  if (std::exchange(is_shown_, false)) {
    fmt::print(stderr, "\r\x1B[K");
    std::fflush(stderr);
    shown_at_ -= redraw_interval;
  }
}

std::string progress_bar(double share, std::string_view words, int columns) {
  std::string line{words};
  if (share >= 0) {
    share = std::min(share, 1.0);
    const auto full = static_cast<int>(share * bar_width);
    line = fmt::format("[{:#<{}}{:-<{}}] {:3.0f} %  {}", "", full, "", bar_width - full,
                       share * 100, words);
  }
  return std::string{cut_utf8(line, static_cast<std::size_t>(std::max(columns, 1)))};
}

std::string minutes_of(double seconds) {
  const auto all = static_cast<std::int64_t>(seconds + 0.5);
  return all >= 3600 ? fmt::format("{}:{:02}:{:02}", all / 3600, all / 60 % 60, all % 60)
                     : fmt::format("{}:{:02}", all / 60, all % 60);
}

void FilesProgressLine::show(const transcribe::FilesProgress& progress) {
  const bool is_known = progress.all_s && *progress.all_s > 0;
  line_.show(is_known ? progress.heard_s / *progress.all_s : -1, words_of(progress));
}

std::string words_of(const transcribe::FilesProgress& progress) {
  auto words = minutes_of(progress.heard_s);
  if (progress.all_s) {
    words += " of " + minutes_of(*progress.all_s);
  }
  if (progress.files > 1) {
    words += fmt::format(", {} of {} files", progress.ended, progress.files);
  }
  if (progress.heard_s > 0 && progress.passed_s > 0) {
    const auto factor = progress.passed_s / progress.heard_s;
    words += fmt::format(", RTF {:.3f}", factor);
    if (progress.all_s) {
      words +=
          ", " + minutes_of(std::max(*progress.all_s - progress.heard_s, 0.0) * factor) + " to go";
    }
  }
  return words;
}

}  // namespace vigie::app
