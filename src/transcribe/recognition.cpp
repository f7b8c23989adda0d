// SPDX-License-Identifier: Apache-2.0
// Transcription's part from utterances to stored words.
#include <algorithm>
#include <ranges>

#include "transcribe/company.hpp"
#include "transcribe/meters.hpp"
#include "transcribe/not_speech.hpp"
#include "transcribe/stream.hpp"
#include "transcribe/transcription.hpp"

namespace vigie::transcribe {
namespace {

constexpr Span first_pause{1'000'000};
constexpr Span longest_pause{30'000'000};
// Over silence, words_until is written once in so much of it.
constexpr Span mark_interval{5'000'000};
constexpr double cost_memory = 0.1;  // the share of the newest in what a second of speech costs
// Since its end. Then an utterance is heard alone; looked at whenever one comes and once a second.
constexpr Span longest_lonely_wait{1'500'000};

// May another try succeed?
bool is_passing(const Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::rate_limited ||
         error.code == Errc::timeout;
}

}  // namespace

void Transcription::enqueue(const StreamPtr& stream, std::vector<Utterance> utterances) {
  for (auto& utterance : utterances) {
    const auto piece = std::make_shared<Piece>();
    piece->stream = stream;
    piece->start = stream->time_of(utterance.start);
    piece->end = stream->time_of(utterance.end);
    piece->duration = utterance.duration();
    piece->samples = std::move(utterance.samples);
    piece->ended_at = clock_.steady() - span_of(stream->listener->position() - utterance.end);
    piece->is_from_archive = stream->is_behind;
    stream->waiting += piece->duration;
    stream->pieces.push_back(piece);
    meters_->speech.add(to_seconds(piece->duration));
    piece->turn = turn_of(*piece);
    queue_.emplace(piece->turn, piece);
  }
  if (stream->settleable_until() - stream->written >= mark_interval) {
    mark(stream);
  }
  start_workers();
  if (!stream->is_behind && stream->waiting > options_.most_waiting) {
    put_off(stream, "too much of it waits");
  }
}

Transcription::Turn Transcription::turn_of(const Piece& piece) const {
  const auto patience = to_seconds(options_.patience) / piece.stream->urgency;
  return {piece.is_from_archive ? 1 : 0, piece.ended_at + from_seconds(patience)};
}

void Transcription::unqueue(const Piece& piece) {
  const auto [first, last] = queue_.equal_range(piece.turn);
  const auto found = std::find_if(
      first, last, [&piece](const auto& entry) { return entry.second.get() == &piece; });
  if (found != last) {
    queue_.erase(found);
  }
}

// Its urgency changed, or where it is heard.
void Transcription::requeue(Stream& stream) {
  for (const auto& piece : stream.pieces) {
    if (piece->stage == Piece::Stage::waiting) {
      unqueue(*piece);
      piece->turn = turn_of(*piece);
      queue_.emplace(piece->turn, piece);
    }
  }
}

// Half of the workers begin at once. The others wait for company, which makes recognising cheaper,
// but not for long.
void Transcription::start_workers() {
  while (tasks_ != nullptr && transcriber_ != nullptr && !queue_.empty() &&
         busy_ < transcriber_->workers()) {
    const auto prompt = (transcriber_->workers() + 1) / 2;
    const bool is_prompt = parties_ < prompt;
    auto party = next_party(is_prompt ? prompt - parties_ : 1);
    if (!is_prompt && party.size() < transcriber_->most_together() &&
        clock_.steady() - party.front()->ended_at < longest_lonely_wait) {
      break;
    }
    for (const auto& piece : party) {
      unqueue(*piece);
      piece->stage = Piece::Stage::with_worker;
    }
    ++busy_;
    ++parties_;
    tasks_->spawn("recognise", recognise(std::move(party)));
  }
  meters_->depth.set(static_cast<double>(queue_.size()));
}

// The utterance whose turn it is, and those of the same rank that go well with it: one of so many
// equal shares of what waits.
Transcription::Party Transcription::next_party(std::size_t shares) const {
  const auto share = (queue_.size() + shares - 1) / shares;
  Company company{std::min(share, transcriber_->most_together())};
  Party party;
  const auto rank = queue_.begin()->first.first;
  for (const auto& [turn, piece] : queue_) {
    if (company.is_full() || turn.first != rank) {
      break;
    }
    if (company.admits(piece->duration)) {
      company.add(piece->duration);
      party.push_back(piece);
    }
  }
  return party;
}

Async<> Transcription::recognise(Party party) {
  struct Worker {
    std::size_t& busy;
    std::size_t& parties;
    ~Worker() {
      --busy;
      --parties;
    }
  };
  {
    const Worker worker{busy_, parties_};
    co_await hear(std::move(party));
  }
  start_workers();
}

// Asks until there is an answer: an engine that is not there now keeps its worker waiting, and the
// lives are put off meanwhile.
Async<> Transcription::hear(Party party) {
  for (auto pause = first_pause; !party.empty(); pause = std::min(2 * pause, longest_pause)) {
    auto transcripts = co_await ask(party);
    Party again;
    Span retry_after{0};
    for (std::size_t i = 0; i < party.size(); ++i) {
      const auto& piece = party[i];
      auto& transcript = transcripts[i];
      if (transcript || piece->is_dropped || !is_passing(transcript.error())) {
        take(piece, std::move(transcript));
        continue;
      }
      log_.warn("speech is not recognised now, trying again", {{"why", transcript.error().what}});
      retry_after = std::max<Span>(retry_after, transcript.error().retry_after);
      again.push_back(piece);
    }
    party = std::move(again);
    if (!party.empty()) {
      co_await clock_.sleep(std::max<Span>(pause, retry_after));
    }
  }
}

Async<std::vector<Result<Transcript>>> Transcription::ask(const Party& party) {
  std::vector<std::string> languages;
  std::vector<Speech> speeches;
  Span duration{0};
  for (const auto& piece : party) {
    languages.push_back(piece->stream->language.ask());
    duration += piece->duration;
  }
  for (std::size_t i = 0; i < party.size(); ++i) {
    speeches.push_back({party[i]->samples, languages[i]});
  }
  const auto effort = strain() >= Strain::quick ? Effort::quick : Effort::full;
  std::function<std::vector<Result<Transcript>>(std::stop_token)> work =
      [this, &speeches, effort](std::stop_token stop) {
        return transcriber_->transcribe_all(speeches, effort, std::move(stop));
      };
  const auto began = clock_.steady();
  auto transcripts = co_await recognisers_.run(std::move(work));
  const auto worked = to_seconds(clock_.steady() - began);
  meters_->working.add(worked);
  cost_ += cost_memory * (worked / std::max(0.1, to_seconds(duration)) - cost_);
  co_return transcripts;
}

void Transcription::take(const PiecePtr& piece, Result<Transcript> transcript) {
  piece->samples = {};
  if (piece->is_dropped) {
    return;
  }
  auto& stream = *piece->stream;
  piece->stage = Piece::Stage::heard;
  stream.waiting -= piece->duration;
  if (!transcript) {
    lose(piece->start, piece->end, stream, transcript.error().what);
    piece->loss = Gap{{}, stream.claim.live_id, piece->start, piece->end, "unrecognised"};
  } else {
    stream.language.heard(*transcript, piece->duration);
    meters_->redone.add(transcript->attempts - 1);
    if (!transcript->text.empty() && !is_by_chance(transcript->confidence, piece->duration)) {
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
  mark(piece->stream);
}

// Something may be settled that is not stored.
void Transcription::mark(const StreamPtr& stream) {
  stream->is_mark_wanted = true;
  if (!stream->is_storing && !stream->is_gone && tasks_ != nullptr) {
    stream->is_storing = true;
    tasks_->spawn("store", store(stream));
  }
}

// Stores what is known from the front of the stream on: words appear in the order they were said.
Async<> Transcription::store(StreamPtr stream) {
  struct Storing {
    bool& is_storing;
    ~Storing() { is_storing = false; }
  };
  const Storing storing{stream->is_storing};
  auto pause = first_pause;
  while (!stream->is_gone && std::exchange(stream->is_mark_wanted, false)) {
    Settled settled;
    std::size_t count = 0;
    const auto is_settled = [&](const PiecePtr& piece) {
      return piece->stage == Piece::Stage::heard && stream->is_kept(piece->end);
    };
    for (const auto& piece : stream->pieces | std::views::take_while(is_settled)) {
      ++count;
      if (piece->segment) {
        settled.segments.push_back(*piece->segment);
      }
      if (piece->loss) {
        settled.losses.push_back(*piece->loss);
      }
    }
    const auto losses = stream->losses.size();
    std::ranges::copy(stream->losses, std::back_inserter(settled.losses));
    settled.until = stream->bounded(stream->settled_until(count));
    if (count == 0 && losses == 0 && settled.until <= stream->written) {
      continue;
    }
    const auto until = settled.until;
    const auto written = co_await store_.append(stream->claim, std::move(settled));
    if (stream->is_gone) {
      break;
    }
    if (!written) {
      if (has_failed_for_good(*stream, written.error())) {
        break;
      }
      stream->is_mark_wanted = true;
      co_await clock_.sleep(pause);
      pause = std::min(2 * pause, longest_pause);
      continue;
    }
    pause = first_pause;
    meters_->segments.add(static_cast<double>(*written));
    stream->written = std::max(stream->written, until);
    stream->losses.erase(stream->losses.begin(),
                         stream->losses.begin() + static_cast<std::ptrdiff_t>(losses));
    settle(*stream, count);
  }
}

bool Transcription::has_failed_for_good(Stream& stream, const Error& error) {
  if (error.code == Errc::conflict) {
    // Whoever holds the live now hears it again.
    log_.warn("words were refused: another worker has the live",
              {{"live", stream.claim.live_id}, {"why", error.what}});
    let_go(stream);
    return true;
  }
  log_.warn("words wait for the database", {{"live", stream.claim.live_id}, {"why", error.what}});
  return false;
}

void Transcription::settle(Stream& stream, std::size_t count) {
  for (; count > 0; --count) {
    const auto& piece = stream.pieces.front();
    if (piece->segment && !piece->is_from_archive) {
      meters_->delay.observe(to_seconds(clock_.steady() - piece->ended_at));
    }
    stream.pieces.pop_front();
  }
  stream.settled.ring();
}

// Nobody waits for it any more; the caller takes it out of its stream.
void Transcription::drop(Piece& piece) {
  if (std::exchange(piece.is_dropped, true) || piece.stage == Piece::Stage::heard) {
    return;
  }
  piece.stream->waiting -= piece.duration;
  if (piece.stage == Piece::Stage::waiting) {
    unqueue(piece);
  }
}

void Transcription::lose(Span from, Span to, const Stream& stream, std::string_view why) {
  meters_->lost.add(to_seconds(to - from));
  log_.error("words are lost", {{"live", stream.claim.live_id},
                                {"at_s", to_seconds(from)},
                                {"seconds", to_seconds(to - from)},
                                {"why", std::string{why}}});
}

}  // namespace vigie::transcribe
