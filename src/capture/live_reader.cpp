// SPDX-License-Identifier: Apache-2.0
#include "capture/live_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "media/pcm.hpp"
#include "platform/refusals.hpp"

namespace vigie::capture {
namespace {

constexpr std::array<Span, 6> delays{std::chrono::seconds{0},  std::chrono::seconds{2},
                                     std::chrono::seconds{5},  std::chrono::seconds{10},
                                     std::chrono::seconds{20}, std::chrono::seconds{30}};
constexpr std::size_t block_samples = 4'000;       // a quarter of a second
constexpr std::uint64_t max_garbage = 256 * 1024;  // bytes without sound among them

// What another attempt is unlikely to change. Pages instead of sound, videos that are still mute
// and addresses that expired may well be otherwise in a minute.
bool is_hopeless(std::string_view detail) {
  constexpr std::array<std::string_view, 12> words{
      "codec",    "encrypted",         "corrupt",      "garbage",      "image",   "mp4",
      "playlist", "forbidden_address", "foreign_host", "init_section", "unknown", "too_large"};
  return std::ranges::find(words, detail) != words.end();
}

// Why nothing was heard until this reader came: what its predecessor said, or that there is a new
// one.
std::string former_outage(const Work& work) {
  for (const std::string_view reason : {std::string_view{"stopped"}, disk, paused}) {
    if (work.capture_reason == reason) {
      return std::string{reason};
    }
  }
  return "restart";
}

// A restriction says what it is in one word ("login_required"); anything longer is for the log.
std::string word_or(const std::string& text, std::string_view fallback) {
  return text.size() <= 40 && text.find(' ') == std::string::npos ? text : std::string{fallback};
}

}  // namespace

class LiveReader::OpenStream {
 public:
  explicit OpenStream(metrics::Registry& metrics)
      : gauge_{metrics.gauge("vigie_capture_streams", "Streams that are open.")} {
    gauge_.add(1);
  }
  OpenStream(const OpenStream&) = delete;
  OpenStream& operator=(const OpenStream&) = delete;
  ~OpenStream() { gauge_.add(-1); }

