// SPDX-License-Identifier: Apache-2.0
// All that makes words of sound: what is said now, what lies in the archive, and which comes first.
#pragma once
#include <functional>
#include <memory>

#include "app/engines.hpp"
#include "app/world.hpp"
#include "async/task_group.hpp"
#include "async/worker_pool.hpp"
#include "media/sound_sink.hpp"

namespace vigie::app {

class Words {
 public:
  // has_audience: whether anybody would see text that may still change. All outlive this.
  Words(World& world, const Ears& ears, WorkerPool& disk, std::function<bool()> has_audience);
  ~Words();

  media::SoundSink& sink();

  // pipeline ends before service.
  void spawn(TaskGroup& service, TaskGroup& pipeline);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace vigie::app
