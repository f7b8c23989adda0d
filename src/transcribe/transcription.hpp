// SPDX-License-Identifier: Apache-2.0
// Sound of lives in, settled words in the database out: each live is listened to, cut into
// utterances, and those wait, the most urgent first, for one of a few recognisers. Captures never
// wait for it: what there is no time for stays in the archive, in the open, and is heard from there
// when there is time, after a restart, or when the live is over (docs/ARCHITECTURE.md, "Words").
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/clock.hpp"
#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "async/worker_pool.hpp"
#include "log/log.hpp"
#include "media/sound_archive.hpp"
#include "media/sound_sink.hpp"
#include "metrics/metrics.hpp"
#include "transcribe/cutter.hpp"
#include "transcribe/segments.hpp"
#include "transcribe/speech_detector.hpp"
#include "transcribe/strain.hpp"
#include "transcribe/transcriber.hpp"

namespace vigie::transcribe {

struct TranscriptionOptions {
  std::string language = "fr";  // or "auto"
  // How long after its end an utterance should be settled.
  Span patience{4'000'000};
  // A live twice as urgent has half the patience, and is put off after the other. Above 0.
  std::function<double(std::string_view live_id)> urgency = [](std::string_view) { return 1.0; };
  // Speech of one live that may wait in memory; with more the live is put off.
  Span most_waiting{30'000'000};
  // finish() leaves to the archive what is not settled by then.
  Span farewell{15'000'000};
  // Told of text that may still change, while there is time for it and has_audience() says that
  // somebody would see it. I/O thread.
  std::function<void(const Interim&)> on_interim{};
  std::function<bool()> has_audience = [] { return true; };
};

class Transcription final : public media::SoundSink {
 public:
  // transcriber: none when its weights are missing; sound is then taken and counted, and its words
  // come from the archive once there is one.
  Transcription(asio::any_io_executor executor, DetectorFactory detectors, Transcriber* transcriber,
                SegmentStore& store, media::SoundArchive& archive, Clock& clock, log::Log& log,
                metrics::Registry& metrics, TranscriptionOptions options = {});
  ~Transcription() override;

  // Recognises and stores what comes in, until cancelled; finish() and catch_up() need it running.
  Async<> run();

  Async<> begin(LiveClaim claim) override;
  Async<> sound(LiveClaim claim, Span at, std::vector<float> samples) override;
  Async<> gap(LiveClaim claim, Span from, Span to) override;
  void kept(const LiveClaim& claim, Span until) override;
  Span awaited(const LiveClaim& claim) const override;
  Async<> finish(LiveClaim claim) override;

  // The words of a live that nobody captures: hears its archive from where the words are settled to
  // its end. Returns when that is done (true) or the claim is no longer ours. Gives the live up
  // when cancelled; what is settled by then stays.
  Async<bool> catch_up(LiveClaim claim);

  std::size_t waiting() const { return queue_.size(); }  // utterances no worker has begun
  std::size_t busy() const { return busy_; }             // workers
  std::size_t listening() const { return listening_; }   // lives whose sound is with the ears
  Strain strain() const { return strain_.strain(); }

 private:
  struct Stream;
  struct Piece;
  struct Meters;
  // Shared: a stream's pieces may still be with a worker when its live was taken from us.
  using StreamPtr = std::shared_ptr<Stream>;
  using PiecePtr = std::shared_ptr<Piece>;
  using Party = std::vector<PiecePtr>;  // heard together
  // What is said now before what is said in the archive; then by deadline.
  using Turn = std::pair<int, Span>;

  // Lives come, are listened to, and go (transcription.cpp).
  StreamPtr find(const LiveClaim& claim) const;
  bool is_outdated(const LiveClaim& claim) const;
  Async<StreamPtr> take_in_hand(LiveClaim claim, bool is_captured);
  Async<> listen_at(StreamPtr stream, Span at, std::vector<float> samples);
  Async<> listen(StreamPtr stream, std::vector<float> samples);
  template <class T>
  Async<T> with_ears(std::function<T(std::stop_token)> work);
  Async<> conclude(StreamPtr stream);
  void forget(Stream& stream);
  void let_go(Stream& stream);

  // Utterances become words (recognition.cpp).
  void enqueue(const StreamPtr& stream, std::vector<Utterance> utterances);
  Turn turn_of(const Piece& piece) const;
  void unqueue(const Piece& piece);
  void requeue(Stream& stream);
  void start_workers();
  Party next_party(std::size_t shares) const;
  Async<> recognise(Party party);
  Async<> hear(Party party);
  Async<std::vector<Result<Transcript>>> ask(const Party& party);
  void take(const PiecePtr& piece, Result<Transcript> transcript);
  void mark(const StreamPtr& stream);
  Async<> store(StreamPtr stream);
  bool has_failed_for_good(Stream& stream, const Error& error);
  void settle(Stream& stream, std::size_t count);
  void drop(Piece& piece);
  void lose(Span from, Span to, const Stream& stream, std::string_view why);

  // What there is no time for (lateness.cpp).
  void steer();
  Span longest_wait() const;
  void put_off(const StreamPtr& stream, std::string_view why);
  void put_off_least_urgent();
  void rewind(Stream& stream);
  void choose_readings();
  void show();
  void tell_states();
  WordsState state_of(const Stream& stream) const;
  Span lag_of(const Stream& stream) const;
  Async<> tell(StreamPtr stream, WordsState state);

  // … and its way back (catching_up.cpp).
  void keep_edge(Stream& stream, Span at, std::vector<float> samples);
  Async<> read(StreamPtr stream);
  Async<bool> find_standing(StreamPtr stream);
  Async<> take_in(StreamPtr stream, media::KeptStretch stretch);
  Async<bool> reach_end(StreamPtr stream);
  Async<bool> join(StreamPtr stream);
  Async<bool> close(StreamPtr stream);

  // Text that may still change (interim.cpp).
  bool wants_glimpse(const Stream& stream) const;
  void start_glimpse(const StreamPtr& stream, std::vector<float> samples);
  Async<> glimpse(StreamPtr stream, Span start, std::vector<float> samples);

  asio::any_io_executor executor_;
  DetectorFactory detectors_;
  Transcriber* transcriber_;
  SegmentStore& store_;
  media::SoundArchive& archive_;
  Clock& clock_;
  log::Log& log_;
  std::unique_ptr<Meters> meters_;
  TranscriptionOptions options_;

  std::map<std::string, StreamPtr, std::less<>> streams_;  // by live
  std::multimap<Turn, PiecePtr> queue_;
  std::size_t busy_ = 0;     // workers
  std::size_t parties_ = 0;  // of them, with complete utterances
  std::size_t listening_ = 0;
  double cost_ = 0.05;  // worker seconds a second of speech takes, lately
  StrainGauge strain_;
  TaskGroup* tasks_ = nullptr;  // while run() runs
  bool said_deaf_ = false;
  WorkerPool ears_;
  WorkerPool recognisers_;
};

}  // namespace vigie::transcribe
