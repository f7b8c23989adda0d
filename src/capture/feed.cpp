// SPDX-License-Identifier: Apache-2.0
#include "capture/feed.hpp"

#include <utility>

namespace vigie::capture {
namespace {

// One answer that lasts as long as the live.
class DirectFeed final : public Feed {
 public:
  DirectFeed(std::unique_ptr<http::ResponseStream> stream,
             std::unique_ptr<media::SoundReader> reader, std::string head)
      : stream_{std::move(stream)}, reader_{std::move(reader)}, head_{std::move(head)} {}

  Async<Portion> next() override {
    Portion portion;
    if (!head_.empty()) {
      const auto head = std::exchange(head_, {});
      take(portion, reader_->feed(head));
      co_return portion;
    }
    const auto bytes = co_await stream_->read();
    if (!bytes) {
      portion.stop = Stop{stall, bytes.error().code == Errc::timeout ? "silence" : "broken"};
      co_return portion;
    }
    take(portion, bytes->empty() ? reader_->flush() : reader_->feed(*bytes));
    if (bytes->empty() && !portion.stop) {
      portion.stop = Stop{stall, "ended"};
    }
    co_return portion;
  }

 private:
  void take(Portion& portion, std::vector<media::Sound> sounds) {
    portion.sounds = std::move(sounds);
    portion.dropped = reader_->dropped_bytes() - std::exchange(dropped_, reader_->dropped_bytes());
    const auto trouble = reader_->trouble();
    if (portion.sounds.empty() && !trouble.empty()) {
      portion.stop = Stop{garbage, trouble};
    }
  }

  std::unique_ptr<http::ResponseStream> stream_;
  std::unique_ptr<media::SoundReader> reader_;
  std::string head_;
  std::uint64_t dropped_ = 0;
};

struct Sniffed {
  media::Container container = media::Container::undecided;
  std::string head;
};

Async<Outcome<Sniffed>> sniff(FetchTools tools, http::ResponseStream& stream) {
  Sniffed sniffed;
  const Span begin = tools.clock.steady();
  while (sniffed.container == media::Container::undecided) {
    auto bytes = co_await stream.read();
    if (!bytes) {
      co_return Stop{stall, bytes.error().code == Errc::timeout ? "silence" : "broken"};
    }
    if (bytes->empty()) {
      if (sniffed.head.empty()) {
        co_return Stop{garbage, "empty"};
      }
      sniffed.container = media::recognise(sniffed.head);
      break;
    }
    sniffed.head += *bytes;
    sniffed.container = media::recognise(sniffed.head);
    if (tools.clock.steady() - begin > tools.silence) {
      co_return Stop{stall, "slow"};
    }
  }
  co_return sniffed;
}

Async<Outcome<std::string>> read_playlist(FetchTools tools, http::ResponseStream& stream,
                                          std::string text) {
  const Span begin = tools.clock.steady();
  for (;;) {
    const auto bytes = co_await stream.read();
    if (!bytes) {
      co_return Stop{stall, bytes.error().code == Errc::timeout ? "silence" : "broken"};
    }
    if (bytes->empty()) {
      co_return text;
    }
    text += *bytes;
    if (text.size() > media::max_playlist_bytes) {
      co_return Stop{garbage, "too_large"};
    }
    if (tools.clock.steady() - begin > tools.silence) {
      co_return Stop{stall, "slow"};
    }
  }
}

}  // namespace

Async<Outcome<std::unique_ptr<Feed>>> open_feed(FetchTools tools, std::string address,
                                                HlsPlace& place) {
  auto url = stream_url(address);
  if (!url) {
    co_return url.error();
  }
  auto opened = co_await open_stream(tools, std::move(*url));
  if (!opened) {
    co_return opened.error();
  }
  auto sniffed = co_await sniff(tools, *opened->stream);
  if (!sniffed) {
    co_return sniffed.error();
  }
  std::unique_ptr<Feed> feed;
  switch (sniffed->container) {
    case media::Container::html:
      co_return Stop{stall, "html"};
    case media::Container::image:
      co_return Stop{garbage, "image"};
    case media::Container::mp4:
      co_return Stop{garbage, media::is_encrypted_mp4(sniffed->head) ? "encrypted" : "mp4"};
    case media::Container::hls: {
      auto text = co_await read_playlist(tools, *opened->stream, std::move(sniffed->head));
      if (!text) {
        co_return text.error();
      }
      feed = create_hls_feed(tools, std::move(opened->url), std::move(*text), place);
      co_return feed;
    }
    default:
      break;
  }
  // What nobody recognises may be FLV whose beginning is damaged.
  auto reader = media::create_sound_reader(
      media::is_sound(sniffed->container) ? sniffed->container : media::Container::flv);
  feed = std::make_unique<DirectFeed>(std::move(opened->stream), std::move(reader),
                                      std::move(sniffed->head));
  co_return feed;
}

}  // namespace vigie::capture
