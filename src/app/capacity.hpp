// SPDX-License-Identifier: Apache-2.0
// Says, once it has started, how many lives this machine can listen to: in the log, as a metric, on
// the status page.
#pragma once
#include <optional>

#include "api/services.hpp"
#include "app/world.hpp"
#include "async/worker_pool.hpp"
#include "transcribe/transcriber.hpp"

namespace vigie::app {

class SelfTest {
 public:
  explicit SelfTest(World& world) : world_{world} {}

  // transcriber: none, or a remote one, tells nothing of this machine.
  Async<> run(transcribe::Transcriber* transcriber);

  std::optional<api::CapacityStatus> result() const { return result_; }

 private:
  World& world_;
  std::optional<api::CapacityStatus> result_;
  WorkerPool worker_{"self-test", 1};
};

}  // namespace vigie::app
