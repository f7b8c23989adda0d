// SPDX-License-Identifier: Apache-2.0
// Turns an io_context until a coroutine is done: for commands that do one thing, and for tests.
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "async/async.hpp"

namespace vigie {

// Runs work on io to its end and returns its value; rethrows what it throws. Other coroutines of io
// run too. Throws when io falls asleep before the end (a wait that nothing will end).
template <class T>
T run_to_end(asio::io_context& io, Async<T> work) {
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
    throw std::logic_error("the coroutine waits for something that nothing will bring");
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*value);
  }
}

}  // namespace vigie
