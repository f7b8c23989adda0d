// SPDX-License-Identifier: Apache-2.0
#include "platform/stream/stream.hpp"

#include <boost/asio/error.hpp>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "http/redirect.hpp"
#include "media/hls_playlist.hpp"
#include "media/sound_reader.hpp"

namespace vigie::platform::stream {
namespace {

constexpr std::size_t max_title = 200;
constexpr int max_redirects = 3;

Observation observe(Evidence evidence, std::string reason) {
  Observation seen;
  seen.evidence = evidence;
  seen.reason = std::move(reason);
  return seen;
}
Observation unknown(std::string reason) {
  return observe(Evidence::unknown, std::move(reason));
}

// The client says which failure of the system it met in the system's own words.
bool is_refused_connection(const Error& error) {
  static const auto words =
      boost::system::error_code{asio::error::make_error_code(asio::error::connection_refused)}
          .message();
  return error.what.find(words) != std::string::npos;
}

Observation of_failure(const Error& error) {
  switch (error.code) {
    case Errc::timeout:
      return unknown("timeout");
    case Errc::denied:
    case Errc::invalid:
      return unknown("forbidden_address");
    case Errc::corrupt:
      return unknown("bad_answer");
    default:
      return unknown(is_refused_connection(error) ? "refused" : "unreachable");
  }
}

constexpr std::chrono::seconds longest_retry_after{3600};

Observation of_status(int status, const http::Headers& headers) {
  if (status == 404 || status == 410) {
    return observe(Evidence::not_live, fmt::format("http_{}", status));
  }
  auto seen = unknown(fmt::format("http_{}", status));
  seen.retry_after = std::min(http::retry_after(headers), longest_retry_after);
  return seen;
}

class Stream final : public LiveSource {
 public:
  Stream(http::Client& client, Clock& clock, metrics::Registry& metrics, StreamOptions options)
      : client_{client}, clock_{clock}, metrics_{metrics}, options_{options} {}

  std::string_view platform() const override { return "stream"; }

  Async<Observation> probe(std::string address) override {
    auto seen = co_await look(address);
    if (seen.reason != "refused") {
      refused_.erase(address);
    } else if (++refused_[address] >= 2) {
      // Once may be a restart; twice, nobody is there.
      seen.evidence = Evidence::not_live;
    }
    metrics_
        .counter(
            "vigie_platform_answers_total", "Answers of a platform by what they prove.",
            {{"platform", "stream"}, {"route", "stream"}, {"evidence", to_string(seen.evidence)}})
        .add();
    co_return seen;
  }

  // There is no second place to ask.
  Async<Observation> look_up(std::string /*username*/) override {
    co_return unknown("not_supported");
  }

  Async<Result<StreamAddress>> resolve(std::string username, std::string /*room*/) override {
    StreamAddress address;
    address.url = std::move(username);
    address.audio_only = true;
    co_return address;
  }

  bool is_stream_host(std::string_view /*host*/) const override { return true; }

 private:
  struct Opened {
    http::Url url;
    std::unique_ptr<http::ResponseStream> stream;
  };

  Async<Observation> look(std::string address) {
    const Span until = clock_.steady() + options_.patience;
    auto opened = co_await open(std::move(address));
    if (!opened) {
      co_return of_failure(opened.error());
    }
    const auto& head = opened->stream->head();
    if (head.status != 200) {
      co_return of_status(head.status, head.headers);
    }
    auto body = co_await read(*opened->stream, until, false);
    if (!body) {
      co_return of_failure(body.error());
    }
    const auto container = media::recognise(*body);
    if (media::is_sound(container)) {
      co_return on_air(head);
    }
    if (container == media::Container::hls) {
      co_return co_await look_at_playlist(std::move(*opened), std::move(*body), until);
    }
    if (body->empty()) {
      co_return unknown("empty");
    }
    const bool has_a_name =
        container == media::Container::html || container == media::Container::image;
    co_return unknown(has_a_name ? std::string{to_string(container)} : "not_sound");
  }

