// SPDX-License-Identifier: Apache-2.0
// Ctrl-C for commands that work on threads: the first asks to stop, the second ends at once.
#pragma once
#include <csignal>
#include <stop_token>
#include <thread>

namespace vigie::app {

// Made before any other thread, which then inherits that the signals are not for it.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  void watch(const std::stop_token& end);

  sigset_t signals_{};
  sigset_t before_{};
  std::stop_source source_;
  std::jthread watcher_;
};

}  // namespace vigie::app
