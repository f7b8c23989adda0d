// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>
#include <utility>

#include "capture/feed.hpp"
#include "capture/live_clock.hpp"
#include "media/fragments.hpp"
#include "media/pcm.hpp"

namespace vigie::capture {
namespace {

constexpr std::size_t max_segment = 32U << 20U;  // ten seconds of 4K stay below
constexpr std::size_t max_init = 1U << 20U;
constexpr Span least_wait{std::chrono::milliseconds{500}};
constexpr Span most_wait{std::chrono::seconds{30}};
constexpr int most_failures = 3;          // of one piece, or of pieces in a row
constexpr std::int64_t stale_pieces = 3;  // a cache may be so far behind; further back is a restart

class HlsFeed final : public Feed {
 public:
  HlsFeed(FetchTools tools, http::Url url, std::string playlist, HlsPlace& place)
      : tools_{tools}, url_{std::move(url)}, text_{std::move(playlist)}, place_{place} {}

  Async<Portion> next() override {
    for (;;) {
      if (!has_begun_) {
        if (auto stop = co_await begin()) {
          co_return ended_by(std::move(*stop));
        }
      }
      while (!waiting_.empty()) {
        auto segment = std::move(waiting_.front());
        waiting_.pop_front();
        auto portion = co_await read(std::move(segment));
        if (!portion.sounds.empty() || portion.stop) {
          co_return portion;
        }
      }
      if (has_ended_) {
        co_return ended_by({stall, "ended"});
      }
      if (auto stop = co_await refresh()) {
        co_return ended_by(std::move(*stop));
      }
    }
  }

 private:
  static Portion ended_by(Stop stop) {
    Portion portion;
    portion.stop = std::move(stop);
    return portion;
  }

  // From the playlist that was found to the one that lists pieces.
  Async<std::optional<Stop>> begin() {
    auto playlist = media::parse_hls_playlist(text_);
    if (playlist && playlist->is_master) {
      const auto chosen = media::choose_rendition(*playlist);
      auto url = chosen ? stream_url(url_, *chosen) : Outcome<http::Url>{Stop{garbage, "playlist"}};
      if (!url) {
        co_return url.error();
      }
      url_ = std::move(*url);
      auto text = co_await fetch(tools_, url_, media::max_playlist_bytes);
      if (!text) {
        co_return text.error();
      }
      playlist = media::parse_hls_playlist(*text);
    }
    if (!playlist || playlist->is_master) {
      co_return Stop{garbage, "playlist"};
    }
    text_.clear();
    has_begun_ = true;
    auto path = url_.target.substr(0, url_.target.find('?'));
    const bool is_known = place_.playlist == path;
    if (!is_known) {
      place_ = HlsPlace{.playlist = std::move(path)};
    }
    adopt(std::move(*playlist), is_known);
    co_return std::nullopt;
  }

  Async<std::optional<Stop>> refresh() {
    const Span since = tools_.clock.steady() - loaded_at_;
    const Span patience = std::max<Span>(tools_.silence, 3 * target_);
    if (tools_.clock.steady() - news_at_ > patience) {
      co_return Stop{stall, "silence"};
    }
    const Span wait = std::clamp(has_news_ ? target_ : target_ / 2, least_wait, most_wait);
    if (wait > since) {
      co_await tools_.clock.sleep(wait - since);
    }
    auto text = co_await fetch(tools_, url_, media::max_playlist_bytes);
    if (!text) {
      co_return text.error();
    }
    auto playlist = media::parse_hls_playlist(*text);
    if (!playlist || playlist->is_master) {
      co_return Stop{garbage, "playlist"};
    }
    adopt(std::move(*playlist), true);
    co_return std::nullopt;
  }

  // Queues what is new. Whoever was not here before begins with the newest piece.
  void adopt(media::HlsPlaylist playlist, bool was_here) {
    loaded_at_ = tools_.clock.steady();
    target_ = playlist.target;
    has_ended_ = playlist.has_ended;
    has_news_ = false;
    if (news_at_ == Span{0}) {
      news_at_ = loaded_at_;
    }
    if (playlist.segments.empty()) {
      return;
    }
    const auto first = playlist.segments.front().sequence;
    const auto end = playlist.segments.back().sequence + 1;
    const bool has_restarted = end + stale_pieces < place_.next;
    if (!was_here || has_restarted) {
      place_.next = has_ended_ ? end : end - 1;
      place_.lost = Span{0};
      is_continuous_ = false;
    } else if (first > place_.next) {
      place_.lost += (first - place_.next) * std::min<Span>(target_, most_wait);
      place_.next = first;
      is_settled_ = false;
    }
    for (auto& segment : playlist.segments) {
      if (segment.sequence >= place_.next) {
        waiting_.push_back(std::move(segment));
        has_news_ = true;
        news_at_ = loaded_at_;
      }
    }
  }

