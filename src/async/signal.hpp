// SPDX-License-Identifier: Apache-2.0
// "Something changed, look again": what one coroutine waits on and another rings. Not a queue:
// rings with nobody waiting are remembered as one. For one executor (the I/O thread) only.
#pragma once
#include <boost/asio/steady_timer.hpp>

#include "async/async.hpp"
#include "async/clock.hpp"

namespace vigie {

class Signal {
 public:
  explicit Signal(const asio::any_io_executor& executor);

  // Wakes the waiter, or lets the next wait pass at once.
  void ring();

  // Returns after a ring, at once if one is remembered. One waiter at a time. Unwinds when
  // cancelled.
  Async<> wait();

  // Returns after a ring or after `patience`, whichever comes first; true when it was a ring.
  Async<bool> wait_for(Clock& clock, Span patience);

 private:
  Async<> wait_and_tell(bool& rang);

  asio::steady_timer timer_;
  bool rung_ = false;
};

}  // namespace vigie
