// SPDX-License-Identifier: Apache-2.0
// For a thread that blocks on one coroutine and may be asked to stop meanwhile: recognisers and
// readers that speak HTTP from a worker's thread, each with an io_context of its own.
#pragma once
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <stop_token>

#include "async/run.hpp"

namespace vigie {

// Runs work on io to its end and returns its value; nothing when stop was requested first, which is
// seen within a tenth of a second: the work is then cancelled and joined. Rethrows what it throws.
template <class T>
std::optional<T> run_until_stopped(asio::io_context& io, Async<T> work,
                                   const std::stop_token& stop) {
  constexpr std::chrono::milliseconds look_interval{100};
  asio::cancellation_signal cancel;
  std::exception_ptr failure;
  std::optional<T> value;
  bool done = false;
  asio::co_spawn(
      io, std::move(work),
      asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error, T result) {
        failure = std::move(error);
        if (!failure) {
          value.emplace(std::move(result));
        }
        done = true;
      }));
  bool is_told = false;
  io.restart();
  while (!done && !io.stopped()) {
    io.run_one_for(look_interval);
    if (!done && !is_told && stop.stop_requested()) {
      is_told = true;
      cancel.emit(asio::cancellation_type::terminal);
    }
  }
  if (is_told) {
    return std::nullopt;
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
  if (!done) {
    throw std::logic_error("the coroutine waits for something that nothing will bring");
  }
  return value;
}

}  // namespace vigie
