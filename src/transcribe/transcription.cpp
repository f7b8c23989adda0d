// SPDX-License-Identifier: Apache-2.0
#include "transcribe/transcription.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "transcribe/meters.hpp"
#include "transcribe/stream.hpp"

namespace vigie::transcribe {
namespace {

// A stream's clock and its count of samples may part by this much before we believe the clock.
constexpr Span tolerated_drift{200'000};

constexpr Span look_interval{1'000'000};

}  // namespace

Transcription::Transcription(asio::any_io_executor executor, DetectorFactory detectors,
                             Transcriber* transcriber, SegmentStore& store,
                             media::SoundArchive& archive, Clock& clock, log::Log& log,
                             metrics::Registry& metrics, TranscriptionOptions options)
    : executor_{std::move(executor)},
      detectors_{std::move(detectors)},
      transcriber_{transcriber},
      store_{store},
      archive_{archive},
      clock_{clock},
      log_{log},
      meters_{std::make_unique<Meters>(metrics)},
      options_{std::move(options)},
      strain_{options_.patience},
      ears_{"ears", 1},
      recognisers_{"recogniser", transcriber == nullptr ? 1 : transcriber->workers()} {}

// A stream and its pieces hold one another.
Transcription::~Transcription() {
  for (const auto& [live, stream] : streams_) {
    stream->pieces.clear();
  }
}

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
      steer();
      co_await clock_.sleep(look_interval);
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

bool Transcription::is_outdated(const LiveClaim& claim) const {
  const auto known = streams_.find(claim.live_id);
  return known != streams_.end() && known->second->claim.token > claim.token;
}

// Nothing under a claim older than the one we know. What was kept of the live and has no words is
// heard first.
Async<Transcription::StreamPtr> Transcription::take_in_hand(LiveClaim claim, bool is_captured) {
  if (is_outdated(claim)) {
    co_return nullptr;
  }
  const auto standing = co_await store_.standing(claim.live_id);
  if (is_outdated(claim)) {
    co_return nullptr;
  }
  auto& place = streams_[claim.live_id];
  if (place) {
    let_go(*place);
  }
  const auto& language = claim.language.empty() ? options_.language : claim.language;
  const auto stream = std::make_shared<Stream>(claim, executor_, language);
  stream->is_captured = is_captured;
  if (standing) {
    stream->account_id = standing->account_id;
    stream->heard_until = standing->heard_until;
    stream->known = standing->words_until;
    stream->written = standing->words_until;
    stream->kept = standing->heard_until;
  } else {
    log_.warn("where the words of a live end is not known yet",
              {{"live", claim.live_id}, {"why", standing.error().what}});
    stream->is_standing_known = false;
  }
  stream->urgency = options_.urgency(claim.live_id);
  stream->is_behind =
      !is_captured || !stream->is_standing_known || stream->heard_until > stream->known;
  if (!stream->is_behind) {
    stream->listener = std::make_shared<Listener>(detectors_());
  }
  place = stream;
  co_return stream;
}

Async<> Transcription::begin(LiveClaim claim) {
  if (transcriber_ != nullptr && !find(claim)) {
    co_await take_in_hand(std::move(claim), true);
  }
}

Async<> Transcription::sound(LiveClaim claim, Span at, std::vector<float> samples) {
  meters_->audio.add(to_seconds(media::duration_of(samples.size())));
  if (transcriber_ == nullptr) {
    if (!std::exchange(said_deaf_, true)) {
      log_.error(
          "sound comes in and is kept, and nobody writes its words: the recogniser or its weights "
          "are missing",
          {{"cure", "make setup, then start again"}});
    }
    co_return;
  }
  auto stream = find(claim);
  if (!stream) {
    stream = co_await take_in_hand(std::move(claim), true);
  }
  if (!stream || stream->is_gone) {
    co_return;
  }
  stream->live_end = std::max(stream->live_end, at + media::duration_of(samples.size()));
  if (stream->is_behind) {
    keep_edge(*stream, at, std::move(samples));
    co_return;
  }
  co_await listen_at(std::move(stream), at, std::move(samples));
}

Async<> Transcription::gap(LiveClaim claim, Span, Span) {
  const auto stream = find(claim);
  if (stream && !stream->is_behind) {
    co_await conclude(stream);
  }
}

void Transcription::kept(const LiveClaim& claim, Span until) {
  const auto stream = find(claim);
  if (!stream || until <= stream->kept) {
    return;
  }
  stream->kept = until;
  const auto& pieces = stream->pieces;
  if (!pieces.empty() && pieces.front()->stage == Piece::Stage::heard) {
    mark(stream);
  }
}

Span Transcription::awaited(const LiveClaim& claim) const {
  const auto stream = find(claim);
  return stream && !stream->pieces.empty() ? stream->pieces.back()->end : Span{0};
}

Async<> Transcription::finish(LiveClaim claim) {
  const auto stream = find(claim);
  if (!stream) {
    co_return;
  }
  if (!stream->is_behind) {
    co_await conclude(stream);
    stream->known = std::max(stream->known, stream->live_end);
  }
  const auto until = clock_.steady() + options_.farewell;
  while (!stream->is_gone && !stream->is_behind && stream->written < stream->settleable_until()) {
    mark(stream);
    const auto left = until - clock_.steady();
    if (left <= Span{0}) {
      break;
    }
    co_await stream->settled.wait_for(clock_, left);
  }
  if (!stream->is_gone && stream->written < stream->live_end) {
    log_.info("the last words of a live will come from the archive",
              {{"live", stream->claim.live_id},
               {"seconds", to_seconds(stream->live_end - stream->written)}});
  }
  forget(*stream);
}

// Sound that belongs at `at`, from the capture or from the archive.
Async<> Transcription::listen_at(StreamPtr stream, Span at, std::vector<float> samples) {
  if (stream->has_base && std::chrono::abs(at - stream->position()) > tolerated_drift) {
    co_await conclude(stream);
  }
  if (stream->is_gone || !stream->listener) {
    co_return;
  }
  if (!stream->has_base) {
    stream->has_base = true;
    stream->base = std::max(at, stream->known);
    stream->base_sample = stream->listener->position();
    stream->settled_sample = stream->base_sample;
    stream->glimpsed_until = stream->base;
  }
  co_await listen(std::move(stream), std::move(samples));
}

template <class T>
Async<T> Transcription::with_ears(std::function<T(std::stop_token)> work) {
  struct Listening {
    std::size_t& count;
    ~Listening() { --count; }
  };
  ++listening_;
  const Listening listening{listening_};
  co_return co_await ears_.run(std::move(work));
}

Async<> Transcription::listen(StreamPtr stream, std::vector<float> samples) {
  struct Heard {
    std::vector<Utterance> utterances;
    std::int64_t settled = 0;
    std::vector<float> open;
  };
  const auto listener = stream->listener;
  const bool is_glimpse_wanted = wants_glimpse(*stream);
  std::function<Heard(std::stop_token)> work = [&](const std::stop_token&) {
    Heard heard;
    heard.utterances = listener->hear(samples);
    heard.settled = listener->settled();
    if (is_glimpse_wanted) {
      const auto open = listener->open_samples();
      heard.open.assign(open.begin(), open.end());
    }
    return heard;
  };
  auto heard = co_await with_ears(std::move(work));
  // No wait from here: a caller that is cancelled has still handed its sound over.
  if (stream->is_gone || stream->listener != listener) {
    co_return;  // put off meanwhile: this lies in the archive
  }
  stream->settled_sample = heard.settled;
  enqueue(stream, std::move(heard.utterances));
  start_glimpse(stream, std::move(heard.open));
}

// What is open is complete.
Async<> Transcription::conclude(StreamPtr stream) {
  const auto listener = stream->listener;
  if (stream->is_gone || !listener || !stream->has_base) {
    co_return;
  }
  std::function<std::vector<Utterance>(std::stop_token)> work =
      [&listener](const std::stop_token&) { return listener->finish(); };
  auto utterances = co_await with_ears(std::move(work));
  if (stream->is_gone || stream->listener != listener) {
    co_return;
  }
  stream->settled_sample = listener->settled();
  enqueue(stream, std::move(utterances));
  stream->known = std::max(stream->known, stream->position());
  stream->has_base = false;
  mark(stream);
}

// Nobody waits any more for what is not settled; the record says how far it is.
void Transcription::let_go(Stream& stream) {
  stream.is_gone = true;
  for (const auto& piece : stream.pieces) {
    drop(*piece);
  }
  stream.pieces.clear();
  stream.edge.clear();
  stream.settled.ring();
  stream.over.ring();
}

void Transcription::forget(Stream& stream) {
  let_go(stream);
  const auto found = streams_.find(stream.claim.live_id);
  if (found != streams_.end() && found->second.get() == &stream) {
    streams_.erase(found);
  }
}

}  // namespace vigie::transcribe
