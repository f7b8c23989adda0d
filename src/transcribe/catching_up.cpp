// SPDX-License-Identifier: Apache-2.0
// Transcription's part that hears lives from the archive: those put off, those whose words a former
// process left, and those that are over.
#include <algorithm>

#include "transcribe/meters.hpp"
#include "transcribe/stream.hpp"
#include "transcribe/transcription.hpp"

namespace vigie::transcribe {
namespace {

// Of what comes in while a live is behind, so much is held to join it: more than a piece of the
// archive, whose last seconds are not in it yet.
constexpr Span edge_length{12'000'000};
// Speech of one live that waits before more of it is read.
constexpr Span most_ahead{10'000'000};
constexpr Span archive_pause{1'000'000};
// Nothing new in the archive for so long although sound comes in: it is not kept.
constexpr Span archive_patience{20'000'000};
// Two stretches that are no further apart follow one another.
constexpr Span seam{1'000};

}  // namespace

void Transcription::keep_edge(Stream& stream, Span at, std::vector<float> samples) {
  auto& edge = stream.edge;
  edge.push_back({at, std::move(samples)});
  while (stream.live_end - edge.front().end() >= edge_length) {
    edge.pop_front();
  }
}

// Until the live is caught up, gone, or less urgent than others.
Async<> Transcription::read(StreamPtr stream) {
  struct Reading {
    Stream& stream;
    ~Reading() { stream.is_reading = false; }
  };
  const Reading reading{*stream};
  const bool is_known = co_await find_standing(stream);
  if (!is_known || stream->is_gone) {
    co_return;
  }
  stream->listener = std::make_shared<Listener>(detectors_());
  stream->stuck_since = Span{0};
  const auto reader = archive_.open(stream->claim.live_id, stream->known);
  while (!stream->is_gone && !stream->must_stop_reading) {
    if (stream->waiting > most_ahead) {
      co_await stream->settled.wait_for(clock_, archive_pause);
      continue;
    }
    auto stretch = co_await reader->next();
    if (stream->is_gone) {
      break;
    }
    if (!stretch) {
      log_.warn("kept sound cannot be read now",
                {{"live", stream->claim.live_id}, {"why", stretch.error().what}});
      co_await clock_.sleep(archive_pause);
    } else if (*stretch) {
      stream->stuck_since = Span{0};
      co_await take_in(stream, std::move(**stretch));
    } else {
      const bool is_caught_up = co_await reach_end(stream);
      if (is_caught_up) {
        co_return;
      }
    }
  }
  if (!stream->is_gone) {
    rewind(*stream);
  }
}

Async<bool> Transcription::find_standing(StreamPtr stream) {
  if (!stream->is_standing_known) {
    const auto standing = co_await store_.standing(stream->claim.live_id);
    if (!standing) {
      co_return false;
    }
    stream->account_id = standing->account_id;
    stream->heard_until = standing->heard_until;
    stream->known = standing->words_until;
    stream->written = standing->words_until;
    stream->kept = std::max(stream->kept, standing->heard_until);
    stream->is_standing_known = true;
  }
  co_return true;
}

Async<> Transcription::take_in(StreamPtr stream, media::KeptStretch stretch) {
  stream->kept = std::max(stream->kept,
                          stretch.at + stretch.lost + media::duration_of(stretch.samples.size()));
  if (stretch.lost > Span{0}) {
    co_await conclude(stream);
    if (stream->is_gone) {
      co_return;
    }
    const Span from = std::max(stretch.at, stream->known);
    const Span to = stretch.at + stretch.lost;
    if (to > from) {
      lose(from, to, *stream, stretch.why);
      stream->losses.push_back({{}, stream->claim.live_id, from, to, std::move(stretch.why)});
      stream->known = to;
      mark(stream);
    }
    co_return;
  }
  meters_->caught_up.add(to_seconds(media::duration_of(stretch.samples.size())));
  co_await listen_at(std::move(stream), stretch.at, std::move(stretch.samples));
}

// All there is in the archive was heard. True when nothing more is to be read.
Async<bool> Transcription::reach_end(StreamPtr stream) {
  if (!stream->is_captured) {
    co_return co_await close(std::move(stream));
  }
  // Under strain it stays behind, a few seconds only, and is heard after the others.
  if (strain() <= Strain::no_interim) {
    const bool has_joined = co_await join(stream);
    if (has_joined || stream->is_gone) {
      co_return true;
    }
  }
  const auto now = clock_.steady();
  if (stream->stuck_since == Span{0} || stream->live_end <= stream->position() + seam) {
    stream->stuck_since = now;
  }
  if (now - stream->stuck_since > archive_patience && !stream->edge.empty() &&
      stream->edge.front().at > stream->position()) {
    const Span from = stream->position();
    media::KeptStretch missing{from, {}, stream->edge.front().at - from, "not_kept"};
    co_await take_in(stream, std::move(missing));
    stream->stuck_since = now;
  } else {
    co_await clock_.sleep(archive_pause);
  }
  co_return false;
}

// From the archive's end on with what came in since, and then with what comes in. False while a
// stretch in between is not in the archive yet.
Async<bool> Transcription::join(StreamPtr stream) {
  auto& edge = stream->edge;
  while (!edge.empty() && edge.front().end() <= stream->position()) {
    edge.pop_front();
  }
  const bool is_seamless = edge.empty() ? stream->live_end <= stream->position() + seam
                                        : edge.front().at <= stream->position() + seam;
  if (!is_seamless) {
    co_return false;
  }
  while (!edge.empty()) {
    auto block = std::move(edge.front());
    edge.pop_front();
    if (const Span twice = stream->position() - block.at; twice > Span{0}) {
      const auto known = std::min(media::samples_in(twice), block.samples.size());
      block.samples.erase(block.samples.begin(),
                          block.samples.begin() + static_cast<std::ptrdiff_t>(known));
      block.at += media::duration_of(known);
    }
    co_await listen_at(stream, block.at, std::move(block.samples));
    if (stream->is_gone) {
      co_return true;
    }
  }
  // No wait since the last look at what came in.
  stream->is_behind = false;
  for (const auto& piece : stream->pieces) {
    piece->is_from_archive = false;
  }
  requeue(*stream);
  log_.info("a live is listened to again as it speaks", {{"live", stream->claim.live_id}});
  co_return true;
}

// Nothing more will come: settles all of it.
Async<bool> Transcription::close(StreamPtr stream) {
  co_await conclude(stream);
  if (!stream->is_gone && stream->heard_until > stream->known) {
    if (const Span length = stream->heard_until - stream->known; length > archive_pause) {
      media::KeptStretch missing{stream->known, {}, length, "not_kept"};
      co_await take_in(stream, std::move(missing));
    }
    stream->known = stream->heard_until;
  }
  while (!stream->is_gone && !stream->must_stop_reading && stream->written < stream->known) {
    mark(stream);
    co_await stream->settled.wait_for(clock_, archive_pause);
  }
  if (stream->written >= stream->known) {
    stream->is_done = true;
    stream->over.ring();
    co_return true;
  }
  co_return stream->is_gone;
}

Async<bool> Transcription::catch_up(LiveClaim claim) {
  const auto live_id = claim.live_id;
  const auto stream = co_await take_in_hand(std::move(claim), false);
  if (!stream) {
    co_return false;
  }
  struct Leave {
    Transcription& transcription;
    Stream& stream;
    ~Leave() { transcription.forget(stream); }
  };
  const Leave leave{*this, *stream};
  log_.info("the words of a live are caught up",
            {{"live", live_id}, {"seconds", to_seconds(stream->heard_until - stream->known)}});
  while (!stream->is_gone && !stream->is_done) {
    co_await stream->over.wait();
  }
  co_return stream->is_done;
}

}  // namespace vigie::transcribe
