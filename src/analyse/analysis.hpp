// SPDX-License-Identifier: Apache-2.0
// The role that judges: watches the words grow and has each window judged once, a live at a time, a
// few lives at once.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "analyse/assessments.hpp"
#include "analyse/judge.hpp"
#include "analyse/recent_count.hpp"
#include "async/async.hpp"
#include "async/clock.hpp"
#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "bus/bus.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

namespace vigie::analyse {

struct AnalysisOptions {
  std::size_t parallel = 16;                    // windows at a time, of different lives
  Span sweep{std::chrono::seconds{2}};          // hints may be lost
  Span gather{std::chrono::milliseconds{200}};  // hints come in flocks
  Span late_after{std::chrono::seconds{30}};    // speech behind a window that makes it late
  Span full_sweep{std::chrono::minutes{10}};    // lives that ended long ago too
  Span recent{std::chrono::hours{1}};           // what "long ago" is
  std::int64_t attempts = 3;                    // at a window nobody can judge
};

// What is passed by reference must outlive run().
class Analysis {
 public:
  Analysis(asio::any_io_executor executor, Assessments& assessments, Judge& judge, Bus& bus,
           Clock& clock, log::Log& log, metrics::Registry& metrics, AnalysisOptions options = {});

  // Windows that were set aside, ever: nobody could judge them.
  std::int64_t set_aside() const { return set_aside_; }

  // Of the last hour: windows judged, and those the embedded judge read in the model's place.
  struct Recent {
    std::int64_t windows = 0;
    std::int64_t fallbacks = 0;
    std::string why;  // of the last fallback
  };
  Recent recent();

  // Until cancelled; returns when the last window in hand is dropped (it is judged again later).
  Async<> run();

 private:
  class Turn;  // one live's place among options_.parallel

  Async<> loop(TaskGroup& windows);
  Async<> sweep(TaskGroup& windows);
  Async<> judge_next(Pending pending);
  Async<bool> judge_window(Pending pending, Work work);  // whether it was kept
  Async<Result<Judgement>> ask(Window window, Judge::Haste haste);
  Async<bool> failed(Work work, Error why);  // whether it was set aside
  Async<> count_set_aside();
  void remember(const Judgement& judgement);
  Time ended_after();

  asio::any_io_executor executor_;
  Assessments& assessments_;
  Judge& judge_;
  Bus& bus_;
  Clock& clock_;
  log::Log& log_;
  metrics::Registry& metrics_;
  AnalysisOptions options_;

  Signal wake_;
  std::set<std::string> in_hand_;  // lives
  Span full_sweep_at_{0};
  // A live's first unjudged window that failed, and how often. Gone with the process: then it is
  // tried anew.
  struct Failed {
    Span start{0};
    std::int64_t attempts = 0;
  };
  std::map<std::string, Failed> failed_;
  std::int64_t set_aside_ = 0;
  bool must_count_ = true;
  RecentCount windows_;
  RecentCount fallbacks_;
  std::string why_fallback_;
};

}  // namespace vigie::analyse
