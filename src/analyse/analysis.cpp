// SPDX-License-Identifier: Apache-2.0
#include "analyse/analysis.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

namespace vigie::analyse {

// Leaves its place and rings for the next, also when its coroutine is cancelled or breaks.
class Analysis::Turn {
 public:
  Turn(Analysis& analysis, std::string live_id)
      : analysis_{analysis}, live_id_{std::move(live_id)} {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    analysis_.in_hand_.erase(live_id_);
    if (is_done_) {
      analysis_.wake_.ring();
    }
  }

  // What failed waits for the next sweep: ringing would ask a broken database without pause.
  void done() { is_done_ = true; }

 private:
  Analysis& analysis_;
  std::string live_id_;
  bool is_done_ = false;
};

Analysis::Analysis(asio::any_io_executor executor, Assessments& assessments, Judge& judge, Bus& bus,
                   Clock& clock, log::Log& log, metrics::Registry& metrics, AnalysisOptions options)
    : executor_{executor},
      assessments_{assessments},
      judge_{judge},
      bus_{bus},
      clock_{clock},
      log_{log},
      metrics_{metrics},
      options_{options},
      wake_{executor},
      full_sweep_at_{clock.steady()} {}

Async<> Analysis::run() {
  auto on_failure = [this](const std::string& name, const std::exception_ptr& failure) {
    log_.error("judging a window broke", {{"task", name}, {"why", words_of(failure)}});
  };
  TaskGroup windows{executor_, std::move(on_failure)};
  auto on_hint = [this](std::string_view) { wake_.ring(); };
  const auto subscription = bus_.subscribe(std::string{topic::events}, std::move(on_hint));
  std::exception_ptr end;
  try {
    co_await loop(windows);
  } catch (...) {
    end = std::current_exception();
  }
  // Cancelled or broken, the windows in hand must be gone before what they refer to goes.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  windows.cancel();
  co_await windows.join();
  std::rethrow_exception(end);
}

Async<> Analysis::loop(TaskGroup& windows) {
  for (;;) {
    if (std::exchange(must_count_, false)) {
      co_await count_set_aside();
    }
    co_await sweep(windows);
    const bool rang = co_await wake_.wait_for(clock_, options_.sweep);
    if (rang) {
      co_await clock_.sleep(options_.gather);
    }
  }
}

Time Analysis::ended_after() {
  if (clock_.steady() < full_sweep_at_) {
    return clock_.now() - options_.recent;
  }
  full_sweep_at_ = clock_.steady() + options_.full_sweep;
  failed_.clear();  // of lives that are gone, too
  return Time{};
}

Async<> Analysis::sweep(TaskGroup& windows) {
  auto pending = co_await assessments_.pending(ended_after());
  if (!pending) {
    full_sweep_at_ = Span{0};
    log_.error("cannot read what is to be judged", {{"why", pending.error().what}});
    co_return;
  }
  const auto now = clock_.now();
  Span waiting{0};
  for (auto& live : *pending) {
    waiting += live.unjudged;
    const bool is_free = in_hand_.size() < options_.parallel && !in_hand_.contains(live.live_id);
    if (is_free && is_ready(live, now)) {
      in_hand_.insert(live.live_id);
      windows.spawn("judge " + live.live_id, judge_next(std::move(live)));
    }
  }
  metrics_.gauge("vigie_analyse_unjudged_seconds", "Speech that nobody has judged yet.")
      .set(to_seconds(waiting));
}

Async<> Analysis::judge_next(Pending pending) {
  Turn turn{*this, pending.live_id};
  auto work = co_await assessments_.next_work(pending);
  if (!work) {
    if (work.error().code != Errc::not_found) {
      log_.error("cannot read the words to judge",
                 {{"live", pending.live_id}, {"why", work.error().what}});
    }
    co_return;
  }
  const bool is_kept = co_await judge_window(std::move(pending), std::move(*work));
  if (is_kept) {
    turn.done();
  }
}

Async<bool> Analysis::judge_window(Pending pending, Work work) {
  const auto started = clock_.steady();
  const auto haste = work.behind > options_.late_after ? Judge::Haste::late : Judge::Haste::none;
  auto judgement = co_await ask(work.window, haste);
  if (!judgement) {
    co_return co_await failed(std::move(work), judgement.error());
  }
  failed_.erase(pending.live_id);
  const auto outcome = judgement->hateful     ? std::string_view{"hateful"}
                       : judgement->undecided ? std::string_view{"undecided"}
                                              : std::string_view{"neutral"};
  remember(*judgement);
  const auto latency = clock_.steady() - started;
  const auto words_age = clock_.now() - pending.oldest;
  const auto live_id = pending.live_id;
  auto stored = co_await assessments_.store(std::move(pending), std::move(work),
                                            std::move(*judgement), latency);
  if (!stored) {
    log_.error("an assessment was not kept", {{"live", live_id}, {"why", stored.error().what}});
    co_return false;
  }
  metrics_.counter("vigie_analyse_windows_total", "Windows judged.", {{"outcome", outcome}}).add();
  metrics_
      .histogram("vigie_analyse_delay_seconds",
                 "From the oldest word of a window written to its assessment kept.")
      .observe(to_seconds(words_age));
  co_return true;
}

void Analysis::remember(const Judgement& judgement) {
  windows_.add(clock_.steady());
  if (judgement.fallback) {
    fallbacks_.add(clock_.steady());
    why_fallback_ = judgement.error;
  }
}

Analysis::Recent Analysis::recent() {
  const auto now = clock_.steady();
  return {.windows = windows_.last_hour(now),
          .fallbacks = fallbacks_.last_hour(now),
          .why = why_fallback_};
}

// A bug in a judge must not stop a live for ever: what it throws is one more failure.
Async<Result<Judgement>> Analysis::ask(Window window, Judge::Haste haste) {
  try {
    co_return co_await judge_.judge(std::move(window), haste);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) {
      throw;
    }
    co_return make_error(Errc::corrupt, "a judge broke: {}", error.what());
  } catch (const std::exception& error) {
    co_return make_error(Errc::corrupt, "a judge broke: {}", error.what());
  }
}

Async<bool> Analysis::failed(Work work, Error why) {
  const auto live_id = work.window.live_id;
  auto& failed = failed_[live_id];
  failed.attempts = failed.start == work.window.start ? failed.attempts + 1 : 1;
  failed.start = work.window.start;
  const auto attempts = failed.attempts;
  log_.error("a window could not be judged",
             {{"live", live_id}, {"why", why.what}, {"attempts", attempts}});
  if (attempts < options_.attempts) {
    co_return false;
  }
  const auto kept = co_await assessments_.set_aside(std::move(work), attempts, why.what);
  if (!kept) {
    log_.error("a window was not set aside", {{"live", live_id}, {"why", kept.error().what}});
    co_return false;
  }
  failed_.erase(live_id);
  metrics_
      .counter("vigie_analyse_set_aside_total",
               "Windows given up after a few attempts because nobody could judge them.")
      .add();
  must_count_ = true;  // by the loop alone: of two counts at once the older could end last
  co_return true;
}

Async<> Analysis::count_set_aside() {
  const auto count = co_await assessments_.count_set_aside();
  if (!count) {
    must_count_ = true;
    co_return;
  }
  set_aside_ = *count;
  metrics_.gauge("vigie_analyse_set_aside_windows", "Windows that were given up, and are kept.")
      .set(static_cast<double>(*count));
}

}  // namespace vigie::analyse
