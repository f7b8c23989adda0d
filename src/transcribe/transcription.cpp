// SPDX-License-Identifier: Apache-2.0
#include "transcribe/transcription.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <deque>

#include "media/pcm.hpp"
#include "transcribe/language_lock.hpp"
#include "transcribe/listener.hpp"

namespace vigie::transcribe {
namespace {

// A stream's clock and its count of samples may part by this much before we believe the clock.
constexpr Span tolerated_drift{200'000};

constexpr Span first_pause{1'000'000};
constexpr Span longest_pause{30'000'000};
constexpr Span lag_interval{1'000'000};

Span place(std::int64_t samples) {
  return media::duration_of(static_cast<std::size_t>(samples));
}

}  // namespace

struct Transcription::Meters {
  explicit Meters(metrics::Registry& registry)
      : segments{registry.counter("vigie_transcribe_segments_total", "Segments stored.")},
        audio{
            registry.counter("vigie_transcribe_audio_seconds_total", "Sound taken from captures.")},
        speech{registry.counter("vigie_transcribe_speech_seconds_total",
                                "Sound in which somebody speaks, handed to the recogniser.")},
        lost{registry.counter("vigie_transcribe_lost_seconds_total",
                              "Speech that was heard and has no words for a failure of ours.")},
        redone{
            registry.counter("vigie_transcribe_redo_total",
                             "Times an utterance was recognised again: its words made no sense.")},
        working{registry.counter("vigie_transcribe_working_seconds_total",
                                 "Time recognisers spent working, a thread each.")},
        delay{registry.histogram("vigie_transcribe_seconds",
                                 "From the end of an utterance, as heard, to its words stored.")},
        depth{registry.gauge("vigie_transcribe_queue_depth",
                             "Utterances that wait for a recogniser.")},
        lag{registry.gauge("vigie_transcribe_lag_seconds",
                           "Age of the oldest utterance whose words are not stored.")} {}

  metrics::Counter& segments;
  metrics::Counter& audio;
  metrics::Counter& speech;
  metrics::Counter& lost;
  metrics::Counter& redone;
  metrics::Counter& working;
  metrics::Histogram& delay;
  metrics::Gauge& depth;
  metrics::Gauge& lag;
};

// One live under one claim.
struct Transcription::Stream {
  Stream(LiveClaim its_claim, const asio::any_io_executor& executor,
         std::unique_ptr<SpeechDetector> detector, std::string language_wished)
      : claim{std::move(its_claim)},
        listener{std::move(detector)},
        language{std::move(language_wished)},
        settled{executor} {}

  Span time_of(std::int64_t sample) const { return base + place(sample - base_sample); }

  LiveClaim claim;
  Listener listener;  // on the ears' thread while sound(), gap() or finish() awaits it
  LanguageLock language;
  bool has_base = false;         // false before the first sound and after a gap
  Span base{0};                  // where in the live …
  std::int64_t base_sample = 0;  // … this sample of the listener's lies
  Span last_end{0};              // of its utterances