  Async<Result<Opened>> open(std::string address) {
    auto url = http::parse_url(address);
    for (int hops = 0; url; ++hops) {
      http::ClientRequest request;
      request.url = url->origin() + url->target;
      request.timeout = options_.patience;
      request.max_redirects = 0;  // by hand, to know where a playlist came from
      request.headers.add("User-Agent", "Vigie");
      auto stream = co_await client_.open(std::move(request));
      if (!stream) {
        co_return stream.error();
      }
      if (!http::is_redirect((*stream)->head())) {
        co_return Opened{std::move(*url), std::move(*stream)};
      }
      if (hops == max_redirects) {
        co_return make_error(Errc::corrupt, "more than {} redirects", hops);
      }
      url = http::follow(*url, (*stream)->head().headers.get("location"));
    }
    co_return make_error(Errc::denied, "an address that may not be called");
  }

  // So much that it can be recognised; a playlist whole.
  Async<Result<std::string>> read(http::ResponseStream& stream, Span until, bool is_playlist,
                                  std::string body = {}) {
    for (;;) {
      const bool is_known = !is_playlist && media::recognise(body) != media::Container::undecided;
      if (is_known || body.size() > media::max_playlist_bytes) {
        co_return body;
      }
      if (clock_.steady() > until) {
        co_return make_error(Errc::timeout, "a byte now and then");
      }
      const auto bytes = co_await stream.read();
      if (!bytes) {
        co_return bytes.error();
      }
      if (bytes->empty()) {
        co_return body;
      }
      body += *bytes;
    }
  }

  Async<Observation> look_at_playlist(Opened opened, std::string begun, Span until) {
    const auto text = co_await read(*opened.stream, until, true, std::move(begun));
    if (!text) {
      co_return of_failure(text.error());
    }
    auto playlist = media::parse_hls_playlist(*text);
    if (playlist && playlist->is_master) {
      const auto chosen = media::choose_rendition(*playlist);
      const auto url = chosen ? http::follow(opened.url, *chosen) : chosen.error();
      if (!url) {
        co_return unknown("forbidden_address");
      }
      http::ClientRequest request;
      request.url = url->origin() + url->target;
      request.timeout = options_.patience;
      request.max_body = media::max_playlist_bytes;
      request.headers.add("User-Agent", "Vigie");
      const auto response = co_await client_.send(std::move(request));
      if (!response) {
        co_return of_failure(response.error());
      }
      if (response->status != 200) {
        co_return of_status(response->status, response->headers);
      }
      playlist = media::parse_hls_playlist(response->body);
    }
    if (!playlist || playlist->is_master) {
      co_return unknown("playlist");
    }
    if (playlist->has_ended) {
      co_return observe(Evidence::not_live, "ended");
    }
    co_return on_air(opened.stream->head());
  }

  static Observation on_air(const http::Response& head) {
    auto seen = observe(Evidence::live, "on_air");
    const auto name = head.headers.get("icy-name");
    seen.display_name = clean_utf8(name, max_title);
    LiveFacts facts;
    facts.title = seen.display_name;
    const auto rate = to_integer(head.headers.get("icy-br"));
    if (!facts.title.empty() && rate && *rate > 0 && *rate < 10'000) {
      facts.title += fmt::format(" ({} kbit/s)", *rate);
    }
    seen.live = std::move(facts);
    return seen;
  }

  http::Client& client_;
  Clock& clock_;
  metrics::Registry& metrics_;
  StreamOptions options_;
  std::map<std::string, int> refused_;  // connections in a row, by address
};

}  // namespace

std::unique_ptr<LiveSource> create_stream(http::Client& client, Clock& clock,
                                          metrics::Registry& metrics, StreamOptions options) {
  return std::make_unique<Stream>(client, clock, metrics, options);
}

}  // namespace vigie::platform::stream
