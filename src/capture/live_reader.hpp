// SPDX-License-Identifier: Apache-2.0
// Reads one live for as long as it lasts: address, connection, sound. Whatever breaks is tried
// again with a fresh address; whatever is missed becomes a gap.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "async/signal.hpp"
#include "async/worker_pool.hpp"
#include "blob/blob_store.hpp"
#include "capture/archive.hpp"
#include "capture/captures.hpp"
#include "capture/feed.hpp"
#include "capture/journal.hpp"
#include "capture/live_clock.hpp"
#include "http/client.hpp"
#include "http/guard.hpp"
#include "log/log.hpp"
#include "media/sound_sink.hpp"
#include "metrics/metrics.hpp"
#include "platform/live_source.hpp"

namespace vigie::capture {

// Everything outlives the readers.
struct ReaderTools {
  http::Client& client;
  const http::AddressGuard& guard;
  platform::LiveSource& source;
  media::SoundSink& sink;
  BlobStore& blobs;
  WorkerPool& pool;  // for the disk
  Journal& journal;
  Clock& clock;
  log::Log& log;
  metrics::Registry& metrics;
  // False while sound could not be kept: then none is read, and the gap says "disk".
  std::function<bool()> has_room{[] { return true; }};
};

struct ReaderLimits {
  std::chrono::milliseconds silence{
      10'000};  // without a byte, or without sound, before reconnecting
  Span paused_retry{std::chrono::seconds{10}};
  Span good_connection{std::chrono::seconds{10}};  // sound for so long forgives earlier failures
  int attempts = 3;  // in a row at what cannot be decoded, before the live is set aside
  Span set_aside_retry{std::chrono::minutes{5}};
};

class LiveReader {
 public:
  LiveReader(const asio::any_io_executor& executor, ReaderTools tools, Work work,
             ReaderLimits limits = {});

  // Returns when the live is over, shown to some only, or in other hands.
  Async<> run();

  // Hands over what is held back and closes the record; once, after run() has ended in whatever
  // way. Waits for the sink to settle.
  Async<> conclude();

  // How the live stands now; a change wakes a reader that waits.
  void update(const Work& latest);

  // What conclude() would have the capture called: done, restricted, stopped …
  bool is_over() const { return work_.ended_at.has_value(); }
  bool is_restricted() const { return is_restricted_; }
  bool is_set_aside() const { return said_ == CaptureState::failed; }
  bool is_lost() const { return is_lost_; }
  void lose() { is_lost_ = true; }
  const Work& work() const { return work_; }

 private:
  class OpenStream;  // counts one in the gauge

  bool is_finished() const { return is_over() || is_restricted_ || is_lost_; }
  Span arrival() const;
  Span delay(int failures) const;
  Async<Stop> listen();
  Async<Stop> explain_refusal(Error error);
  Async<Stop> read(Feed& feed);
  Async<> take(media::Sound sound, std::optional<Span> lost);
  void count_dropped(const Portion& portion);
  std::optional<Stop> judge(const Portion& portion, Span heard_before);
  Async<> tell(Stop stop);
  Async<> settle_jump(LiveClock::Place place);
  Async<> push_block();
  Async<> flush_archive();
  void tell_kept();
  Async<> add_gap(Span from, Span to);
  Async<> say(CaptureState state, std::string reason);
  void note(const Result<>& written);

  ReaderTools tools_;
  Work work_;
  ReaderLimits limits_;
  Signal wake_;
  Span born_wall_;    // since the live's start
  Span born_steady_;  // of the clock
  LiveClock position_;
  Archive archive_;
  Span told_kept_{0};
  std::shared_ptr<const media::SoundFormat> format_;  // of what was last archived
  HlsPlace hls_;
  std::vector<float> block_;  // not yet handed on
  Span block_at_{0};
  std::string outage_;  // why the last stretch without sound began; empty while it flows
  bool heard_anything_;
  bool is_restricted_ = false;
  bool is_lost_ = false;
  Span retry_after_{0};
  Span sound_at_{0};                // when the last packet came, steady
  Span heard_here_{0};              // sound of this connection
  std::uint64_t dropped_here_ = 0;  // since the last sound
  int hopeless_ = 0;                // connections in a row with nothing that can be decoded
  std::string last_stop_;
  CaptureState said_ = CaptureState::none;
  std::string said_reason_;
};

}  // namespace vigie::capture
