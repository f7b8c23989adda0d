// SPDX-License-Identifier: Apache-2.0
// For tests of capture: one reader at work in the rig.
#pragma once
#include <memory>
#include <string_view>
#include <utility>

#include "capture/reader_rig.hpp"

namespace vigie::capture {

class Reader : public ::testing::Test {
 protected:
  static constexpr Span age = std::chrono::seconds{20};  // of the live when the reader begins

  Work some_work() {
    Work work;
    work.claim = LiveClaim{"live", "me", 1};
    work.username = "name";
    work.room = "7";
    work.started_at = rig.clock.now() - age;
    return work;
  }

  LiveReader& start(Work work, ReaderLimits limits = {}) {
    reader = std::make_unique<LiveReader>(rig.io.get_executor(), rig.tools(rig.journal),
                                          std::move(work), limits);
    work_task = std::make_unique<TaskGroup>(
        rig.io.get_executor(),
        [](const std::string&, const std::exception_ptr&) { ADD_FAILURE(); });
    work_task->spawn("reader", reader->run());
    return *reader;
  }

  void conclude() {
    work_task->cancel();
    testing::run(rig.io, work_task->join());
    testing::run(rig.io, reader->conclude());
  }

  bool has_ended() const { return work_task->size() == 0; }

  void end_live(Span after_start) {
    auto work = reader->work();
    work.ended_at = work.started_at + after_start;
    work.state = LiveState::ended;
    reader->update(work);
  }

  bool is_stalled_by(std::string_view reason) const {
    return !rig.journal.states.empty() &&
           rig.journal.states.back().first == CaptureState::stalled &&
           rig.journal.states.back().second == reason;
  }

  void TearDown() override {
    if (work_task) {
      work_task->cancel();
      testing::run(rig.io, work_task->join());
    }
  }

  ReaderRig rig;
  std::unique_ptr<LiveReader> reader;
  std::unique_ptr<TaskGroup> work_task;
};

}  // namespace vigie::capture
