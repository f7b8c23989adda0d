// SPDX-License-Identifier: Apache-2.0
// A clock turned by hand: nothing passes until advance() says so.
#pragma once
#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <optional>

#include "async/clock.hpp"

namespace vigie {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start = from_micros(1'795'000'000'000'000)) : start_{start} {}

  Time now() const override { return start_ + jump_ + passed_; }
  Span steady() const override { return passed_; }

  Async<> sleep(Span duration) override {
    const auto executor = co_await asio::this_coro::executor;
    const auto wake_at = passed_ + duration;
    while (passed_ < wake_at) {
      asio::steady_timer timer{executor, asio::steady_timer::time_point::max()};
      const auto place = sleepers_.insert(sleepers_.end(), Sleeper{wake_at, &timer});
      const Leave leave{*this, place};
      boost::system::error_code ignored;
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      // A cancelled task must unwind here even though the hand never moved.
      co_await asio::post(executor, asio::use_awaitable);
    }
  }

  // Moves both clocks on and wakes who is due; the caller then turns its io_context.
  void advance(Span duration) {
    passed_ += duration;
    for (const auto& sleeper : sleepers_) {
      if (sleeper.wake_at <= passed_) {
        sleeper.timer->cancel();
      }
    }
  }

  // Moves only the wall clock, as an operator or NTP would.
  void jump_wall(Span by) { jump_ += by; }

  std::size_t sleepers() const { return sleepers_.size(); }

  // When, on the steady clock, the next sleeper is due; nothing while nobody sleeps.
  std::optional<Span> next_wake() const {
    std::optional<Span> next;
    for (const auto& sleeper : sleepers_) {
      next = next ? std::min(*next, sleeper.wake_at) : sleeper.wake_at;
    }
    return next;
  }

 private:
  struct Sleeper {
    Span wake_at;
    asio::steady_timer* timer;
  };
  struct Leave {
    ManualClock& clock;
    std::list<Sleeper>::iterator place;
    ~Leave() { clock.sleepers_.erase(place); }
  };

  Time start_;
  Span jump_{0};
  Span passed_{0};
  std::list<Sleeper> sleepers_;
};

}  // namespace vigie
