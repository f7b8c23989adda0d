// SPDX-License-Identifier: Apache-2.0
#include "app/interruption.hpp"

#include <cstdlib>

namespace vigie::app {
namespace {

constexpr timespec look_interval{.tv_sec = 0, .tv_nsec = 100'000'000};
constexpr int exit_now = 130;

}  // namespace

Interruption::Interruption() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  watcher_ = std::jthread{[this](const std::stop_token& end) { watch(end); }};
}

Interruption::~Interruption() {
  watcher_.request_stop();
  watcher_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interruption::watch(const std::stop_token& end) {
  while (!end.stop_requested()) {
    const bool is_told = sigtimedwait(&signals_, nullptr, &look_interval) > 0;
    if (is_told && !source_.request_stop()) {
      std::_Exit(exit_now);
    }
  }
}

}  // namespace vigie::app
