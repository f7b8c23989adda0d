// SPDX-License-Identifier: Apache-2.0
// Decides when to look at each account again. Pure: times are given (Clock::steady), randomness
// too; every step costs O(log n).
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/time.hpp"

namespace vigie::watch {

struct PollLimits {
  Span interval{std::chrono::seconds{60}};  // between two looks at an account that is not on air
  Span live_interval{std::chrono::seconds{30}};  // and at one that is: for its viewers and its end
  double jitter = 0.1;                           // so that accounts added together drift apart
  Span soon{std::chrono::seconds{5}};  // to confirm an end; also the least time between two looks
  Span first_backoff{std::chrono::seconds{30}};
  Span longest_backoff{std::chrono::minutes{30}};
};

struct LookOutcome {
  bool is_refused = false;
  Span retry_after{0};  // the platform's own wish; obeyed
  bool asks_again_soon = false;
  bool is_live = false;
};

struct NextLook {
  Span wait{0};
  Span interval{0};  // between looks, as measured; 0 before the second
};

class PollSchedule {
 public:
  explicit PollSchedule(PollLimits limits) : limits_{limits} {}

  // measured: the interval known from before a restart. Ignored when the account is already there.
  void add(const std::string& id, Span due, Span measured);
  void remove(const std::string& id);
  bool has(const std::string& id) const { return entries_.contains(id); }
  std::size_t size() const { return entries_.size(); }

  // A person wants to know now: before everything else that is due.
  void urge(const std::string& id, Span now);

  // The account to look at, most urgent first; it is not given again before answered().
  std::optional<std::string> take(Span now);
  // When take() will next have something; nothing while every account is out or there is none.
  std::optional<Span> next_due() const;
  // How late the most overdue account is.
  Span overdue(Span now) const;

  // After a refusal we wait twice as long each time, up to the ceiling; a good answer forgives at
  // once. random: in [0, 1). Harmless for an account removed meanwhile.
  NextLook answered(const std::string& id, Span now, LookOutcome outcome, double random);

 private:
  struct Entry {
    Span due{0};
    bool is_out = false;
    bool is_urged = false;  // while it was out
    int refusals = 0;
    std::optional<Span> looked_at;
    bool is_regular = false;  // the coming look was not asked for: it counts for the interval
    Span measured{0};
  };

  Span wait_after(Entry& entry, LookOutcome outcome, double random) const;
  void put(const std::string& id, Entry& entry, Span due);

  PollLimits limits_;
  std::map<std::string, Entry> entries_;
  std::set<std::pair<Span, std::string>> queue_;
};

}  // namespace vigie::watch
