// SPDX-License-Identifier: Apache-2.0
// Looks at every followed account, once however many follow it, and hands the answers to Accounts.
#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

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
#include "watch/poll_schedule.hpp"

namespace vigie::watch {

struct WatchOptions {
  PollLimits poll;
  std::size_t parallel = 8;                       // looks at a time
  Span reload{std::chrono::seconds{30}};          // hints may be lost: the list is read again
  Span unchanged_write{std::chrono::minutes{1}};  // an unchanged answer is written no more often
  Span viewers_write{std::chrono::seconds{10}};   // nor a new number of viewers
  Span second_look{std::chrono::seconds{610}};    // between two looks at whether an account exists;
                                                  // a little over absence_confirmation
  Span second_look_offline{std::chrono::hours{1}};  // once it is known not to
};

// What is passed by reference must outlive run().
class Watcher {
 public:
  Watcher(asio::any_io_executor executor, Accounts& accounts, platform::LiveSource& source,
          Bus& bus, Clock& clock, Random& random, log::Log& log, metrics::Registry& metrics,
          WatchOptions options = {});

  // Until cancelled; returns when its last look is over. Reads the list at start, on
  // topic::accounts
  // ("check:<id>" asks for one account at once) and every options.reload.
  Async<> run();

 private:
  struct Subject {
    std::string username;
    Known known;
    std::optional<Span> second_look_at;
  };

  class Turn;  // one look's place among options_.parallel

  Async<> loop(TaskGroup& looks);
  Async<> reload();
  void merge(std::vector<Watched> watched);
  void on_hint(std::string_view text);
  void start_looks(TaskGroup& looks);
  Span patience() const;
  Async<> look(std::string id);
  bool is_second_look_due(const Subject& subject) const;
  Async<> write(std::string id, platform::Observation seen, Decision decision, NextLook next);
  bool is_worth_writing(const Known& known, const Decision& decision) const;
  void count(const platform::Observation& seen);

  asio::any_io_executor executor_;
  Accounts& accounts_;
  platform::LiveSource& source_;
  Bus& bus_;
  Clock& clock_;
  Random& random_;
  log::Log& log_;
  metrics::Registry& metrics_;
  WatchOptions options_;

  PollSchedule schedule_;
  std::map<std::string, Subject> subjects_;
  Signal wake_;
  std::size_t out_ = 0;
  bool is_first_load_ = true;
  bool is_stale_ = true;
  Span loaded_at_{0};
};

}  // namespace vigie::watch
