// SPDX-License-Identifier: Apache-2.0
#include "async/signal.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vigie {

Signal::Signal(const asio::any_io_executor& executor)
    : timer_{executor, asio::steady_timer::time_point::max()} {}

void Signal::ring() {
  rung_ = true;
  timer_.cancel();
}

Async<> Signal::wait() {
  while (!rung_) {
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!rung_) {
      // Woken by cancellation, not by a ring: this co_await unwinds.
      co_await asio::post(timer_.get_executor(), asio::use_awaitable);
    }
  }
  rung_ = false;
}

Async<> Signal::wait_and_tell(bool& rang) {
  co_await wait();
  rang = true;
}

Async<bool> Signal::wait_for(Clock& clock, Span patience) {
  using namespace asio::experimental::awaitable_operators;
  bool rang = false;
  auto ring = wait_and_tell(rang);
  auto sleep = clock.sleep(patience);
  try {
    co_await (std::move(ring) || std::move(sleep));
  } catch (const asio::multiple_exceptions& both) {
    // Cancelled: each side unwound with operation_aborted, and that is what must go on up.
    std::rethrow_exception(both.first_exception());
  }
  // Asked of the ring itself: when both end in the same turn the ring must not be lost.
  co_return rang;
}

}  // namespace vigie
