// SPDX-License-Identifier: Apache-2.0
// For tests: turns an io_context until a coroutine is done, or until nothing moves any more.
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "async/async.hpp"

namespace vigie::testing {

// Runs work on io to its end and returns its value; rethrows what it throws. Other coroutines of io
// run too. Throws when io falls asleep before the end (a wait that nothing will end).
template <class T>
T run(asio::io_context& io, Async<T> work) {
  std::exception_ptr failure;
  std::conditional_t<std::is_void_v<T>, bool, std::optional<T>> value{};
  bool done = false;
  const auto finish = [&](std::exception_ptr error) {
    failure = std::move(error);
    done = true;
  };
  if constexpr (std::is_void_v<T>) {
    asio::co_spawn(io, std::move(work), finish);
  } else {
    asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, T result) {
      value.emplace(std::move(result));
      finish(std::move(error));
    });
  }
  io.restart();
  while (!done && io.run_one() != 0) {
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
  if (!done) {
    throw std::logic_error("the coroutine under test waits for something that nothing will bring");
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*value);
  }
}

// The same on a context of its own, gone on return: not for work that awaits a WorkerPool, which must go
// before the context it answers to.
template <class T>
T run(Async<T> work) {
  asio::io_context io;
  return run(io, std::move(work));
}

// Runs everything that is ready.
inline void settle(asio::io_context& io) {
  io.restart();
  io.poll();
}

}  // namespace vigie::testing
