// SPDX-License-Identifier: Apache-2.0
// For tests: turns an io_context until a coroutine is done, or until nothing moves any more.
#pragma once
#include <boost/asio/io_context.hpp>
#include <memory>
#include <utility>

#include "async/run.hpp"

namespace vigie::testing {

template <class T>
T run(asio::io_context& io, Async<T> work) {
  return run_to_end(io, std::move(work));
}

// The same on a context of its own, gone on return: not for work that awaits a WorkerPool, which
// must go before the context it answers to.
template <class T>
T run(Async<T> work) {
  asio::io_context io;
  return run_to_end(io, std::move(work));
}

// Begins work on io without waiting for it; true once it has ended, in whatever way.
inline std::shared_ptr<bool> start(asio::io_context& io, Async<> work) {
  const auto has_ended = std::make_shared<bool>(false);
  asio::co_spawn(io, std::move(work), [has_ended](std::exception_ptr) { *has_ended = true; });
  return has_ended;
}

// Runs everything that is ready.
inline void settle(asio::io_context& io) {
  io.restart();
  io.poll();
}

}  // namespace vigie::testing
