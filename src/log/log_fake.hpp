// SPDX-License-Identifier: Apache-2.0
// Logs for tests: one that keeps its lines to be looked at, one that says nothing.
#pragma once
#include <algorithm>
#include <vector>

#include "log/log.hpp"

namespace vigie::log {

// Keeps every line from debug upwards; lines may be read while other threads write.
class KeptLog {
 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;

 public:
  // After what it writes to: a log may have a last line to say when it goes.
  Log log{[this](std::string_view line) { keep(line); }, [] { return Time{}; }, Level::debug};

  std::vector<std::string> lines() const {
    const std::scoped_lock lock{mutex_};
    return lines_;
  }
  // Whether some line holds these words.
  bool says(std::string_view words) const {
    const std::scoped_lock lock{mutex_};
    const auto holds = [&](const std::string& line) {
      return line.find(words) != std::string::npos;
    };
    return std::ranges::any_of(lines_, holds);
  }
  // For tests so long that what is kept would count.
  void forget() {
    const std::scoped_lock lock{mutex_};
    lines_.clear();
  }

 private:
  void keep(std::string_view line) {
    const std::scoped_lock lock{mutex_};
    lines_.emplace_back(line);
  }
};

// For tests that do not look at the log.
class QuietLog {
 public:
  Log log{[](std::string_view) {}, [] { return Time{}; }, Level::error};
};

}  // namespace vigie::log
