// SPDX-License-Identifier: Apache-2.0
// Decides when to look at each account again. Pure: times are given (Clock::steady), randomness
// too; every step costs O(log n).
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>

#include "base/time.hpp"

namespace vigie::watch {

struct PollLimits {
  Span interval{std::chrono::seconds{60}};  // between two looks, where nothing else is wished
  double budget_per_s = 0;                  // looks a second, all accounts together; 0: any number
  double jitter = 0.1;                      // so that accounts added together drift apart
  Span soon{std::chrono::seconds{5}};  // to confirm an end; also the least time between two looks
  Span first_backoff{std::chrono::seconds{30}};
  Span longest_backoff{std::chrono::minutes{30}};
};

struct LookOutcome {
  bool is_refused = false;
  Span retry_after{0};  // the platform's own wish; obeyed
  bool asks_again_soon = false;
  Span interval{0};  // wished until the next look; 0: PollLimits' own
};

struct NextLook {
  Span wait{0};
  Span interval{0};  // between looks, as measured; 0 before the second
};

class PollSchedule {
 public:
  // One account's place, in whatever its owner makes of it; stays where it is while it is in.
  class Entry {
   public:
    bool is_urgent() const { return is_urgent_; }  // somebody waits for the look that was taken

   protected:
    Entry() = default;
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry() = default;

   private:
    friend class PollSchedule;
    Span due_{0};
    Span wish_{0};
    Span measured_{0};
    std::optional<Span> looked_at_;
    std::uint32_t serial_ = 0;  // who came first, where two are due at once
    std::uint8_t refusals_ = 0;
    bool is_in_ = false;
    bool is_out_ = false;
    bool is_urged_ = false;  // while it was out
    bool is_urgent_ = false;
    bool is_regular_ = false;  // the coming look was not asked for: it counts for the interval
  };

  explicit PollSchedule(PollLimits limits) : limits_{limits} {}

  // measured: the interval known from before a restart. Ignored when the entry is already in.
  void add(Entry& entry, Span due, Span measured, bool is_urgent = false);
  void remove(Entry& entry);
  std::size_t size() const { return size_; }

  // A person wants to know now, or a live is said to be over: before everything else that is due.
  void urge(Entry& entry, Span now);
  // No later than due, and in turn.
  void hasten(Entry& entry, Span due);

  // The account to look at, most urgent first; it is not given again before answered().
  Entry* take(Span now);
  // When take() will next have something; nothing while every account is out or there is none.
  std::optional<Span> next_due() const;
  // How late the most overdue account is.
  Span overdue(Span now) const;

  // By how much every interval is longer than wished, because the budget is not enough for all.
  double stretch() const;

  // After a refusal we wait twice as long each time, up to the ceiling; a good answer forgives at
  // once. random: in [0, 1). Harmless for an entry removed meanwhile.
  NextLook answered(Entry& entry, Span now, LookOutcome outcome, double random);

 private:
  struct Sooner {
    using is_transparent = void;
    bool operator()(const Entry* a, const Entry* b) const {
      return a->due_ != b->due_ ? a->due_ < b->due_ : a->serial_ < b->serial_;
    }
    bool operator()(const Entry* entry, Span due) const { return entry->due_ < due; }
    bool operator()(Span due, const Entry* entry) const { return due < entry->due_; }
  };

  Span wait_after(Entry& entry, LookOutcome outcome, double random);
  void wish(Entry& entry, Span interval);
  void put(Entry& entry, Span due);

  PollLimits limits_;
  std::set<Entry*, Sooner> queue_;
  std::size_t size_ = 0;
  std::uint32_t next_serial_ = 0;
  double demand_per_s_ = 0;  // of looks, were every wish granted
};

}  // namespace vigie::watch
