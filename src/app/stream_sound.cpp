// SPDX-License-Identifier: Apache-2.0
#include "app/stream_sound.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <system_error>

#include "async/clock.hpp"
#include "async/run_stoppable.hpp"
#include "base/text.hpp"
#include "capture/feed.hpp"
#include "http/client.hpp"
#include "http/guard.hpp"
#include "media/pcm.hpp"
#include "media/sound_reader.hpp"
#include "metrics/metrics.hpp"
#include "platform/stream/stream.hpp"

namespace vigie::app {
namespace {

constexpr int look_interval_ms = 100;
constexpr Span longest_patch = std::chrono::seconds{60};

// The next bytes, empty at the end or once told to stop.
using Bytes = std::function<Result<std::string>()>;
using Sounds = std::function<Result<std::vector<media::Sound>>()>;

Error wrong(std::string_view words) {
  return make_error(Errc::invalid, "{}", words);
}

// What capture/ calls a stop, in words.
Error in_words(const capture::Stop& stop) {
  static const std::map<std::string_view, std::string_view> words{
      {"timeout", "nobody answers there; cure: check the address and the network"},
      {"silence", "it fell silent and was given up"},
      {"broken", "the connection broke before its end"},
      {"slow", "it is too slow to be of use"},
      {"unreachable", "nobody answers there; cure: check the address and the network"},
      {"forbidden_address",
       "it leads to an address that may not be called; cure: OUTBOUND_ALLOW names more hosts"},
      {"redirects", "it sends from one address to the next without end"},
      {"bad_answer", "what answers there does not speak HTTP"},
      {"too_large", "a piece of it is larger than any sound"},
      {"http_401", "it wants a password"},
      {"http_403", "the server refuses it (403): the address may have expired; cure: a fresh one"},
      {"http_404", "there is nothing at this address (404); cure: check it"},
      {"http_410", "what was at this address is gone (410)"},
      {"encrypted", "it is encrypted"},
      {"video_only", "there is no sound in it"},
      {"codec", "its sound is of a kind that cannot be decoded here"},
      {"empty", "the answer is empty"},
      {"playlist", "its playlist makes no sense"},
      {"corrupt", "nothing in it can be decoded as sound"},
  };
  const auto found = words.find(stop.detail);
  return make_error(Errc::unavailable, "{}",
                    found != words.end()
                        ? std::string{found->second}
                        : fmt::format("it ended with {} {}", stop.word, stop.detail));
}

// A file that has no name and goes with its last reader.
class Spool {
 public:
  static Result<Spool> create() {
    std::error_code ignored;
    auto folder = std::filesystem::temp_directory_path(ignored);
    auto path = (folder.empty() ? std::filesystem::path{"."} : folder) / "vigie-XXXXXX";
    std::string name = path.string();
    const int descriptor = mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0) {
      return make_error(Errc::unavailable, "{}: no file can be made there: {}", name,
                        std::generic_category().message(errno));
    }
    ::unlink(name.c_str());
    return Spool{descriptor};
  }
  Spool(Spool&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  Spool& operator=(Spool&&) = delete;
  ~Spool() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

  Result<> add(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) {
        return make_error(Errc::unavailable, "it cannot be put aside: {}; cure: room in TMPDIR",
                          std::generic_category().message(errno));
      }
      bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
    return {};
  }
  std::string path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

 private:
  explicit Spool(int descriptor) : descriptor_{descriptor} {}
  int descriptor_;
};

// A whole file that was put aside.
Result<std::unique_ptr<media::SoundFile>> put_aside(std::string head, const Bytes& next,
                                                    std::uint64_t largest) {
  auto spool = Spool::create();
  if (!spool) {
    return spool.error();
  }
  std::uint64_t size = head.size();
  for (auto bytes = Result<std::string>{std::move(head)};;) {
    if (const auto kept = spool->add(*bytes); !kept) {
      return kept.error();
    }
    bytes = next();
    if (!bytes) {
      return bytes.error();
    }
    size += bytes->size();
    if (size > largest) {
      return make_error(Errc::invalid, "it is longer than {} GiB", largest >> 30U);
    }
    if (bytes->empty()) {
      break;
    }
  }
  auto file = media::open_sound_file(spool->path());
  if (!file) {
    auto error = file.error();
    const auto prefix = spool->path() + ": ";
    const auto at = error.what.find(prefix);
    error.what = at == std::string::npos ? error.what : error.what.substr(at + prefix.size());
    return error;
  }
  return file;
}

// Sound as it comes, for as long as it comes.
class Stream final : public media::SoundFile {
 public:
  explicit Stream(Sounds next) : next_{std::move(next)} {}

