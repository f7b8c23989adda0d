// SPDX-License-Identifier: Apache-2.0
#include "watch/watcher.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

namespace vigie::watch {
namespace {

constexpr std::string_view check_prefix = "check:";

WatchOptions completed(WatchOptions options) {
  options.intervals.usual = options.poll.interval;
  return options;
}

}  // namespace

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
      options_{completed(options)},
      platform_{source.platform()},
      me_{random.hex(16)},
      schedule_{options.poll},
      rooms_{source, clock, log, metrics, RoomWatchLimits{.lasts = 3 * options.live_interval}},
      wake_{executor} {}

Async<> Watcher::run() {
  auto on_failure = [this](const std::string& name, const std::exception_ptr& failure) {
    log_.error("a look at an account broke", {{"task", name}, {"why", words_of(failure)}});
  };
  TaskGroup looks{executor_, std::move(on_failure)};
  auto on_hint = [this](std::string_view text) { this->on_hint(text); };
  const auto subscription = bus_.subscribe(std::string{topic::accounts}, std::move(on_hint));
  if (rooms_.is_possible()) {
    looks.spawn("rooms", watch_rooms());
  }
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
  if (const auto left = co_await accounts_.stop_leading(platform_, me_); !left) {
    log_.warn("the watch is not handed over", {{"why", left.error().what}});
  }
  std::rethrow_exception(end);
}

Async<> Watcher::loop(TaskGroup& looks) {
  for (;;) {
    co_await keep_lead();
    if (is_leading()) {
      co_await reload_if_changed();
      start_looks(looks);
    }
    co_await wake_.wait_for(clock_, patience());
  }
}

// Asked in time the lead stays ours; who could not ask for longer than it lasts looks at nothing.
Async<> Watcher::keep_lead() {
  const Span now = clock_.steady();
  if (lead_asked_at_ && now - *lead_asked_at_ < options_.lead_renewal) {
    co_return;
  }
  lead_asked_at_ = now;
  const bool was_leading = !is_first_load_;
  const auto leads = co_await accounts_.lead(platform_, me_, options_.lead_lasts);
  if (!leads) {
    log_.error("whose turn it is to watch is not known", {{"why", leads.error().what}});
    co_return;
  }
  leading_until_ = *leads ? now + options_.lead_lasts : Span{-1};
  if (was_leading && !*leads) {
    log_.warn("another process watches now", {{"platform", platform_}});
    forget_all();
  }
  metrics_
      .gauge("vigie_watch_leading_bool", "1 in the process that looks at a platform's accounts.",
             {{"platform", platform_}})
      .set(*leads ? 1 : 0);
}

void Watcher::on_hint(std::string_view text) {
  if (text.starts_with(check_prefix)) {
    if (const auto found = subjects_.find(text.substr(check_prefix.size()));
        found != subjects_.end()) {
      schedule_.urge(**found, clock_.steady());
    }
  } else {
    is_stale_ = true;
  }
  wake_.ring();
}

Async<> Watcher::reload_if_changed() {
  const Span now = clock_.steady();
  if (!is_stale_ && now - asked_at_ < options_.reload) {
    co_return;
  }
  asked_at_ = now;
  const auto mark = co_await accounts_.watched_mark(platform_);
  if (!mark) {
    log_.error("cannot read who is watched", {{"why", mark.error().what}});
    co_return;
  }
  if (is_stale_ || *mark != mark_ || now - loaded_at_ >= options_.full_reload) {
    mark_ = *mark;
    co_await reload();
  }
}

Async<> Watcher::reload() {
  is_stale_ = false;
  loaded_at_ = clock_.steady();
  auto watched = co_await accounts_.watched(platform_);
  if (!watched) {
    is_stale_ = true;
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
  ++list_;
  for (auto& account : watched) {
    const auto found = subjects_.find(std::string_view{account.id});
    auto subject = found == subjects_.end() ? std::make_shared<Subject>() : *found;
    take_in(std::move(account), subject);
  }
  is_first_load_ = false;
  std::erase_if(subjects_, [&](const SubjectPtr& subject) {
    if (subject->listed_in == list_) {
      return false;
    }
    subject->is_gone = true;
    schedule_.remove(*subject);
    return true;
  });
}

void Watcher::take_in(Watched account, const SubjectPtr& subject) {
  const Time wall = clock_.now();
  const Span now = clock_.steady();
  const bool is_new = subject->listed_in == 0;
  const bool is_renamed = !is_new && subject->username != account.username;
  subject->listed_in = list_;
  subject->username = std::move(account.username);
  subject->known = std::move(account.known);
  subject->habits = Habits{account.starts, wall};
  subject->interest = Interest{.priority = account.priority,
                               .followers = static_cast<std::int32_t>(account.followers),
                               .last_live_at = account.last_live_at,
                               .status = subject->known.status};
  if (is_new) {
    // A plan made before a restart is kept, within reason; who was added since is looked at now.
    const bool has_plan = is_first_load_ && subject->known.checked_at;
    const Span wait =
        has_plan ? std::clamp(account.next_check_at - wall, Span{0}, options_.poll.longest_backoff)
                 : Span{0};
    subject->id = std::move(account.id);
    schedule_.add(*subject, now + wait, account.interval, !has_plan);
    subjects_.insert(subject);
  } else if (is_renamed) {
    schedule_.urge(*subject, now);
  }
}

void Watcher::forget_all() {
  for (const auto& subject : subjects_) {
    subject->is_gone = true;
    schedule_.remove(*subject);
  }
  subjects_.clear();
  is_first_load_ = true;
  is_stale_ = true;
}

void Watcher::start_looks(TaskGroup& looks) {
  const Span now = clock_.steady();
  metrics_.gauge("vigie_watch_overdue_seconds", "How late the most overdue look is.")
      .set(to_seconds(schedule_.overdue(now)));
  metrics_
      .gauge("vigie_watch_stretch_ratio",
             "By how much intervals are longer than wished, for want of budget.")
      .set(schedule_.stretch());
  while (out_ < options_.parallel) {
    auto* entry = schedule_.take(now);
    if (entry == nullptr) {
      return;
    }
    ++out_;
    const auto& subject = static_cast<const Subject&>(*entry);
    looks.spawn("look", look(*subjects_.find(std::string_view{subject.id})));
  }
}

Span Watcher::patience() const {
  const Span now = clock_.steady();
  Span until = lead_asked_at_.value_or(now) + options_.lead_renewal;
  if (is_leading()) {
    until = std::min(until, asked_at_ + options_.reload);
    const auto due = schedule_.next_due();
    if (due && out_ < options_.parallel) {
      until = std::min(until, *due);
    }
  }
  return std::max(until - now, Span{0});
}

Async<> Watcher::watch_rooms() {
  for (;;) {
    co_await clock_.sleep(options_.live_interval);
    if (is_leading()) {
      co_await ask_rooms();
    }
  }
}

Async<> Watcher::ask_rooms() {
  std::vector<SubjectPtr> on_air;
  std::vector<std::string> rooms;
  for (const auto& subject : subjects_) {
    if (subject->known.live) {
      on_air.push_back(subject);
      rooms.push_back(subject->known.live->room);
    }
  }
  if (rooms.empty()) {
    co_return;
  }
  const auto over = co_await rooms_.ask(std::move(rooms));
  const Span now = clock_.steady();
  for (const auto& subject : on_air) {
    if (!over) {
      // Each is looked at by itself again, at the pace of lives.
      schedule_.hasten(*subject,
                       now + from_seconds(to_seconds(options_.live_interval) * random_.unit()));
    } else if (subject->known.live && over->contains(subject->known.live->room)) {
      schedule_.urge(*subject, now);
    }
  }
  wake_.ring();
}

}  // namespace vigie::watch