  std::deque<PiecePtr> pieces;  // in order; those at the front leave when their words are stored
  Span waiting{0};              // their duration
  Signal settled;
  bool is_storing = false;
  bool is_refused = false;  // the claim is no longer ours
};

// One utterance on its way.
struct Transcription::Piece {
  StreamPtr stream;
  Span start{0};
  Span end{0};
  std::vector<float> samples;
  Span duration{0};
  Span ended_at{0};  // by the steady clock, as if its last sample had come in time
  bool is_heard = false;
  std::optional<Segment> segment;  // nothing when nothing was said
};

Transcription::Transcription(asio::any_io_executor executor, DetectorFactory detectors,
                             Transcriber* transcriber, SegmentStore& store, Clock& clock,
                             log::Log& log, metrics::Registry& metrics,
                             TranscriptionOptions options)
    : executor_{std::move(executor)},
      detectors_{std::move(detectors)},
      transcriber_{transcriber},
      store_{store},
      clock_{clock},
      log_{log},
      meters_{std::make_unique<Meters>(metrics)},
      options_{std::move(options)},
      ears_{"ears", 1},
      recognisers_{"recogniser", transcriber == nullptr ? 1 : transcriber->workers()} {}

Transcription::~Transcription() = default;

Async<> Transcription::run() {
  TaskGroup tasks{executor_, [this](const std::string& name, const std::exception_ptr& failure) {
                    log_.error("a task of transcription broke",
                               {{"task", name}, {"why", words_of(failure)}});
                  }};
  tasks_ = &tasks;
  std::exception_ptr end;
  try {
    start_workers();
    for (;;) {
      co_await clock_.sleep(lag_interval);
      show_lag();
    }
  } catch (...) {
    end = std::current_exception();
  }
  tasks_ = nullptr;
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  tasks.cancel();
  co_await tasks.join();
  std::rethrow_exception(end);
}

Transcription::StreamPtr Transcription::find(const LiveClaim& claim) const {
  const auto found = streams_.find(claim.live_id);
  const bool is_same = found != streams_.end() && found->second->claim.token == claim.token &&
                       found->second->claim.owner == claim.owner;
  return is_same ? found->second : nullptr;
}

// Nothing under a claim older than the one we know.
Transcription::StreamPtr Transcription::find_or_begin(const LiveClaim& claim) {
  if (auto stream = find(claim)) {
    return stream;
  }
  auto& stream = streams_[claim.live_id];
  if (stream) {
    if (stream->claim.token > claim.token) {
      return nullptr;
    }
    refuse(*stream);
  }
  const auto& language = claim.language.empty() ? options_.language : claim.language;
  stream = std::make_shared<Stream>(claim, executor_, detectors_(), language);
  return stream;
}

Async<> Transcription::sound(LiveClaim claim, Span at, std::vector<float> samples) {
  meters_->audio.add(to_seconds(media::duration_of(samples.size())));
  if (transcriber_ == nullptr) {
    if (!std::exchange(said_deaf_, true)) {
      log_.error("sound comes in and no words will: the recogniser or its weights are missing",
                 {{"cure", "make setup, then start again"}});
    }
    co_return;
  }
  const auto stream = find_or_begin(claim);
  if (!stream || stream->is_refused) {
    co_return;
  }
  if (stream->has_base) {
    const auto expected = stream->time_of(stream->listener.position());
    if (std::chrono::abs(at - expected) > tolerated_drift) {
      co_await conclude(stream);
    }
  }
  if (!stream->has_base) {
    stream->has_base = true;
    stream->base = std::max(at, stream->last_end);
    stream->base_sample = stream->listener.position();
  }
  co_await listen(stream, std::move(samples));
  while (stream->waiting > options_.most_waiting && !stream->is_refused) {
    co_await stream->settled.wait();
  }
}

Async<> Transcription::gap(LiveClaim claim, Span, Span) {
  if (const auto stream = find(claim)) {
    co_await conclude(stream);
  }
}

Async<> Transcription::finish(LiveClaim claim) {
  const auto stream = find(claim);
  if (!stream) {
    co_return;
  }
  co_await conclude(stream);
  while (!stream->pieces.empty() && !stream->is_refused) {
    const auto before = stream->pieces.size();
    const bool was_rung = co_await stream->settled.wait_for(clock_, options_.farewell);
    if (!was_rung && stream->pieces.size() == before) {
      lose(stream->waiting, *stream, "it could not be settled before the end");
      refuse(*stream);
    }
  }
  const auto found = streams_.find(claim.live_id);
  if (found != streams_.end() && found->second == stream) {
    streams_.erase(found);
  }
}

Async<> Transcription::listen(StreamPtr stream, std::vector<float> samples) {
  std::function<std::vector<Utterance>(std::stop_token)> work =
      [&stream, &samples](const std::stop_token&) { return stream->listener.hear(samples); };
  auto utterances = co_await ears_.run(std::move(work));
  // No wait in between: a caller that is cancelled meanwhile has still handed its sound over.
  enqueue(stream, std::move(utterances));
}

Async<> Transcription::conclude(StreamPtr stream) {
  if (stream->is_refused) {
    co_return;
  }
  std::function<std::vector<Utterance>(std::stop_token)> work = [&stream](const std::stop_token&) {
    return stream->listener.finish();
  };
  auto utterances = co_await ears_.run(std::move(work));
  enqueue(stream, std::move(utterances));
  stream->has_base = false;
}

void Transcription::enqueue(const StreamPtr& stream, std::vector<Utterance> utterances) {
  if (stream->is_refused) {
    return;
  }
  for (auto& utterance : utterances) {
    const auto piece = std::make_shared<Piece>();
    piece->stream = stream;
    piece->start = stream->time_of(utterance.start);
    piece->end = stream->time_of(utterance.end);
    piece->duration = utterance.duration();
    piece->samples = std::move(utterance.samples);
    piece->ended_at = clock_.steady() - place(stream->listener.position() - utterance.end);
    stream->last_end = piece->end;
    stream->waiting += piece->duration;
    stream->pieces.push_back(piece);
    meters_->speech.add(to_seconds(piece->duration));
    const auto patience = to_seconds(options_.patience) / options_.urgency(stream->claim.live_id);
    queue_.emplace(piece->ended_at + from_seconds(patience), piece);
  }
  start_workers();
}

void Transcription::start_workers() {
  while (tasks_ != nullptr && transcriber_ != nullptr && !queue_.empty() &&
         busy_ < transcriber_->workers()) {
    auto piece = std::move(queue_.begin()->second);
    queue_.erase(queue_.begin());
    if (!piece->stream->is_refused) {
      ++busy_;
      tasks_->spawn("recognise", recognise(std::move(piece)));
    }
  }
  meters_->depth.set(static_cast<double>(queue_.size()));
}

Async<> Transcription::recognise(PiecePtr piece) {
  struct Worker {
    std::size_t& busy;
    ~Worker() { --busy; }
  };
  {
    const Worker worker{busy_};
    auto transcript = co_await hear(piece);
    take(piece, std::move(transcript));
  }
  start_workers();
}

// Asks until there is an answer: an engine that is not there now keeps its worker waiting, and with
// it, in the end, the captures.
Async<Result<Transcript>> Transcription::hear(PiecePtr piece) {
  const auto& stream = *piece->stream;
  for (auto pause = first_pause;; pause = std::min(2 * pause, longest_pause)) {
    const auto language = stream.language.ask();
    std::function<Result<Transcript>(std::stop_token)> work = [this, &piece,
                                                               &language](std::stop_token stop) {
      return transcriber_->transcribe(piece->samples, {language}, std::move(stop));
    };
    const auto began = clock_.steady();
    auto transcript = co_await recognisers_.run(std::move(work));
    meters_->working.add(to_seconds(clock_.steady() - began));
    const bool is_worth_another_try =
        !transcript && !stream.is_refused &&
        (transcript.error().code == Errc::unavailable ||
         transcript.error().code == Errc::rate_limited || transcript.error().code == Errc::timeout);
    if (!is_worth_another_try) {
      co_return transcript;
    }
    log_.warn("speech is not recognised now, trying again", {{"why", transcript.error().what}});
    co_await clock_.sleep(std::max<Span>(pause, transcript.error().retry_after));
  }
}

void Transcription::take(const PiecePtr& piece, Result<Transcript> transcript) {
  auto& stream = *piece->stream;
  piece->samples = {};
  piece->is_heard = true;
  if (stream.is_refused) {
    return;
  }
  if (!transcript) {
    lose(piece->duration, stream, transcript.error().what);
  } else {
    stream.language.heard(*transcript, piece->duration);
    meters_->redone.add(transcript->attempts - 1);
    if (!transcript->text.empty()) {
      piece->segment = Segment{.id = {},
                               .live_id = stream.claim.live_id,
                               .start = piece->start,
                               .end = piece->end,
                               .text = std::move(transcript->text),
                               .language = std::move(transcript->language),
                               .confidence = transcript->confidence,
                               .uncertain = transcript->uncertain,
                               .engine = std::string{transcriber_->engine()},
                               .model = std::string{transcriber_->model()}};
    }
  }
  if (!stream.is_storing && tasks_ != nullptr) {
    stream.is_storing = true;
    tasks_->spawn("store", store(piece->stream));
  }
}

// Stores what is known from the front of the stream on: words appear in the order they were said.
Async<> Transcription::store(StreamPtr stream) {
  auto pause = first_pause;
  for (;;) {
    std::vector<Segment> segments;
    std::size_t count = 0;
    for (; count < stream->pieces.size() && stream->pieces[count]->is_heard; ++count) {
      if (const auto& segment = stream->pieces[count]->segment) {
        segments.push_back(*segment);
      }
    }
    if (count == 0 || stream->is_refused) {
      break;
    }
    if (!segments.empty()) {
      const auto written = co_await store_.append(stream->claim, std::move(segments));
      if (stream->is_refused) {
        break;
      }
      if (!written) {
        if (has_failed_for_good(*stream, written.error())) {
          break;
        }
        co_await clock_.sleep(pause);
        pause = std::min(2 * pause, longest_pause);
        continue;
      }
      meters_->segments.add(static_cast<double>(*written));
      pause = first_pause;
    }
    settle(*stream, count);
  }
  stream->is_storing = false;
}

bool Transcription::has_failed_for_good(Stream& stream, const Error& error) {
  if (error.code == Errc::conflict) {
    // Whoever holds the live now hears it again.
    log_.warn("words were refused: another worker has the live",
              {{"live", stream.claim.live_id}, {"why", error.what}});
    refuse(stream);
    return true;
  }
  log_.warn("words wait for the database", {{"live", stream.claim.live_id}, {"why", error.what}});
  return false;
}

void Transcription::settle(Stream& stream, std::size_t count) {
  for (; count > 0; --count) {
    const auto& piece = stream.pieces.front();
    stream.waiting -= piece->duration;
    if (piece->segment) {
      meters_->delay.observe(to_seconds(clock_.steady() - piece->ended_at));
    }
    stream.pieces.pop_front();
  }
  stream.settled.ring();
}

void Transcription::refuse(Stream& stream) {
  stream.is_refused = true;
  stream.pieces.clear();
  stream.waiting = Span{0};
  stream.settled.ring();
  std::erase_if(queue_,
                [&stream](const auto& entry) { return entry.second->stream.get() == &stream; });
  meters_->depth.set(static_cast<double>(queue_.size()));
}

void Transcription::lose(Span speech, const Stream& stream, std::string_view why) {
  meters_->lost.add(to_seconds(speech));
  log_.error(
      "speech is lost",
      {{"live", stream.claim.live_id}, {"seconds", to_seconds(speech)}, {"why", std::string{why}}});
}

void Transcription::show_lag() {
  Span oldest{0};
  for (const auto& [live, stream] : streams_) {
    if (!stream->pieces.empty()) {
      oldest = std::max(oldest, clock_.steady() - stream->pieces.front()->ended_at);
    }
  }
  meters_->lag.set(to_seconds(oldest));
}

}  // namespace vigie::transcribe
