// SPDX-License-Identifier: Apache-2.0
#include "platform/host_queue.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

namespace vigie::platform {
namespace {

constexpr Span ledger_retry = std::chrono::seconds{1};
constexpr std::size_t most_odd_ones = 256;
constexpr double minute_s = 60;

}  // namespace

HostQueue::Turn::Turn(HostQueue& queue, Urgency urgency, std::string subject)
    : queue_{queue}, urgency_{urgency}, subject_{std::move(subject)} {}

HostQueue::Turn::~Turn() {
  queue_.part(*this);
}

Async<bool> HostQueue::Turn::wait() {
  return queue_.wait(*this);
}

Async<> HostQueue::Turn::end(std::optional<Treatment> treatment, std::string reason,
                             Span retry_after) {
  return queue_.answered(*this, treatment, std::move(reason), retry_after);
}

HostQueue::HostQueue(std::string host, PaceLimits limits, HostLedger& ledger, Clock& clock,
                     Random& random, metrics::Registry& metrics)
    : host_{std::move(host)},
      limits_{limits},
      ledger_{ledger},
      clock_{clock},
      random_{random},
      me_{random.hex(8)},
      anchor_{clock.now()},
      anchored_at_{clock.steady()},
      allowed_{metrics.gauge("vigie_platform_allowed_per_second",
                             "Requests a second that a host is asked at most, all processes "
                             "together.",
                             {{"host", host_}})},
      length_{metrics.gauge("vigie_platform_queue_count", "Requests that wait for their turn.",
                            {{"host", host_}})},
      paused_{metrics.gauge("vigie_platform_paused_bool",
                            "1 while a host refuses us and is left alone.", {{"host", host_}})},
      sent_{metrics.counter("vigie_platform_requests_total", "Requests that left for a host.",
                            {{"host", host_}})},
      pauses_{metrics.counter("vigie_platform_pauses_total", "Times a host was left alone.",
                              {{"host", host_}})},
      ledger_failures_{metrics.counter("vigie_platform_ledger_failures_total",
                                       "Times the shared budget could not be read or written.",
                                       {{"host", host_}})},
      waited_{metrics.histogram("vigie_platform_pace_wait_seconds",
                                "How long a request waits for its turn in a host's budget.",
                                {{"host", host_}})},
      metrics_{metrics} {
  show();
}

// Also later than it happened, when the ledger could not be reached.
void HostQueue::apply(HostState& state, const PaceLimits& limits, const Event& event, Time now) {
  const auto at = std::min(event.at, now);
  if (event.refusal) {
    refuse(state, *event.refusal, limits, at);
  } else {
    serve(state, event.sent_at, at);
  }
}

// Marks a change of the ledger under way; whoever stands first then looks again.
class HostQueue::Changing {
 public:
  explicit Changing(HostQueue& queue) : queue_{queue} { queue_.is_changing_ = true; }
  Changing(const Changing&) = delete;
  Changing& operator=(const Changing&) = delete;
  ~Changing() {
    queue_.is_changing_ = false;
    queue_.ring_first();
  }

