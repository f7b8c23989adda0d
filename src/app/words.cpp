// SPDX-License-Identifier: Apache-2.0
#include "app/words.hpp"

#include <boost/json/serialize.hpp>
#include <string>
#include <utility>

#include "domain/json.hpp"
#include "recording/kept_archive.hpp"
#include "transcribe/leftovers.hpp"
#include "transcribe/segments.hpp"
#include "transcribe/transcription.hpp"
#include "transcribe/urgency.hpp"

namespace vigie::app {
namespace {

std::string message_of(const Interim& interim) {
  const boost::json::object message{{"account_id", interim.account_id}, {"data", to_json(interim)}};
  return boost::json::serialize(message);
}

}  // namespace

struct Words::Parts {
  Parts(World& world, const Ears& ears, WorkerPool& disk, std::function<bool()> has_audience)
      : segments{transcribe::make_segment_store(*world.database, *world.bus, world.ids,
                                                world.clock)},
        archive{*world.database, *world.blobs, disk},
        urgencies{*world.database, world.clock, world.log},
        hears{ears.transcriber != nullptr},
        transcription{world.io.get_executor(),
                      ears.detectors,
                      ears.transcriber.get(),
                      *segments,
                      archive,
                      world.clock,
                      world.log,
                      world.metrics,
                      options(world, std::move(has_audience))},
        leftovers{world.io.get_executor(),
                  transcribe::LeftoverLeases{*world.database, world.ids.next(world.clock.now())},
                  transcription, world.clock, world.log} {}

  transcribe::TranscriptionOptions options(World& world, std::function<bool()> has_audience) {
    transcribe::TranscriptionOptions options;
    options.language = world.config.text("TRANSCRIBE_LANGUAGE");
    options.urgency = [this](std::string_view live_id) { return urgencies.of(live_id); };
    options.on_interim = [&world](const Interim& interim) {
      world.bus->publish(topic::interim, message_of(interim));
    };
    options.has_audience = std::move(has_audience);
    return options;
  }

  std::unique_ptr<transcribe::SegmentStore> segments;
  recording::KeptArchive archive;
  transcribe::Urgencies urgencies;
  bool hears;
  transcribe::Transcription transcription;
  transcribe::Leftovers leftovers;
};

Words::Words(World& world, const Ears& ears, WorkerPool& disk, std::function<bool()> has_audience)
    : parts_{std::make_unique<Parts>(world, ears, disk, std::move(has_audience))} {}

Words::~Words() = default;

media::SoundSink& Words::sink() {
  return parts_->transcription;
}

void Words::spawn(TaskGroup& service, TaskGroup& pipeline) {
  service.spawn("urgencies", parts_->urgencies.run());
  service.spawn("transcription", parts_->transcription.run());
  if (parts_->hears) {
    pipeline.spawn("leftovers", parts_->leftovers.run());
  }
}

}  // namespace vigie::app
