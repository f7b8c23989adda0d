// SPDX-License-Identifier: Apache-2.0
// The one queue in which every request to a host waits for its turn. There is no task behind it:
// who stands first keeps the time for all. For one thread, the I/O thread.
#pragma once
#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "async/signal.hpp"
#include "base/random.hpp"
#include "metrics/metrics.hpp"
#include "platform/host_ledger.hpp"
#include "platform/pace.hpp"

namespace vigie::platform {

enum class Urgency : std::uint8_t {
  scheduled,
  urgent,  // somebody waits, or a capture needs an address: before everything that is scheduled
};

// How a host stands, for people.
struct HostStatus {
  std::string host;
  double allowed_per_s = 0;  // of all processes; what 429s left of the budget
  double used_per_s = 0;     // over the last minute, by this process
  std::size_t queue = 0;     // requests waiting, in this process
  std::optional<Time> paused_until;
  std::string reason;         // why the host refuses us; empty: it does not
  std::optional<Time> since;  // it has refused us
  double wait_p50_s = 0;
  double wait_p95_s = 0;
};

class HostQueue {
 public:
  // What is passed by reference outlives the queue.
  HostQueue(std::string host, PaceLimits limits, HostLedger& ledger, Clock& clock, Random& random,
            metrics::Registry& metrics);

  // One request's way through the queue. Its end, also by cancellation, makes room for the next; a
  // place that was given up before its turn costs no budget.
  class Turn {
   public:
    // subject: whom it is about, or "" for nobody in particular.
    Turn(HostQueue& queue, Urgency urgency, std::string subject);
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

    // True: the request leaves now. False: the host is left alone; refusal() says why.
    Async<bool> wait();

    // How the host took the request; nothing: no telling.
    Async<> end(std::optional<Treatment> treatment, std::string reason, Span retry_after);

   private:
    friend class HostQueue;
    enum class Stage : std::uint8_t { outside, queued, out };

    HostQueue& queue_;
    Urgency urgency_;
    std::string subject_;
    Stage stage_ = Stage::outside;
    bool is_canary_ = false;
    Time sent_at_{};
    std::optional<Signal> bell_;
  };

  struct Left {
    std::string reason;
    std::chrono::seconds retry_after{0};  // at least 1
  };
  Left refusal() const;

  // As the ledger knows it, also when other processes ask the host.
  Async<HostStatus> status();

 private:
  struct Event {
    std::optional<Refusal> refusal;  // nothing: a good answer
    Time sent_at{};
    Time at{};
  };
  struct Step {
    enum class Kind : std::uint8_t { leave, take, sleep, wait } kind = Kind::wait;
    Span until{0};
  };
  class Changing;

  Async<bool> wait(Turn& turn);
  void part(Turn& turn);  // out of the queue, or back from the host
  void depart(Turn& turn);
  Turn* first() const;
  Step next_step() const;
  Async<> change(bool takes);
  Async<> answered(Turn& turn, std::optional<Treatment> treatment, std::string reason,
                   Span retry_after);
  std::optional<Event> judge(const Turn& turn, Treatment treatment, std::string reason,
                             Span retry_after);
  bool is_about_the_account(const Turn& turn, Treatment treatment);
  static void apply(HostState& state, const PaceLimits& limits, const Event& event, Time now);
  void ring_first();
  void ring_all();
  void show();
  Time now() const { return anchor_ + (clock_.steady() - anchored_at_); }
  double used_per_second() const;

  std::string host_;
  PaceLimits limits_;
  HostLedger& ledger_;
  Clock& clock_;
  Random& random_;
  std::string me_;  // among the processes

  HostState state_;  // as of the last change, and what happened here since
  bool is_known_ = false;
  Time anchor_;  // the ledger's time at anchored_at_, or so much later:
  Span anchored_at_;
  Span uncertainty_{0};
  std::vector<Event> news_;  // not in the ledger yet
  bool has_good_news_ = false;
  bool is_changing_ = false;

  std::list<Turn*> urgent_;
  std::list<Turn*> scheduled_;
  std::size_t out_ = 0;
  bool canary_is_out_ = false;
  Span next_at_{0};
  Span held_until_{0};
  Span take_again_at_{0};

  int faults_ = 0;                  // in a row
  std::string suspect_;             // whom all refusals of the row were about
  std::set<std::string> odd_ones_;  // refused while the host answered others

  struct Second {
    std::int64_t at = -1;
    int sent = 0;
  };
  std::array<Second, 60> seconds_{};
  std::optional<Span> first_sent_at_;

  metrics::Gauge& allowed_;
  metrics::Gauge& length_;
  metrics::Gauge& paused_;
  metrics::Counter& sent_;
  metrics::Counter& pauses_;
  metrics::Counter& ledger_failures_;
  metrics::Histogram& waited_;
  metrics::Registry& metrics_;
};

}  // namespace vigie::platform
