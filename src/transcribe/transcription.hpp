// SPDX-License-Identifier: Apache-2.0
// Sound of lives in, settled words in the database out: each live is listened to, cut into
// utterances, and those wait, the most urgent first, for one of a few recognisers. Nothing is
// dropped: when it cannot keep up, sound() makes its caller wait.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "async/clock.hpp"
#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "async/worker_pool.hpp"
#include "log/log.hpp"
#include "media/sound_sink.hpp"
#include "metrics/metrics.hpp"
#include "transcribe/cutter.hpp"
#include "transcribe/segments.hpp"
#include "transcribe/speech_detector.hpp"
#include "transcribe/transcriber.hpp"

namespace vigie::transcribe {

struct TranscriptionOptions {
  std::string language = "fr";  // or "auto"
  // Speech of one live that may wait; beyond it sound() waits.
  Span most_waiting{30'000'000};
  // How long after its end an utterance should be settled.
  Span patience{4'000'000};
  // A live twice as urgent has half the patience. Above 0; asked once an utterance.
  std::function<double(std::string_view live_id)> urgency = [](std::string_view) { return 1.0; };
  // finish() gives words up for lost when none has been settled for so long.
  Span farewell{60'000'000};
};

class Transcription final : public media::SoundSink {
 public:
  // transcriber: none when its weights are missing; sound is then taken and counted, and no words
  // come.
  Transcription(asio::any_io_executor executor, DetectorFactory detectors, Transcriber* transcriber,
                SegmentStore& store, Clock& clock, log::Log& log, metrics::Registry& metrics,
                TranscriptionOptions options = {});
  ~Transcription() override;

  // Recognises and stores what comes in, until cancelled; finish() needs it running.
  Async<> run();

  Async<> sound(LiveClaim claim, Span at, std::vector<float> samples) override;
  Async<> gap(LiveClaim claim, Span from, Span to) override;
  Async<> finish(LiveClaim claim) override;

  std::size_t waiting() const { return queue_.size(); }  // utterances no worker has begun

 private:
  struct Stream;
  struct Piece;
  // Shared: a stream's pieces may still be with a worker when its live was taken from us.
  using StreamPtr = std::shared_ptr<Stream>;
  using PiecePtr = std::shared_ptr<Piece>;

  StreamPtr find(const LiveClaim& claim) const;
  StreamPtr find_or_begin(const LiveClaim& claim);
  Async<> listen(StreamPtr stream, std::vector<float> samples);
  Async<> conclude(StreamPtr stream);
  void enqueue(const StreamPtr& stream, std::vector<Utterance> utterances);
  void start_workers();
  Async<> recognise(PiecePtr piece);
  Async<Result<Transcript>> hear(PiecePtr piece);
  void take(const PiecePtr& piece, Result<Transcript> transcript);
  Async<> store(StreamPtr stream);
  bool has_failed_for_good(Stream& stream, const Error& error);
  void settle(Stream& stream, std::size_t count);
  void refuse(Stream& stream);
  void lose(Span speech, const Stream& stream, std::string_view why);
  void show_lag();

  struct Meters;
  asio::any_io_executor executor_;
  DetectorFactory detectors_;
  Transcriber* transcriber_;
  SegmentStore& store_;
  Clock& clock_;
  log::Log& log_;
  std::unique_ptr<Meters> meters_;
  TranscriptionOptions options_;

  std::map<std::string, StreamPtr, std::less<>> streams_;  // by live
  std::multimap<Span, PiecePtr> queue_;                    // by deadline
  std::size_t busy_ = 0;                                   // workers
  TaskGroup* tasks_ = nullptr;                             // while run() runs
  bool said_deaf_ = false;
  WorkerPool ears_;
  WorkerPool recognisers_;
};

}  // namespace vigie::transcribe
