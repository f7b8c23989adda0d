// SPDX-License-Identifier: Apache-2.0
#include "async/clock.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vigie {

Time SystemClock::now() const {
  return std::chrono::time_point_cast<Span>(std::chrono::system_clock::now());
}

Span SystemClock::steady() const {
  return std::chrono::duration_cast<Span>(std::chrono::steady_clock::now().time_since_epoch());
}

Async<> SystemClock::sleep(Span duration) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer{executor, duration};
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace vigie