  Async<Portion> read(media::HlsSegment segment) {
    Portion portion;
    if (segment.is_encrypted) {
      co_return ended_by({garbage, "encrypted"});
    }
    if (segment.is_gap) {
      give_up(segment);
      co_return portion;
    }
    auto bytes = co_await fetch_part(segment.address, segment.range, max_segment);
    if (!bytes || !co_await fetch_init(segment)) {
      portion.stop = judge(segment, bytes ? Stop{stall, "init_section"} : bytes.error());
      co_return portion;
    }
    place_.failures = 0;
    if (segment.is_discontinuity) {
      reader_.reset();
      is_settled_ = false;
    }
    decode(segment, *bytes, portion);
    if (portion.sounds.empty()) {
      give_up(segment);
      // One encrypted piece is enough: the next ones will be, too.
      if (++bad_in_a_row_ >= most_failures || trouble_ == "encrypted") {
        portion.stop = Stop{garbage, trouble_.empty() ? "corrupt" : trouble_};
      }
      co_return portion;
    }
    bad_in_a_row_ = 0;
    place_.next = segment.sequence + 1;
    // Between pieces that follow one another the timestamps tell; elsewhere the list does.
    if (is_continuous_ && (!is_settled_ || place_.lost > Span{0})) {
      portion.lost = place_.lost;
    }
    is_continuous_ = true;
    is_settled_ = true;
    note_missing(segment, portion);
    co_return portion;
  }

  // A damaged piece holds less than the list says: the rest is lost, not silent.
  void note_missing(const media::HlsSegment& segment, const Portion& portion) {
    std::size_t samples = 0;
    for (const auto& sound : portion.sounds) {
      samples += sound.samples.size();
    }
    const Span missing = segment.duration - media::duration_of(samples);
    place_.lost = missing >= least_gap ? missing : Span{0};
    is_settled_ = place_.lost == Span{0};
  }

  void give_up(const media::HlsSegment& segment) {
    place_.next = segment.sequence + 1;
    place_.lost += segment.duration;
    place_.failures = 0;
    is_settled_ = false;
  }

  // A piece that could not be fetched: whether to end the connection.
  std::optional<Stop> judge(const media::HlsSegment& segment, Stop stop) {
    const bool is_gone = stop.detail == "http_404" || stop.detail == "http_410";
    const bool is_large = stop.detail == "too_large";
    if (is_gone || is_large || ++place_.failures >= most_failures) {
      give_up(segment);
      if ((is_gone || is_large) && ++bad_in_a_row_ < most_failures) {
        return std::nullopt;
      }
    }
    return stop;
  }

  Async<Outcome<std::string>> fetch_part(std::string address, std::optional<media::ByteRange> range,
                                         std::size_t max_bytes) {
    auto url = stream_url(url_, address);
    if (!url) {
      co_return url.error();
    }
    co_return co_await fetch(tools_, std::move(*url), max_bytes, range);
  }

  Async<bool> fetch_init(const media::HlsSegment& segment) {
    if (segment.init_address == init_address_ && segment.init_range == init_range_) {
      co_return true;
    }
    if (segment.init_address.empty()) {
      init_.clear();
    } else {
      auto bytes = co_await fetch_part(segment.init_address, segment.init_range, max_init);
      if (!bytes) {
        co_return false;
      }
      init_ = std::move(*bytes);
    }
    init_address_ = segment.init_address;
    init_range_ = segment.init_range;
    co_return true;
  }

  void decode(const media::HlsSegment& segment, const std::string& bytes, Portion& portion) {
    const auto container =
        media::recognise(std::string_view{bytes}.substr(0, media::recognised_within));
    if (container == media::Container::mp4 || !segment.init_address.empty()) {
      decode_fragment(bytes, portion);
      return;
    }
    if (!media::is_sound(container)) {
      trouble_ = to_string(container == media::Container::undecided ? media::Container::unknown
                                                                    : container);
      portion.dropped = bytes.size();
      return;
    }
    if (!reader_ || container != container_) {
      is_settled_ = is_settled_ && reader_ == nullptr;
      reader_ = media::create_sound_reader(container);
      container_ = container;
    }
    const auto dropped = reader_->dropped_bytes();
    portion.sounds = reader_->feed(bytes);
    for (auto& sound : reader_->flush()) {
      portion.sounds.push_back(std::move(sound));
    }
    portion.dropped = reader_->dropped_bytes() - dropped;
    trouble_ = reader_->trouble();
  }

  void decode_fragment(const std::string& bytes, Portion& portion) {
    if (!fragments_) {
      fragments_ = media::create_fragment_reader();
    }
    auto sounds = fragments_->read(init_, bytes);
    if (sounds) {
      portion.sounds = std::move(*sounds);
    } else {
      const auto code = sounds.error().code;
      trouble_ = code == Errc::denied    ? "encrypted"
                 : code == Errc::invalid ? sounds.error().what
                                         : "corrupt";
    }
  }

  FetchTools tools_;
  http::Url url_;
  std::string text_;
  HlsPlace& place_;
  bool has_begun_ = false;
  bool has_ended_ = false;
  bool has_news_ = false;
  Span target_{0};
  Span loaded_at_{0};
  Span news_at_{0};
  std::deque<media::HlsSegment> waiting_;
  bool is_continuous_ = true;  // the next sound's distance to the one before is known
  bool is_settled_ = false;    // and its timestamps follow on those before
  int bad_in_a_row_ = 0;
  std::string trouble_;
  std::unique_ptr<media::SoundReader> reader_;
  media::Container container_ = media::Container::undecided;
  std::unique_ptr<media::FragmentReader> fragments_;
  std::string init_;
  std::string init_address_;
  std::optional<media::ByteRange> init_range_;
};

}  // namespace

std::unique_ptr<Feed> create_hls_feed(FetchTools tools, http::Url url, std::string playlist,
                                      HlsPlace& place) {
  return std::make_unique<HlsFeed>(tools, std::move(url), std::move(playlist), place);
}

}  // namespace vigie::capture
