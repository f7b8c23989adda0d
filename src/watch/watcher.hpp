// SPDX-License-Identifier: Apache-2.0
// Looks at every followed account, once however many follow it, and hands the answers to Accounts.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "base/random.hpp"
#include "bus/bus.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "platform/live_source.hpp"
#include "watch/accounts.hpp"
#include "watch/room_watch.hpp"
#include "watch/subject.hpp"

namespace vigie::watch {

struct WatchOptions {
  PollLimits poll;  // poll.interval is the usual one of `intervals`
  IntervalLimits intervals;
  Span live_interval{std::chrono::seconds{30}};  // between two words on a live: does it go on?
  Span live_detail{std::chrono::seconds{150}};   // between two looks at it, while batches say that
                                                 // it goes on: for viewers, title, pause
  std::size_t parallel = 8;                      // looks at a time
  Span reload{std::chrono::seconds{30}};         // hints may be lost: has the list changed?
  Span full_reload{std::chrono::minutes{10}};    // and this long after, it is read whatever is said
  Span unchanged_write{std::chrono::minutes{1}};  // an unchanged answer is written no more often
  Span viewers_write{std::chrono::seconds{10}};   // nor a new number of viewers
  Span second_look{std::chrono::seconds{610}};    // between two looks at whether an account exists;
                                                  // a little over absence_confirmation
  Span second_look_offline{std::chrono::hours{1}};  // once it is known not to
  Span lead_lasts{std::chrono::seconds{20}};        // a watcher that died is replaced after this
  Span lead_renewal{std::chrono::seconds{5}};
};

// What is passed by reference must outlive run().
class Watcher {
 public:
  Watcher(asio::any_io_executor executor, Accounts& accounts, platform::LiveSource& source,
          Bus& bus, Clock& clock, Random& random, log::Log& log, metrics::Registry& metrics,
          WatchOptions options = {});

  // Until cancelled; returns when its last look is over. Of all watchers of one platform on one
  // database, one looks and the others stand by. Reads the list at start, on topic::accounts
  // ("check:<id>" asks for one account at once) and when options.reload finds it changed.
  Async<> run();

 private:
  class Turn;  // one look's place among options_.parallel

  // An answer, and what it means for what we know.
  struct Look {
    platform::Observation seen;
    Decision decision;
    std::string detected_by;
  };

  Async<> loop(TaskGroup& looks);
  Async<> keep_lead();
  Async<> reload_if_changed();
  Async<> reload();
  void merge(std::vector<Watched> watched);
  void take_in(Watched account, const SubjectPtr& subject);
  void forget_all();
  void on_hint(std::string_view text);
  void start_looks(TaskGroup& looks);
  Span patience() const;
  bool is_leading() const { return clock_.steady() < leading_until_; }

  Async<> look(SubjectPtr subject);
  Async<> ask_elsewhere(const SubjectPtr& subject, Look& look);
  Async<bool> ask_for_owner(const SubjectPtr& subject, Look& look);
  bool is_due(Span last, Span distance) const;
  std::string way_of(const Subject& subject, bool is_first) const;
  Span wish(const Subject& subject, const Decision& decision) const;
  Async<> write(SubjectPtr subject, Look look, NextLook next);
  bool is_worth_writing(const Known& known, const Look& look) const;
  void note(Subject& subject, Recorded recorded);
  void count(const platform::Observation& seen);

  Async<> watch_rooms();
  Async<> ask_rooms();

  asio::any_io_executor executor_;
  Accounts& accounts_;
  platform::LiveSource& source_;
  Bus& bus_;
  Clock& clock_;
  Random& random_;
  log::Log& log_;
  metrics::Registry& metrics_;
  WatchOptions options_;
  std::string platform_;
  std::string me_;  // among the watchers

  PollSchedule schedule_;
  Subjects subjects_;
  RoomWatch rooms_;
  Signal wake_;
  std::size_t out_ = 0;
  std::uint32_t list_ = 0;  // number of the list that was read last
  bool is_first_load_ = true;
  bool is_stale_ = true;
  std::string mark_;  // of that list
  Span loaded_at_{0};
  Span asked_at_{0};  // whether the list changed
  Span leading_until_{-1};
  std::optional<Span> lead_asked_at_;
};

}  // namespace vigie::watch