  Result<std::vector<float>> read() override {
    std::vector<float> samples;
    while (samples.empty()) {
      const auto sounds = next_();
      if (!sounds) {
        return sounds.error();
      }
      if (sounds->empty()) {
        break;
      }
      for (const auto& sound : *sounds) {
        samples.insert(samples.end(), sound.samples.begin(), sound.samples.end());
      }
    }
    return samples;
  }
  std::optional<Span> duration() const override { return std::nullopt; }

 private:
  Sounds next_;
};

std::unique_ptr<media::SoundFile> read_as_it_comes(media::Container container, std::string head,
                                                   Bytes next) {
  const std::shared_ptr<media::SoundReader> reader = media::create_sound_reader(container);
  Sounds sounds = [reader, bytes = std::move(next), first = std::move(head), has_ended = false,
                   has_given = false]() mutable -> Result<std::vector<media::Sound>> {
    std::vector<media::Sound> found;
    while (found.empty() && !has_ended) {
      auto more = first.empty() ? bytes() : Result<std::string>{std::exchange(first, {})};
      if (!more) {
        return more.error();
      }
      has_ended = more->empty();
      found = has_ended ? reader->flush() : reader->feed(*more);
      if (found.empty() && !reader->trouble().empty()) {
        return in_words({capture::garbage, reader->trouble()});
      }
    }
    has_given = has_given || !found.empty();
    if (!has_given) {
      return in_words({capture::garbage, "corrupt"});
    }
    return found;
  };
  return std::make_unique<Stream>(std::move(sounds));
}

struct Sniffed {
  media::Container container = media::Container::undecided;
  std::string head;
};

Result<Sniffed> sniff(const Bytes& next) {
  Sniffed sniffed;
  while (sniffed.container == media::Container::undecided) {
    auto bytes = next();
    if (!bytes) {
      return bytes.error();
    }
    sniffed.head += *bytes;
    sniffed.container = media::recognise(sniffed.head);
    if (bytes->empty()) {
      break;
    }
  }
  switch (sniffed.container) {
    case media::Container::html:
      return wrong("it is a web page, not sound; cure: give the address of the sound itself");
    case media::Container::image:
      return wrong("it is an image, not a sound; cure: give the address of the sound itself");
    default:
      return sniffed;
  }
}

// An address and all that reading it needs, for one thread.
class Connection {
 public:
  Connection(const std::string& address, const StreamSoundOptions& options, std::stop_token stop)
      : guard_{{address}, options.allowed_suffixes},
        client_{http::create_client(io_.get_executor(), guard_)},
        source_{platform::stream::create_stream(*client_, clock_, metrics_)},
        tools_{*client_, guard_, *source_, clock_, options.silence},
        stop_{std::move(stop)} {}
  ~Connection() { feed_.reset(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Result<> open(http::Url url) {
    auto opened = wait_for(capture::open_stream(tools_, std::move(url)));
    if (!opened) {
      return make_error(Errc::unavailable, "stopped before it answered");
    }
    if (!*opened) {
      return in_words(opened->error());
    }
    fetched_ = std::move(**opened);
    return {};
  }

  // As the answer claims.
  bool is_finite() const { return fetched_->stream->head().headers.has("Content-Length"); }

  Result<std::string> bytes() {
    auto read = wait_for(fetched_->stream->read());
    if (!read) {
      return std::string{};
    }
    if (!*read) {
      return in_words({capture::stall, read->error().code == Errc::timeout ? "silence" : "broken"});
    }
    return *read;
  }

  // A list that has ended is heard from its beginning, a live one from its newest piece.
  Result<> follow(std::string text) {
    auto url = fetched_->url;
    fetched_->stream.reset();
    auto playlist = media::parse_hls_playlist(text);
    if (playlist && playlist->is_master) {
      const auto chosen = media::choose_rendition(*playlist);
      auto next = chosen ? capture::stream_url(url, *chosen)
                         : capture::Outcome<http::Url>{capture::Stop{capture::garbage, "playlist"}};
      if (!next) {
        return in_words(next.error());
      }
      url = std::move(*next);
      auto got = wait_for(capture::fetch(tools_, url, media::max_playlist_bytes));
      if (!got || !*got) {
        return in_words(got ? got->error() : capture::Stop{capture::stall, "broken"});
      }
      text = std::move(**got);
      playlist = media::parse_hls_playlist(text);
    }
    if (playlist && playlist->has_ended && !playlist->segments.empty()) {
      place_.playlist = url.target.substr(0, url.target.find('?'));
      place_.next = playlist->segments.front().sequence;
    }
    feed_ = capture::create_hls_feed(tools_, std::move(url), std::move(text), place_);
    return {};
  }

  Result<std::vector<media::Sound>> pieces() {
    auto portion = wait_for(feed_->next());
    if (!portion) {
      return std::vector<media::Sound>{};
    }
    if (portion->sounds.empty() && portion->stop && portion->stop->detail != "ended") {
      return in_words(*portion->stop);
    }
    if (portion->lost && *portion->lost > Span{0} && !portion->sounds.empty()) {
      // Pieces that are missing are silence, so that what follows is where it belongs.
      auto& first = portion->sounds.front().samples;
      first.insert(first.begin(), media::samples_in(std::min(*portion->lost, longest_patch)), 0.0F);
    }
    return std::move(portion->sounds);
  }

 private:
  template <class T>
  std::optional<T> wait_for(Async<T> work) {
    return run_until_stopped(io_, std::move(work), stop_);
  }

  asio::io_context io_{1};
  SystemClock clock_;
  metrics::Registry metrics_;
  http::AddressGuard guard_;
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<platform::LiveSource> source_;
  capture::FetchTools tools_;
  std::stop_token stop_;
  capture::HlsPlace place_;
  std::optional<capture::Fetched> fetched_;
  std::unique_ptr<capture::Feed> feed_;
};

Result<std::unique_ptr<media::SoundFile>> open_address(const std::string& address,
                                                       const StreamSoundOptions& options,
                                                       std::stop_token stop) {
  auto url = http::parse_url(address);
  if (!url) {
    return wrong("it is no http address that can be called; cure: check how it is written");
  }
  const auto connection = std::make_shared<Connection>(address, options, std::move(stop));
  if (const auto opened = connection->open(std::move(*url)); !opened) {
    return opened.error();
  }
  Bytes next = [connection] { return connection->bytes(); };
  auto sniffed = sniff(next);
  if (!sniffed) {
    return sniffed.error();
  }
  if (sniffed->container == media::Container::hls) {
    auto text = std::move(sniffed->head);
    for (auto bytes = next(); bytes && !bytes->empty(); bytes = next()) {
      text += *bytes;
      if (text.size() > media::max_playlist_bytes) {
        return wrong("its playlist is longer than any playlist");
      }
    }
    if (const auto followed = connection->follow(std::move(text)); !followed) {
      return followed.error();
    }
    Sounds pieces = [connection] { return connection->pieces(); };
    return std::make_unique<Stream>(std::move(pieces));
  }
  if (media::is_sound(sniffed->container) && !connection->is_finite()) {
    return read_as_it_comes(sniffed->container, std::move(sniffed->head), std::move(next));
  }
  return put_aside(std::move(sniffed->head), next, options.largest_file);
}

Result<std::string> read_standard_input(const std::stop_token& stop) {
  std::array<char, 64UL * 1024> buffer;
  while (!stop.stop_requested()) {
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    if (::poll(&input, 1, look_interval_ms) <= 0) {
      continue;
    }
    const auto got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0) {
      return make_error(Errc::unavailable, "it cannot be read: {}",
                        std::generic_category().message(errno));
    }
    return std::string{buffer.data(), static_cast<std::size_t>(got)};
  }
  return std::string{};
}

Result<std::unique_ptr<media::SoundFile>> open_standard_input(const StreamSoundOptions& options,
                                                              std::stop_token stop) {
  Bytes next = [stop] { return read_standard_input(stop); };
  auto sniffed = sniff(next);
  if (!sniffed) {
    return sniffed.error();
  }
  if (sniffed->head.empty()) {
    return wrong("it is empty; cure: vigie transcribe - < FILE");
  }
  if (media::is_sound(sniffed->container)) {
    return read_as_it_comes(sniffed->container, std::move(sniffed->head), std::move(next));
  }
  return put_aside(std::move(sniffed->head), next, options.largest_file);
}

}  // namespace

bool is_address(std::string_view name) {
  return name.starts_with("http://") || name.starts_with("https://");
}

Result<std::unique_ptr<media::SoundFile>> open_sound(const std::string& name,
                                                     const StreamSoundOptions& options,
                                                     std::stop_token stop) {
  if (name == "-") {
    return open_standard_input(options, std::move(stop));
  }
  return is_address(name) ? open_address(name, options, std::move(stop))
                          : media::open_sound_file(name);
}

}  // namespace vigie::app