 private:
  HostQueue& queue_;
};

Async<bool> HostQueue::wait(Turn& turn) {
  turn.bell_.emplace(co_await asio::this_coro::executor);
  auto& line = turn.urgency_ == Urgency::urgent ? urgent_ : scheduled_;
  line.push_back(&turn);
  turn.stage_ = Turn::Stage::queued;
  show();
  const auto arrived = clock_.steady();
  for (;;) {
    if (is_known_ && is_paused(state_, now())) {
      part(turn);
      co_return false;
    }
    const auto step = first() == &turn && !is_changing_ ? next_step() : Step{};
    switch (step.kind) {
      case Step::Kind::leave:
        depart(turn);
        waited_.observe(to_seconds(clock_.steady() - arrived));
        co_return true;
      case Step::Kind::take:
        co_await change(true);
        break;
      case Step::Kind::sleep:
        co_await turn.bell_->wait_for(clock_, step.until - clock_.steady());
        break;
      case Step::Kind::wait:
        co_await turn.bell_->wait();
        break;
    }
  }
}

// Urgent before scheduled, first come first served. A canary is rather not sent about the account
// that was refused: it may be the account's fault.
HostQueue::Turn* HostQueue::first() const {
  const auto is_trusted = [this](const Turn* turn) {
    return turn->subject_ != suspect_ && !odd_ones_.contains(turn->subject_);
  };
  if (state_.blocks > 0) {
    for (const auto* line : {&urgent_, &scheduled_}) {
      const auto found = std::ranges::find_if(*line, is_trusted);
      if (found != line->end()) {
        return *found;
      }
    }
  }
  const auto& line = urgent_.empty() ? scheduled_ : urgent_;
  return line.empty() ? nullptr : line.front();
}

HostQueue::Step HostQueue::next_step() const {
  const bool needs_canary = state_.blocks > 0;
  if (out_ >= limits_.parallel || (needs_canary && canary_is_out_)) {
    return {};
  }
  const auto steady = clock_.steady();
  if (steady < next_at_) {
    return {Step::Kind::sleep, next_at_};
  }
  if (is_known_ && steady + needed_hold(state_, limits_) <= held_until_) {
    return {Step::Kind::leave, steady};
  }
  if (steady < take_again_at_) {
    return {Step::Kind::sleep, take_again_at_};
  }
  return {Step::Kind::take, steady};
}

void HostQueue::depart(Turn& turn) {
  part(turn);
  const auto steady = clock_.steady();
  next_at_ = steady + from_seconds(to_seconds(distance(state_, limits_)) *
                                   (1 + limits_.jitter * random_.unit()));
  turn.stage_ = Turn::Stage::out;
  turn.is_canary_ = state_.blocks > 0;
  turn.sent_at_ = now();
  canary_is_out_ = canary_is_out_ || turn.is_canary_;
  ++out_;
  sent_.add();
  first_sent_at_ = first_sent_at_.value_or(steady);
  const auto second = std::chrono::floor<std::chrono::seconds>(steady).count();
  auto& slot = seconds_[static_cast<std::size_t>(second) % seconds_.size()];
  if (slot.at != second) {
    slot = Second{second, 0};
  }
  ++slot.sent;
}

void HostQueue::part(Turn& turn) {
  switch (std::exchange(turn.stage_, Turn::Stage::outside)) {
    case Turn::Stage::outside:
      return;
    case Turn::Stage::queued:
      std::erase(turn.urgency_ == Urgency::urgent ? urgent_ : scheduled_, &turn);
      break;
    case Turn::Stage::out:
      --out_;
      canary_is_out_ = canary_is_out_ && !turn.is_canary_;
      break;
  }
  show();
  ring_first();
}

// Brings the ledger what happened here and learns what happened elsewhere.
Async<> HostQueue::change(bool takes) {
  const Changing changing{*this};
  do {
    const auto news = news_;
    const bool grows = takes && std::exchange(has_good_news_, false);
    Hold hold;
    HostLedger::Change work = [&hold, &news, grows, takes, limits = limits_, me = me_](
                                  HostState& state, Time now) {
      for (const auto& event : news) {
        apply(state, limits, event, now);
      }
      if (grows && state.blocks == 0) {
        grow(state, limits, now);
      }
      if (takes) {
        hold = take(state, me, limits, now);
      }
    };
    const auto before = clock_.steady();
    const auto known = co_await ledger_.change(host_, std::move(work));
    if (!known) {
      ledger_failures_.add();
      take_again_at_ = clock_.steady() + ledger_retry;
      co_return;
    }
    news_.erase(news_.begin(), news_.begin() + static_cast<std::ptrdiff_t>(news.size()));
    state_ = known->state;
    anchor_ = known->now;
    anchored_at_ = clock_.steady();
    uncertainty_ = anchored_at_ - before;
    is_known_ = true;
    for (const auto& event : news_) {
      apply(state_, limits_, event, event.at);
    }
    if (takes) {
      held_until_ = hold.is_mine ? before + (hold.until - known->now) : Span{0};
      take_again_at_ = hold.is_mine ? Span{0} : clock_.steady() + (hold.until - known->now);
    }
    takes = false;
  } while (!news_.empty());
  show();
  if (is_paused(state_, now())) {
    ring_all();
  }
}

Async<> HostQueue::answered(Turn& turn, std::optional<Treatment> treatment, std::string reason,
                            Span retry_after) {
  std::optional<Event> event;
  if (treatment) {
    event = judge(turn, *treatment, std::move(reason), retry_after);
  }
  if (event) {
    apply(state_, limits_, *event, event->at);
    news_.push_back(std::move(*event));
  }
  part(turn);
  if (event && is_paused(state_, now())) {
    ring_all();
  }
  if (!news_.empty() && !is_changing_) {
    co_await change(false);
  }
}

// What an answer changes for the host, if anything.
std::optional<HostQueue::Event> HostQueue::judge(const Turn& turn, Treatment treatment,
                                                 std::string reason, Span retry_after) {
  if (treatment == Treatment::served) {
    faults_ = 0;
    has_good_news_ = true;
    odd_ones_.erase(turn.subject_);
    if (state_.blocks == 0 || turn.sent_at_ < state_.refused_at) {
      return std::nullopt;
    }
    if (!suspect_.empty() && suspect_ != turn.subject_ && odd_ones_.size() < most_odd_ones) {
      odd_ones_.insert(suspect_);
    }
    suspect_.clear();
    return Event{std::nullopt, turn.sent_at_, now() + uncertainty_};
  }
  const bool is_fault = treatment == Treatment::failed || is_about_the_account(turn, treatment);
  if (is_fault && ++faults_ < limits_.faults_allowed && !turn.is_canary_) {
    return std::nullopt;
  }
  metrics_
      .counter("vigie_platform_refusals_total", "Refusals of a host by reason.",
               {{"host", host_}, {"reason", reason}})
      .add();
  if (state_.blocks == 0) {
    suspect_ = treatment == Treatment::blocked ? turn.subject_ : "";
    pauses_.add();
  } else if (turn.sent_at_ >= state_.refused_at) {
    suspect_ = suspect_ == turn.subject_ ? suspect_ : "";
    pauses_.add();
  }
  faults_ = 0;
  return Event{Refusal{treatment, std::move(reason), retry_after, turn.sent_at_, random_.unit()},
               turn.sent_at_, now() + uncertainty_};
}

// Others were answered while this account was refused: no reason to leave the host alone.
bool HostQueue::is_about_the_account(const Turn& turn, Treatment treatment) {
  return treatment == Treatment::blocked && state_.blocks == 0 && odd_ones_.contains(turn.subject_);
}

HostQueue::Left HostQueue::refusal() const {
  const auto left = std::chrono::ceil<std::chrono::seconds>(state_.paused_until - now());
  return {state_.reason, std::max(left, std::chrono::seconds{1})};
}

void HostQueue::ring_first() {
  if (auto* turn = first(); turn != nullptr && turn->bell_) {
    turn->bell_->ring();
  }
}

void HostQueue::ring_all() {
  for (const auto* line : {&urgent_, &scheduled_}) {
    for (auto* turn : *line) {
      if (turn->bell_) {
        turn->bell_->ring();
      }
    }
  }
}

void HostQueue::show() {
  allowed_.set(limits_.requests_per_second * state_.share);
  length_.set(static_cast<double>(urgent_.size() + scheduled_.size()));
  paused_.set(is_paused(state_, now()) ? 1 : 0);
}

double HostQueue::used_per_second() const {
  const auto steady = clock_.steady();
  if (!first_sent_at_) {
    return 0;
  }
  const auto second = std::chrono::floor<std::chrono::seconds>(steady).count();
  int sent = 0;
  for (const auto& slot : seconds_) {
    sent += slot.at > second - 60 ? slot.sent : 0;
  }
  return sent / std::clamp(to_seconds(steady - *first_sent_at_), 1.0, minute_s);
}

Async<HostStatus> HostQueue::status() {
  const auto known = co_await ledger_.read(host_);
  auto state = state_;
  if (known && news_.empty()) {
    state = known->state;
  }
  HostStatus status;
  status.host = host_;
  status.allowed_per_s = limits_.requests_per_second * state.share;
  status.used_per_s = used_per_second();
  status.queue = urgent_.size() + scheduled_.size();
  status.reason = state.reason;
  if (state.blocks > 0) {
    status.since = state.blocked_since;
  }
  if (is_paused(state, known ? known->now : now())) {
    status.paused_until = state.paused_until;
  }
  status.wait_p50_s = waited_.count() == 0 ? 0 : waited_.quantile(0.5);
  status.wait_p95_s = waited_.count() == 0 ? 0 : waited_.quantile(0.95);
  co_return status;
}

}  // namespace vigie::platform
