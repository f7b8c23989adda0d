// SPDX-License-Identifier: Apache-2.0
#include "watch/watcher.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <set>
#include <utility>

namespace vigie::watch {
namespace {

constexpr std::string_view check_prefix = "check:";

std::string_view outcome_name(const platform::Observation& seen) {
  if (seen.blocked) {
    return "refused";
  }
  return to_string(seen.evidence);
}

}  // namespace

// Leaves its place and rings for the next, also when its coroutine is cancelled or breaks.
class Watcher::Turn {
 public:
  Turn(Watcher& watcher, std::string id) : watcher_{watcher}, id_{std::move(id)} {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (!is_answered_) {
      LookOutcome broken;
      broken.is_refused = true;
      watcher_.schedule_.answered(id_, watcher_.clock_.steady(), broken, 0);
    }
    --watcher_.out_;
    watcher_.wake_.ring();
  }

  NextLook answered(LookOutcome outcome) {
    is_answered_ = true;
    return watcher_.schedule_.answered(id_, watcher_.clock_.steady(), outcome,
                                       watcher_.random_.unit());
  }

 private:
  Watcher& watcher_;
  std::string id_;
  bool is_answered_ = false;
};

Watcher::Watcher(asio::any_io_executor executor, Accounts& accounts, platform::LiveSource& source,
                 Bus& bus, Clock& clock, Random& random, log::Log& log, metrics::Registry& metrics,
                 WatchOptions options)
    : executor_{executor},
      accounts_{accounts},
      source_{source},
      bus_{bus},
      clock_{clock},
      random_{random},
      log_{log},
      metrics_{metrics},
      options_{options},
      schedule_{options.poll},
      wake_{executor} {}

Async<> Watcher::run() {
  auto on_failure = [this](const std::string& name, const std::exception_ptr& failure) {
    log_.error("a look at an account broke", {{"task", name}, {"why", words_of(failure)}});
  };
  TaskGroup looks{executor_, std::move(on_failure)};
  auto on_hint = [this](std::string_view text) { this->on_hint(text); };
  const auto subscription = bus_.subscribe(std::string{topic::accounts}, std::move(on_hint));
  std::exception_ptr end;
  try {
    co_await loop(looks);
  } catch (...) {
    end = std::current_exception();
  }
  // Cancelled or broken, the looks that are out must be gone before what they refer to goes.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  looks.cancel();
  co_await looks.join();
  std::rethrow_exception(end);
}

Async<> Watcher::loop(TaskGroup& looks) {
  for (;;) {
    if (is_stale_ || clock_.steady() - loaded_at_ >= options_.reload) {
      co_await reload();
    }
    start_looks(looks);
    co_await wake_.wait_for(clock_, patience());
  }
}

void Watcher::on_hint(std::string_view text) {
  if (text.starts_with(check_prefix)) {
    schedule_.urge(std::string{text.substr(check_prefix.size())}, clock_.steady());
  } else {
    is_stale_ = true;
  }
  wake_.ring();
}

Async<> Watcher::reload() {
  is_stale_ = false;
  loaded_at_ = clock_.steady();
  std::string platform{source_.platform()};
  auto watched = co_await accounts_.watched(std::move(platform));
  if (!watched) {
    log_.error("cannot read who is watched", {{"why", watched.error().what}});
    co_return;
  }
  const auto before = subjects_.size();
  merge(std::move(*watched));
  // Also when nobody seems to have left: a live may have lost its last follower while we were away.
  const auto closed = co_await accounts_.close_unfollowed();
  if (!closed) {
    log_.error("cannot end the lives nobody follows", {{"why", closed.error().what}});
  }
  if (before != subjects_.size()) {
    log_.info("accounts watched", {{"count", static_cast<std::int64_t>(subjects_.size())}});
  }
  metrics_.gauge("vigie_watch_accounts_count", "Accounts that are watched.")
      .set(static_cast<double>(subjects_.size()));
}

void Watcher::merge(std::vector<Watched> watched) {
  const Time wall = clock_.now();
  const Span now = clock_.steady();
  std::set<std::string> present;
  for (auto& account : watched) {
    // A plan made before a restart is kept, within reason; who was added since is looked at now.
    Span wait{0};
    if (is_first_load_ && account.known.checked_at) {
      wait = std::clamp(account.next_check_at - wall, Span{0}, options_.poll.longest_backoff);
    }
    schedule_.add(account.id, now + wait, account.interval);
    auto& subject = subjects_[account.id];
    subject.username = std::move(account.username);
    subject.known = std::move(account.known);
    present.insert(std::move(account.id));
  }
  is_first_load_ = false;
  std::erase_if(subjects_, [&](const auto& entry) {
    if (present.contains(entry.first)) {
      return false;
    }
    schedule_.remove(entry.first);
    return true;
  });
}

void Watcher::start_looks(TaskGroup& looks) {
  const Span now = clock_.steady();
  metrics_.gauge("vigie_watch_overdue_seconds", "How late the most overdue look is.")
      .set(to_seconds(schedule_.overdue(now)));
  while (out_ < options_.parallel) {
    auto id = schedule_.take(now);
    if (!id) {
      return;
    }
    ++out_;
    looks.spawn("look", look(std::move(*id)));
  }
}

Span Watcher::patience() const {
  const Span now = clock_.steady();
  Span until = loaded_at_ + options_.reload;
  const auto due = schedule_.next_due();
  if (due && out_ < options_.parallel) {
    until = std::min(until, *due);
  }
  return std::max(until - now, Span{0});
}

Async<> Watcher::look(std::string id) {
  Turn turn{*this, id};
  auto subject = subjects_.find(id);
  if (subject == subjects_.end()) {
    co_return;
  }
  auto username = subject->second.username;
  auto seen = co_await source_.probe(username);
  count(seen);
  subject = subjects_.find(id);
  if (subject == subjects_.end()) {
    co_return;  // unfollowed meanwhile
  }
  auto decision = decide(subject->second.known, seen, clock_.now());
  LookOutcome outcome;
  outcome.is_refused = seen.blocked;
  outcome.retry_after = seen.retry_after;
  if (decision.wants_second_look && is_second_look_due(subject->second)) {
    subject->second.second_look_at = clock_.steady();
    const NextLook regular{options_.poll.interval, Span{0}};
    co_await write(id, seen, decision, regular);
    seen = co_await source_.look_up(username);
    count(seen);
    subject = subjects_.find(id);
    if (subject == subjects_.end()) {
      co_return;
    }
    decision = decide(subject->second.known, seen, clock_.now());
  }
  outcome.asks_again_soon = decision.asks_again_soon;
  outcome.is_live = decision.status == AccountStatus::live;
  const auto next = turn.answered(outcome);
  co_await write(std::move(id), std::move(seen), std::move(decision), next);
}

bool Watcher::is_second_look_due(const Subject& subject) const {
  const auto distance = subject.known.status == AccountStatus::offline
                            ? options_.second_look_offline
                            : options_.second_look;
  return !subject.second_look_at || clock_.steady() - *subject.second_look_at >= distance;
}

bool Watcher::is_worth_writing(const Known& known, const Decision& decision) const {
  if (decision.is_news || !known.checked_at) {
    return true;
  }
  const Span age = clock_.now() - *known.checked_at;
  return age >= options_.unchanged_write ||
         (decision.has_new_viewers && age >= options_.viewers_write);
}

Async<> Watcher::write(std::string id, platform::Observation seen, Decision decision,
                       NextLook next) {
  const auto subject = subjects_.find(id);
  if (subject == subjects_.end() || !is_worth_writing(subject->second.known, decision)) {
    co_return;
  }
  Check check;
  check.account_id = id;
  check.observation = std::move(seen);
  check.at = clock_.now();
  check.next_check_at = check.at + next.wait;
  check.interval = next.interval;
  auto recorded = co_await accounts_.record(std::move(check));
  if (!recorded) {
    if (recorded.error().code == Errc::not_found) {
      is_stale_ = true;
    } else {
      log_.error("an answer could not be recorded", {{"why", recorded.error().what}});
    }
    co_return;
  }
  if (recorded->detection_delay) {
    metrics_
        .histogram("vigie_watch_detection_delay_seconds", "From the start of a live to its notice.",
                   {}, {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800})
        .observe(to_seconds(*recorded->detection_delay));
  }
  if (const auto place = subjects_.find(id); place != subjects_.end()) {
    place->second.known = std::move(recorded->known);
  }
}

void Watcher::count(const platform::Observation& seen) {
  metrics_
      .counter("vigie_watch_probes_total", "Looks at accounts by outcome.",
               {{"outcome", outcome_name(seen)}})
      .add();
}

}  // namespace vigie::watch