 private:
  metrics::Gauge& gauge_;
};

LiveReader::LiveReader(const asio::any_io_executor& executor, ReaderTools tools, Work work,
                       ReaderLimits limits)
    : tools_{tools},
      work_{std::move(work)},
      limits_{limits},
      wake_{executor},
      born_wall_{tools.clock.now() - work_.started_at},
      born_steady_{tools.clock.steady()},
      position_{work_.heard_until},
      archive_{work_, tools.blobs, tools.pool, tools.journal, tools.log, tools.metrics},
      outage_{former_outage(work_)},
      heard_anything_{work_.heard_until > Span{0}},
      said_{work_.capture},
      said_reason_{work_.capture_reason} {}

// By the steady clock, so that a wall clock set right in the middle makes no gap.
Span LiveReader::arrival() const {
  return std::max(Span{0}, born_wall_ + (tools_.clock.steady() - born_steady_));
}

void LiveReader::update(const Work& latest) {
  const bool is_news = latest.state != work_.state || latest.ended_at != work_.ended_at;
  work_.state = latest.state;
  work_.ended_at = latest.ended_at;
  work_.is_wanted = latest.is_wanted;
  // A person may have stopped and resumed it between two looks: what we said is no longer there.
  said_ = latest.capture;
  said_reason_ = latest.capture_reason;
  if (is_news) {
    wake_.ring();
  }
}

Span LiveReader::delay(int failures) const {
  if (is_set_aside()) {
    return limits_.set_aside_retry;
  }
  const auto step = std::min<std::size_t>(static_cast<std::size_t>(failures), delays.size() - 1);
  const Span usual =
      failures > 0 && work_.state == LiveState::paused ? limits_.paused_retry : delays.at(step);
  return std::max(usual, retry_after_);
}

Async<> LiveReader::run() {
  if (heard_anything_) {
    co_await tools_.sink.begin(work_.claim);
  }
  int failures = 0;
  while (!is_finished()) {
    if (const Span pause = delay(failures); pause > Span{0}) {
      co_await wake_.wait_for(tools_.clock, pause);
      if (is_finished()) {
        break;
      }
    }
    retry_after_ = Span{0};
    heard_here_ = Span{0};
    auto stop = co_await listen();
    position_.disconnect();
    if (is_finished()) {
      break;
    }
    // The platform says so with the address it refuses, long before the watch looks again.
    const bool is_paused = work_.state == LiveState::paused || stop.word == paused;
    if (outage_.empty() || is_paused) {
      outage_ = is_paused ? paused : stop.word;
    }
    failures = heard_here_ >= limits_.good_connection ? 0 : failures + 1;
    co_await tell(std::move(stop));
  }
}

Async<> LiveReader::tell(Stop stop) {
  tools_.metrics
      .counter("vigie_capture_reconnects_total", "Connections to streams that ended, by cause.",
               {{"reason", stop.word}})
      .add();
  const bool heard_enough = heard_here_ >= limits_.good_connection;
  // A live without media for minutes is one line, not one a connection.
  if (heard_here_ > Span{0} || stop.detail != last_stop_) {
    tools_.log.info("a stream ended", {{"live", work_.claim.live_id}, {"why", stop.detail}});
    last_stop_ = stop.detail;
  }
  hopeless_ = heard_here_ == Span{0} && is_hopeless(stop.detail) ? hopeless_ + 1 : 0;
  if (hopeless_ >= limits_.attempts) {
    co_await say(CaptureState::failed, std::move(stop.detail));
  } else if (!heard_enough) {
    auto why = work_.state == LiveState::paused ? std::string{paused} : std::move(stop.detail);
    co_await say(CaptureState::stalled, std::move(why));
  }
}

Async<Stop> LiveReader::listen() {
  if (!tools_.has_room()) {
    co_return Stop{disk, "disk"};
  }
  auto address = co_await tools_.source.resolve(work_.username, work_.room);
  if (!address) {
    co_return co_await explain_refusal(address.error());
  }
  const FetchTools fetch{tools_.client, tools_.guard, tools_.source, tools_.clock, limits_.silence};
  const auto feed = co_await open_feed(fetch, std::move(address->url), hls_);
  if (!feed) {
    if (feed.error().detail == "foreign_host" || feed.error().detail == "forbidden_address") {
      tools_.log.warn("a stream address is not called",
                      {{"live", work_.claim.live_id}, {"why", feed.error().detail}});
    }
    co_return feed.error();
  }
  co_return co_await read(**feed);
}

Async<Stop> LiveReader::explain_refusal(Error error) {
  if (error.code == Errc::denied) {
    is_restricted_ = true;
    co_await say(CaptureState::restricted, word_or(error.what, "restricted"));
    co_return Stop{stall, "restricted"};
  }
  retry_after_ = error.retry_after;
  if (error.code == Errc::rate_limited) {
    co_return Stop{stall, "refused"};
  }
  if (error.what.find(platform::paused_by_host) != std::string::npos) {
    co_return Stop{paused, paused};
  }
  co_return Stop{stall, error.code == Errc::not_found ? "not_on_air" : "no_address"};
}

Async<Stop> LiveReader::read(Feed& feed) {
  const OpenStream counted{tools_.metrics};
  sound_at_ = tools_.clock.steady();
  dropped_here_ = 0;
  for (;;) {
    auto portion = co_await feed.next();
    const Span heard_before = heard_here_;
    auto lost = portion.lost;
    for (auto& sound : portion.sounds) {
      co_await take(std::move(sound), std::exchange(lost, {}));
      if (is_finished()) {
        co_return Stop{stall, "over"};
      }
    }
    count_dropped(portion);
    if (!tools_.has_room()) {
      co_return Stop{disk, "disk"};
    }
    if (portion.stop) {
      co_return std::move(*portion.stop);
    }
    if (auto stop = judge(portion, heard_before)) {
      co_return std::move(*stop);
    }
  }
}

void LiveReader::count_dropped(const Portion& portion) {
  tools_.metrics
      .counter("vigie_capture_dropped_bytes_total",
               "Bytes of streams that were no sound and were thrown away.")
      .add(static_cast<double>(portion.dropped));
}

// Bytes come: do they lead anywhere?
std::optional<Stop> LiveReader::judge(const Portion& portion, Span heard_before) {
  dropped_here_ += portion.dropped;
  if (heard_here_ > heard_before) {
    sound_at_ = tools_.clock.steady();
    dropped_here_ = 0;
    return std::nullopt;
  }
  if (dropped_here_ > max_garbage) {
    return Stop{garbage, "garbage"};
  }
  if (tools_.clock.steady() - sound_at_ > limits_.silence) {
    return Stop{stall, "no_sound"};
  }
  return std::nullopt;
}

Async<> LiveReader::take(media::Sound sound, std::optional<Span> lost) {
  co_await settle_jump(position_.place(sound.timestamp, arrival(), lost));
  const Span from = position_.position();
  if (block_.empty()) {
    block_at_ = from;
  }
  block_.insert(block_.end(), sound.samples.begin(), sound.samples.end());
  position_.advance(sound.samples.size());
  heard_here_ += media::duration_of(sound.samples.size());
  heard_anything_ = true;
  if (sound.format != format_) {
    co_await flush_archive();
    format_ = sound.format;
  }
  archive_.add(sound, from, position_.position());
  if (said_ != CaptureState::running) {
    co_await say(CaptureState::running, "");
  }
  if (block_.size() >= block_samples) {
    co_await push_block();
  }
  if (archive_.is_due(tools_.sink.awaited(work_.claim))) {
    co_await flush_archive();
  }
  tell_kept();
}

Async<> LiveReader::settle_jump(LiveClock::Place place) {
  if (place.is_jump || place.skipped > Span{0}) {
    co_await push_block();
    co_await flush_archive();
  }
  if (place.skipped > Span{0}) {
    co_await add_gap(place.at - place.skipped, place.at);
  }
  outage_.clear();
}

Async<> LiveReader::add_gap(Span from, Span to) {
  if (to - from >= least_gap) {
    const std::string reason = outage_.empty() ? std::string{stall} : outage_;
    tools_.metrics
        .counter("vigie_capture_gap_seconds_total",
                 "Seconds of lives that could not be captured, by cause.", {{"reason", reason}})
        .add(to_seconds(to - from));
    note(co_await tools_.journal.add_gap(work_.claim, from, to, reason));
  }
  co_await tools_.sink.gap(work_.claim, from, to);
}

Async<> LiveReader::push_block() {
  if (block_.empty()) {
    co_return;
  }
  auto samples = std::exchange(block_, {});
  tools_.metrics.counter("vigie_capture_audio_seconds_total", "Seconds of sound handed on.")
      .add(to_seconds(media::duration_of(samples.size())));
  co_await tools_.sink.sound(work_.claim, block_at_, std::move(samples));
}

Async<> LiveReader::flush_archive() {
  note(co_await archive_.flush());
  tell_kept();
}

void LiveReader::tell_kept() {
  const Span until = archive_.kept_until();
  if (!is_lost_ && until > told_kept_) {
    told_kept_ = until;
    tools_.sink.kept(work_.claim, until);
  }
}

Async<> LiveReader::say(CaptureState state, std::string reason) {
  if (said_ == state && said_reason_ == reason) {
    co_return;
  }
  const auto written = co_await tools_.journal.set_state(work_.claim, state, reason);
  note(written);
  if (written) {
    said_ = state;
    said_reason_ = std::move(reason);
  }
}

void LiveReader::note(const Result<>& written) {
  if (written) {
    return;
  }
  if (written.error().code == Errc::conflict) {
    is_lost_ = true;
  } else {
    tools_.log.error("the record of a live could not be written",
                     {{"live", work_.claim.live_id}, {"why", written.error().what}});
  }
}

Async<> LiveReader::conclude() {
  co_await push_block();
  if (!is_lost_) {
    co_await flush_archive();
  }
  // Also when sound still flowed: it may have waited for us, unread, when the live ended.
  if (!is_lost_ && is_over() && heard_anything_) {
    const Span end = *work_.ended_at - work_.started_at;
    if (end - position_.position() >= least_gap) {
      co_await add_gap(position_.position(), end);
    }
  }
  if (!is_lost_ && heard_anything_) {
    note(co_await tools_.journal.set_heard_until(work_.claim, position_.position()));
  }
  co_await tools_.sink.finish(work_.claim);
}

}  // namespace vigie::capture
