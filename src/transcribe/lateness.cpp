// SPDX-License-Identifier: Apache-2.0
// Transcription's part that looks, once a second, whether there is time for everything, and decides
// in the open what there is none for.
#include <algorithm>

#include "transcribe/meters.hpp"
#include "transcribe/stream.hpp"
#include "transcribe/transcription.hpp"

namespace vigie::transcribe {
namespace {

// A live that is being caught up counts as so much more urgent than one that waits: they do not
// take turns.
constexpr double loyalty = 1.5;
// How a live's words stand is not told more often.
constexpr Span tell_interval{5'000'000};

}  // namespace

void Transcription::steer() {
  if (transcriber_ == nullptr) {
    return;
  }
  for (const auto& [live, stream] : streams_) {
    if (const auto urgency = options_.urgency(live); urgency != stream->urgency) {
      stream->urgency = urgency;
      requeue(*stream);
    }
  }
  const auto before = strain();
  const auto wait = longest_wait();
  const auto now = strain_.judge(wait, clock_.steady());
  if (now != before) {
    log_.warn("what is left out for lack of time changed",
              {{"to", std::string{to_string(now)}}, {"wait_s", to_seconds(wait)}});
  }
  if (now == Strain::put_off && wait > options_.patience) {
    put_off_least_urgent();
  }
  start_workers();
  choose_readings();
  show();
  tell_states();
}

// Of what is said now. What lies with a worker is not waiting any more.
Span Transcription::longest_wait() const {
  Span pending{0};
  Span oldest{0};
  for (const auto& [live, stream] : streams_) {
    if (stream->is_behind) {
      continue;
    }
    pending += stream->waiting;
    const auto front = std::ranges::find(stream->pieces, Piece::Stage::waiting,
                                         [](const PiecePtr& piece) { return piece->stage; });
    if (front != stream->pieces.end()) {
      oldest = std::max(oldest, clock_.steady() - (*front)->ended_at);
    }
  }
  const auto work = to_seconds(pending) * cost_ / static_cast<double>(transcriber_->workers());
  return std::max(oldest, from_seconds(work));
}

// The last one stays, whatever the strain: only a queue of its own that is too long puts it off.
void Transcription::put_off_least_urgent() {
  StreamPtr least;
  std::size_t punctual = 0;
  for (const auto& [live, stream] : streams_) {
    if (stream->is_behind) {
      continue;
    }
    ++punctual;
    const bool is_less = !least || stream->urgency < least->urgency ||
                         (stream->urgency == least->urgency && stream->waiting > least->waiting);
    if (stream->waiting > Span{0} && is_less) {
      least = stream;
    }
  }
  if (least && punctual > 1) {
    put_off(least, "others are more urgent");
  }
}

void Transcription::put_off(const StreamPtr& stream, std::string_view why) {
  log_.warn(
      "the words of a live are put off: they will come from the archive",
      {{"live", stream->claim.live_id}, {"urgency", stream->urgency}, {"why", std::string{why}}});
  meters_->put_offs.add();
  rewind(*stream);
  stream->is_behind = true;
}

// What no worker has begun leaves memory, and the live will be heard again from there on.
void Transcription::rewind(Stream& stream) {
  const auto first = std::ranges::find(stream.pieces, Piece::Stage::waiting,
                                       [](const PiecePtr& piece) { return piece->stage; });
  const auto place = static_cast<std::size_t>(first - stream.pieces.begin());
  const Span resume_at = stream.settled_until(place);
  for (auto piece = first; piece != stream.pieces.end(); ++piece) {
    drop(**piece);
  }
  stream.pieces.erase(first, stream.pieces.end());
  stream.known = resume_at;
  stream.has_base = false;
  stream.listener = nullptr;
  stream.settled.ring();
  meters_->depth.set(static_cast<double>(queue_.size()));
}

// As many lives as there are workers are caught up at a time, the most urgent.
void Transcription::choose_readings() {
  std::vector<StreamPtr> behind;
  for (const auto& [live, stream] : streams_) {
    if (stream->is_behind && !stream->is_done) {
      behind.push_back(stream);
    }
  }
  const auto rank = [](const StreamPtr& stream) {
    const auto weight = stream->urgency * (stream->is_reading ? loyalty : 1.0);
    return std::pair<double, std::string_view>{-weight, stream->claim.live_id};
  };
  std::ranges::sort(behind, {}, rank);
  auto places = static_cast<std::ptrdiff_t>(transcriber_->workers());
  for (std::size_t i = 0; i < behind.size(); ++i) {
    behind[i]->must_stop_reading = std::cmp_greater_equal(i, transcriber_->workers());
    places -= behind[i]->is_reading ? 1 : 0;
  }
  for (const auto& stream : behind) {
    if (places > 0 && tasks_ != nullptr && !stream->is_reading && !stream->must_stop_reading) {
      --places;
      stream->is_reading = true;
      tasks_->spawn("catch up", read(stream));
    }
  }
}

Span Transcription::lag_of(const Stream& stream) const {
  if (stream.is_behind) {
    return std::max(Span{0},
                    std::max(stream.live_end, stream.heard_until) - stream.settled_until());
  }
  return stream.pieces.empty()
             ? Span{0}
             : std::max(Span{0}, clock_.steady() - stream.pieces.front()->ended_at);
}

WordsState Transcription::state_of(const Stream& stream) const {
  if (stream.is_behind) {
    return stream.is_reading ? WordsState::catching_up : WordsState::put_off;
  }
  const auto bearable = stream.told == WordsState::late ? options_.patience : 2 * options_.patience;
  return lag_of(stream) > bearable ? WordsState::late : WordsState::on_time;
}

void Transcription::show() {
  Span most{0};
  Span sum{0};
  Span waiting{0};
  std::array<int, 6> lives{};
  for (const auto& [live, stream] : streams_) {
    const auto lag = lag_of(*stream);
    most = std::max(most, lag);
    sum += lag;
    waiting += stream->waiting;
    ++lives.at(static_cast<std::size_t>(state_of(*stream)));
  }
  meters_->lag.set(to_seconds(most));
  meters_->lag_sum.set(to_seconds(sum));
  meters_->waiting.set(to_seconds(waiting));
  meters_->strain.set(static_cast<double>(strain()));
  for (std::size_t i = 0; i < lives.size(); ++i) {
    if (auto* gauge = meters_->lives.at(i)) {
      gauge->set(lives.at(i));
    }
  }
}

void Transcription::tell_states() {
  for (const auto& [live, stream] : streams_) {
    const auto state = state_of(*stream);
    const bool is_due =
        stream->told == WordsState::none || clock_.steady() - stream->told_at >= tell_interval;
    if (state != stream->told && is_due && !stream->is_telling && tasks_ != nullptr) {
      stream->is_telling = true;
      tasks_->spawn("tell", tell(stream, state));
    }
  }
}

Async<> Transcription::tell(StreamPtr stream, WordsState state) {
  const auto told = co_await store_.set_state(stream->claim, state);
  stream->is_telling = false;
  stream->told_at = clock_.steady();
  if (told) {
    stream->told = state;
  } else {
    log_.warn("how the words of a live stand could not be told",
              {{"live", stream->claim.live_id}, {"why", told.error().what}});
  }
}

}  // namespace vigie::transcribe
