// SPDX-License-Identifier: Apache-2.0
// One live on its way to words, as Transcription holds it. Only for
// src/transcribe/transcription*.cpp and their likes.
#pragma once
#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/signal.hpp"
#include "domain/live.hpp"
#include "media/pcm.hpp"
#include "transcribe/language_lock.hpp"
#include "transcribe/listener.hpp"
#include "transcribe/transcription.hpp"

namespace vigie::transcribe {

inline Span span_of(std::int64_t samples) {
  return media::duration_of(static_cast<std::size_t>(samples));
}

// One utterance on its way.
struct Transcription::Piece {
  enum class Stage : std::uint8_t { waiting, with_worker, heard };

  StreamPtr stream;
  Span start{0};
  Span end{0};
  std::vector<float> samples;
  Span duration{0};
  Span ended_at{0};  // by the steady clock, as if its last sample had come in time
  Turn turn;         // in the queue
  Stage stage = Stage::waiting;
  bool is_from_archive = false;
  bool is_dropped = false;         // its live was let go or put off: nobody waits for it
  std::optional<Segment> segment;  // nothing when nothing was said
  std::optional<Gap> loss;
};

// Places are counted in samples here and there.
inline constexpr Span rounding{1'000};

// One live under one claim.
struct Transcription::Stream {
  Stream(LiveClaim its_claim, const asio::any_io_executor& executor, std::string language_wished)
      : claim{std::move(its_claim)},
        language{std::move(language_wished)},
        settled{executor},
        over{executor} {}

  // Where the sample of the listener's lies in the live.
  Span time_of(std::int64_t sample) const { return base + span_of(sample - base_sample); }
  // All sound before it was listened to.
  Span position() const { return has_base ? time_of(listener->position()) : known; }
  // What speech there is before it is in `pieces`, or settled.
  Span frontier() const { return has_base ? std::max(known, time_of(settled_sample)) : known; }
  // All that has been heard of before it may be stored.
  bool is_kept(Span until) const { return !is_captured || until <= kept + rounding; }
  Span bounded(Span until) const { return is_kept(until) ? until : kept; }
  // How far the words can be stored now, once they are heard.
  Span settleable_until() const {
    const auto first = std::ranges::find_if_not(
        pieces, [this](const PiecePtr& piece) { return is_kept(piece->end); });
    return bounded(first == pieces.end() ? frontier() : (*first)->start);
  }
  // All speech before it is settled, or lost.
  Span settled_until(std::size_t from = 0) const {
    return from < pieces.size() ? pieces[from]->start : frontier();
  }

  LiveClaim claim;
  std::string account_id;
  double urgency = 1;
  bool is_captured = true;         // sound comes in; otherwise the archive is all there is
  bool is_behind = false;          // what is heard comes from the archive, not from the capture
  bool is_reading = false;         // and is heard now
  bool must_stop_reading = false;  // another live is more urgent
  bool is_standing_known = true;   // where to begin
  bool is_gone = false;            // finished, or the claim is no longer ours
  bool is_done = false;            // not captured, and every word is there
  Span heard_until{0};             // as the record said when it began
  Span kept{0};                    // all sound before it is in the record

  std::shared_ptr<Listener> listener;  // with the ears while sound(), gap() or a reading awaits it
  LanguageLock language;
  bool has_base = false;            // false before the first sound and after a gap
  Span base{0};                     // where in the live …
  std::int64_t base_sample = 0;     // … this sample of the listener's lies
  std::int64_t settled_sample = 0;  // listener->settled() after it last heard something
  Span known{0};                    // where what was heard ends, while it has no base

  std::deque<PiecePtr> pieces;  // in order; those at the front leave when their words are stored
  Span waiting{0};              // duration of those not heard
  std::vector<Gap> losses;      // not told yet
  Span written{0};              // settled_until() as stored
  bool is_mark_wanted = false;  // store it, however little it moved
  bool is_storing = false;
  Signal settled;  // something was stored, or given up
  Signal over;     // is_gone or is_done

  struct Block {
    Span at{0};
    std::vector<float> samples;
    Span end() const { return at + media::duration_of(samples.size()); }
  };
  std::deque<Block> edge;  // while behind: the last seconds that came in, to join them
  Span live_end{0};        // of what came in
  Span stuck_since{0};     // the archive has given nothing new; 0: it has

  WordsState told = WordsState::none;  // as stored
  Span told_at{0};
  bool is_telling = false;

  bool is_glimpsing = false;
  Span glimpsed_until{0};
};

}  // namespace vigie::transcribe
