// SPDX-License-Identifier: Apache-2.0
#include "platform/paced_source.hpp"

#include <utility>

namespace vigie::platform {
namespace {

class PacedSource final : public LiveSource {
 public:
  PacedSource(std::unique_ptr<LiveSource> source, PaceLimits limits, Clock& clock, Random& random,
              metrics::Registry& metrics)
      : source_{std::move(source)},
        clock_{clock},
        random_{random},
        pace_{limits},
        paused_{metrics.gauge("vigie_platform_paused_bool",
                              "1 while the platform refuses us and is left alone.",
                              {{"platform", source_->platform()}})},
        wait_{metrics.histogram("vigie_platform_pace_wait_seconds",
                                "How long a request waits for its turn in the platform's budget.",
                                {{"platform", source_->platform()}})} {}

  std::string_view platform() const override { return source_->platform(); }
  bool is_stream_host(std::string_view host) const override {
    return source_->is_stream_host(host);
  }

  Async<Observation> probe(std::string username) override {
    Turn turn{*this};
    if (!co_await turn.wait()) {
      co_return refused();
    }
    auto seen = co_await source_->probe(std::move(username));
    turn.end(seen.blocked, seen.retry_after, seen.reason);
    co_return seen;
  }

  Async<Observation> look_up(std::string username) override {
    Turn turn{*this};
    if (!co_await turn.wait()) {
      co_return refused();
    }
    auto seen = co_await source_->look_up(std::move(username));
    turn.end(seen.blocked, seen.retry_after, seen.reason);
    co_return seen;
  }

  Async<Result<StreamAddress>> resolve(std::string username, std::string room) override {
    Turn turn{*this};
    if (!co_await turn.wait()) {
      auto error = make_error(Errc::rate_limited, "the platform refuses us ({})", pace_.reason());
      error.retry_after = pause_left();
      co_return error;
    }
    auto address = co_await source_->resolve(std::move(username), std::move(room));
    const bool is_blocked = !address && address.error().code == Errc::rate_limited;
    turn.end(is_blocked, is_blocked ? address.error().retry_after : std::chrono::seconds{0},
             "resolve");
    co_return address;
  }

 private:
  // One request's place in the queue; given back when its coroutine is cancelled.
  class Turn {
   public:
    explicit Turn(PacedSource& owner) : owner_{owner} {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      if (is_reserved_) {
        owner_.pace_.abandoned();
      }
    }

    Async<bool> wait() {
      const auto now = owner_.clock_.steady();
      const auto at = owner_.pace_.reserve(now, owner_.random_.unit());
      if (!at) {
        co_return false;
      }
      is_reserved_ = true;
      owner_.wait_.observe(to_seconds(*at - now));
      if (*at > now) {
        co_await owner_.clock_.sleep(*at - now);
      }
      co_return true;
    }

    void end(bool is_blocked, Span retry_after, std::string_view reason) {
      is_reserved_ = false;
      const auto now = owner_.clock_.steady();
      owner_.pace_.answered(now, is_blocked, retry_after, reason, owner_.random_.unit());
      owner_.paused_.set(owner_.pace_.is_paused(now) ? 1 : 0);
    }

   private:
    PacedSource& owner_;
    bool is_reserved_ = false;
  };

  std::chrono::seconds pause_left() const {
    const auto left = pace_.paused_until() - clock_.steady();
    return std::max(std::chrono::ceil<std::chrono::seconds>(left), std::chrono::seconds{1});
  }

  Observation refused() const {
    Observation seen;
    seen.reason = pace_.reason();
    seen.blocked = true;
    seen.retry_after = pause_left();
    return seen;
  }

  std::unique_ptr<LiveSource> source_;
  Clock& clock_;
  Random& random_;
  Pace pace_;
  metrics::Gauge& paused_;
  metrics::Histogram& wait_;
};

}  // namespace

std::unique_ptr<LiveSource> create_paced(std::unique_ptr<LiveSource> source, PaceLimits limits,
                                         Clock& clock, Random& random, metrics::Registry& metrics) {
  return std::make_unique<PacedSource>(std::move(source), limits, clock, random, metrics);
}

}  // namespace vigie::platform
