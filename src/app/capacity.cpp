// SPDX-License-Identifier: Apache-2.0
#include "app/capacity.hpp"

#include <thread>

#include "transcribe/capacity.hpp"

namespace vigie::app {

Async<> SelfTest::run(transcribe::Transcriber* transcriber) {
  if (transcriber == nullptr || transcriber->engine() == "remote") {
    co_return;
  }
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  std::function<Result<transcribe::Capacity>(std::stop_token)> measure =
      [transcriber, cores](const std::stop_token&) {
        return transcribe::measure_capacity(*transcriber, cores);
      };
  const auto capacity = co_await worker_.run(std::move(measure));
  if (!capacity) {
    world_.log.warn("how many lives this machine holds is not known",
                    {{"why", capacity.error().what}});
    co_return;
  }
  result_ = api::CapacityStatus{.lives = capacity->lives,
                                .cpu_per_audio_s = capacity->cpu_per_audio_s,
                                .workers = static_cast<std::int64_t>(capacity->workers),
                                .model = capacity->model};
  world_.metrics
      .gauge("vigie_transcribe_capacity_lives",
             "Lives, all speaking, that this machine can listen to: an estimate of its start.")
      .set(capacity->lives);
  world_.log.info(
      "this machine can listen to so many lives at once",
      {{"lives", std::int64_t{capacity->lives}},
       {"workers", static_cast<std::int64_t>(capacity->workers)},
       {"model", capacity->model},
       {"cpu_ms_per_audio_s", static_cast<std::int64_t>(capacity->cpu_per_audio_s * 1000)}});
}

}  // namespace vigie::app
