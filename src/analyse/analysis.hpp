// SPDX-License-Identifier: Apache-2.0
// The role that judges: watches the words grow and has each window judged once, a live at a time, a
// few lives at once.
#pragma once
#include <cstddef>
#include <set>
#include <string>

#include "analyse/assessments.hpp"
#include "analyse/judge.hpp"
#include "async/async.hpp"
#include "async/clock.hpp"
#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "bus/bus.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

namespace vigie::analyse {

struct AnalysisOptions {
  std::size_t parallel = 4;                     // windows at a time, of different lives
  Span sweep{std::chrono::seconds{2}};          // hints may be lost
  Span gather{std::chrono::milliseconds{200}};  // hints come in flocks
  Span late_after{std::chrono::seconds{30}};    // speech behind a window that makes it late
  Span full_sweep{std::chrono::minutes{10}};    // lives that ended long ago too
  Span recent{std::chrono::hours{1}};           // what "long ago" is
};

// What is passed by reference must outlive run().
class Analysis {
 public:
  Analysis(asio::any_io_executor executor, Assessments& assessments, Judge& judge, Bus& bus,
           Clock& clock, log::Log& log, metrics::Registry& metrics, AnalysisOptions options = {});

  // Until cancelled; returns when the last window in hand is dropped (it is judged again later).
  Async<> run();

 private:
  class Turn;  // one live's place among options_.parallel

  Async<> loop(TaskGroup& windows);
  Async<> sweep(TaskGroup& windows);
  Async<> judge_next(Pending pending);
  Async<bool> judge_window(Pending pending, Work work);  // whether it was kept
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
};

}  // namespace vigie::analyse
