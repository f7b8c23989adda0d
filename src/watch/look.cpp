// SPDX-License-Identifier: Apache-2.0
// One look of the watcher at one account, from the question to the row.
#include <utility>

#include "watch/watcher.hpp"

namespace vigie::watch {
namespace {

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
  Turn(Watcher& watcher, SubjectPtr subject) : watcher_{watcher}, subject_{std::move(subject)} {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (!is_answered_) {
      LookOutcome broken;
      broken.is_refused = true;
      watcher_.schedule_.answered(*subject_, watcher_.clock_.steady(), broken, 0);
    }
    --watcher_.out_;
    watcher_.wake_.ring();
  }

  NextLook answered(LookOutcome outcome) {
    is_answered_ = true;
    return watcher_.schedule_.answered(*subject_, watcher_.clock_.steady(), outcome,
                                       watcher_.random_.unit());
  }

 private:
  Watcher& watcher_;
  SubjectPtr subject_;
  bool is_answered_ = false;
};

Async<> Watcher::look(SubjectPtr subject) {
  Turn turn{*this, subject};
  const bool is_first = !std::exchange(subject->was_looked_at, true);
  auto question = subject->is_urgent() ? source_.probe_now(subject->username)
                                       : source_.probe(subject->username);
  Look look;
  look.seen = co_await std::move(question);
  look.detected_by = way_of(*subject, is_first);
  count(look.seen);
  look.decision = decide(subject->known, look.seen, clock_.now());
  LookOutcome outcome;
  outcome.is_refused = look.seen.blocked;
  outcome.retry_after = look.seen.retry_after;
  if (!subject->is_gone) {
    co_await ask_elsewhere(subject, look);
  }
  if (subject->is_gone) {
    co_return;  // unfollowed meanwhile
  }
  outcome.asks_again_soon = look.decision.asks_again_soon;
  outcome.interval = wish(*subject, look.decision);
  const auto next = turn.answered(outcome);
  co_await write(std::move(subject), std::move(look), next);
}

// The main source does not know this name, or shows somebody else under it: where did they go, and
// do they exist?
Async<> Watcher::ask_elsewhere(const SubjectPtr& subject, Look& look) {
  if (look.decision.wants_owner && is_due(subject->owner_look_at, options_.second_look)) {
    subject->owner_look_at = clock_.steady();
    if (co_await ask_for_owner(subject, look)) {
      co_return;
    }
  }
  const auto distance = subject->known.status == AccountStatus::offline
                            ? options_.second_look_offline
                            : options_.second_look;
  if (!look.decision.wants_second_look || subject->is_gone ||
      !is_due(subject->second_look_at, distance)) {
    co_return;
  }
  subject->second_look_at = clock_.steady();
  const NextLook regular{options_.poll.interval, Span{0}};
  auto first = look;
  co_await write(subject, std::move(first), regular);
  look.seen = co_await source_.look_up(subject->username);
  count(look.seen);
  look.decision = decide(subject->known, look.seen, clock_.now());
}

// The room of their last live knows them by their stable id, whatever their name is now.
Async<bool> Watcher::ask_for_owner(const SubjectPtr& subject, Look& look) {
  const auto room = co_await accounts_.last_room(subject->id);
  if (!room || room->empty()) {
    co_return false;
  }
  auto owner = co_await source_.probe_room(*room);
  count(owner);
  if (owner.stable_id != subject->known.stable_id || owner.username.empty() ||
      owner.username == subject->username) {
    co_return false;
  }
  log_.info("an account changed its name", {{"account", subject->id}});
  owner.reason = "renamed";
  look.seen = std::move(owner);
  look.detected_by = "room_info";
  look.decision = decide(subject->known, look.seen, clock_.now());
  co_return true;
}

bool Watcher::is_due(Span last, Span distance) const {
  return last == Subject::never || clock_.steady() - last >= distance;
}

std::string Watcher::way_of(const Subject& subject, bool is_first) const {
  if (is_first && subject.known.checked_at) {
    return "restart";
  }
  return platform_ == "tiktok" ? "api_live" : platform_;
}

Span Watcher::wish(const Subject& subject, const Decision& decision) const {
  if (decision.status == AccountStatus::live) {
    return rooms_.is_trusted() ? options_.live_detail : options_.live_interval;
  }
  auto interest = subject.interest;
  interest.status = decision.status;
  return wished_interval(options_.intervals, subject.habits, interest, clock_.now());
}

bool Watcher::is_worth_writing(const Known& known, const Look& look) const {
  if (look.decision.is_news || !known.checked_at || !look.seen.username.empty() ||
      (known.stable_id.empty() && !look.seen.stable_id.empty())) {
    return true;
  }
  const Span age = clock_.now() - *known.checked_at;
  return age >= options_.unchanged_write ||
         (look.decision.has_new_viewers && age >= options_.viewers_write);
}

Async<> Watcher::write(SubjectPtr subject, Look look, NextLook next) {
  if (subject->is_gone || !is_worth_writing(subject->known, look)) {
    co_return;
  }
  Check check;
  check.account_id = subject->id;
  check.observation = std::move(look.seen);
  check.at = clock_.now();
  check.next_check_at = check.at + next.wait;
  check.interval = next.interval;
  check.detected_by = std::move(look.detected_by);
  auto recorded = co_await accounts_.record(std::move(check));
  if (recorded) {
    note(*subject, std::move(*recorded));
  } else if (recorded.error().code == Errc::not_found) {
    is_stale_ = true;
  } else {
    log_.error("an answer could not be recorded", {{"why", recorded.error().what}});
  }
}

void Watcher::note(Subject& subject, Recorded recorded) {
  subject.known = std::move(recorded.known);
  is_stale_ = is_stale_ || recorded.has_moved;
  if (recorded.has_started && subject.known.live) {
    subject.interest.last_live_at = subject.known.live->started_at;
  }
  if (recorded.detection_delay) {
    metrics_
        .histogram("vigie_watch_detection_delay_seconds", "From the start of a live to its notice.",
                   {}, {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800})
        .observe(to_seconds(*recorded.detection_delay));
  }
}

void Watcher::count(const platform::Observation& seen) {
  metrics_
      .counter("vigie_watch_probes_total", "Looks at accounts by outcome.",
               {{"outcome", outcome_name(seen)}})
      .add();
}

}  // namespace vigie::watch
