// SPDX-License-Identifier: Apache-2.0
#include "capture/stream_fetch.hpp"

#include <utility>

#include "http/redirect.hpp"

namespace vigie::capture {
namespace {

constexpr int max_redirects = 3;

Stop stop_of(const Error& error) {
  switch (error.code) {
    case Errc::timeout:
      return {stall, "timeout"};
    case Errc::denied:
    case Errc::invalid:
      return {stall, "forbidden_address"};
    case Errc::corrupt:
      // The client's own words for a body beyond max_body.
      return {stall, error.what.find("larger than allowed") == std::string::npos ? "bad_answer"
                                                                                 : "too_large"};
    default:
      return {stall, "unreachable"};
  }
}

std::optional<Stop> check_status(int status) {
  if (status == 200 || status == 206) {
    return std::nullopt;
  }
  const bool is_expired = status == 403 || status == 404 || status == 410;
  return Stop{is_expired ? expired : stall, fmt::format("http_{}", status)};
}

http::ClientRequest request_for(const FetchTools& tools, const http::Url& url) {
  http::ClientRequest request;
  request.url = url.origin() + url.target;
  request.timeout = tools.silence;
  request.max_redirects = 0;  // each hop is checked here
  request.headers.add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36");
  if (tools.source.platform() == "tiktok") {
    request.headers.add("Referer", "https://www.tiktok.com/");
  }
  return request;
}

bool may_call(const FetchTools& tools, const http::Url& url) {
  return tools.source.is_stream_host(url.host) || tools.guard.is_trusted(url);
}

// Where the answer sends us, or nothing when it is the answer.
Outcome<std::optional<http::Url>> next_hop(const http::Url& url, const http::Response& head,
                                           int hops) {
  if (!http::is_redirect(head)) {
    return std::optional<http::Url>{};
  }
  if (hops == max_redirects) {
    return Stop{stall, "redirects"};
  }
  auto next = stream_url(url, head.headers.get("location"));
  if (!next) {
    return next.error();
  }
  return std::optional{std::move(*next)};
}

}  // namespace

Outcome<http::Url> stream_url(std::string_view address) {
  auto url = http::parse_url(address);
  if (!url) {
    return Stop{stall, "forbidden_address"};
  }
  return *url;
}

Outcome<http::Url> stream_url(const http::Url& base, std::string_view reference) {
  auto url = http::follow(base, reference);
  if (!url) {
    return Stop{stall, "forbidden_address"};
  }
  return *url;
}

Async<Outcome<Fetched>> open_stream(FetchTools tools, http::Url url) {
  for (int hops = 0;; ++hops) {
    if (!may_call(tools, url)) {
      co_return Stop{stall, "foreign_host"};
    }
    auto request = request_for(tools, url);
    auto stream = co_await tools.client.open(std::move(request));
    if (!stream) {
      co_return stop_of(stream.error());
    }
    auto next = next_hop(url, (*stream)->head(), hops);
    if (!next) {
      co_return next.error();
    }
    if (*next) {
      url = std::move(**next);
      continue;
    }
    if (auto refused = check_status((*stream)->head().status)) {
      co_return std::move(*refused);
    }
    co_return Fetched{std::move(url), std::move(*stream)};
  }
}

Async<Outcome<std::string>> fetch(FetchTools tools, http::Url url, std::size_t max_bytes,
                                  std::optional<media::ByteRange> range) {
  for (int hops = 0;; ++hops) {
    if (!may_call(tools, url)) {
      co_return Stop{stall, "foreign_host"};
    }
    auto request = request_for(tools, url);
    request.timeout = 2 * tools.silence;  // for the whole answer
    request.max_body = max_bytes;
    if (range) {
      request.headers.add(
          "Range", fmt::format("bytes={}-{}", range->offset, range->offset + range->size - 1));
    }
    auto response = co_await tools.client.send(std::move(request));
    if (!response) {
      co_return stop_of(response.error());
    }
    auto next = next_hop(url, *response, hops);
    if (!next) {
      co_return next.error();
    }
    if (*next) {
      url = std::move(**next);
      continue;
    }
    if (auto refused = check_status(response->status)) {
      co_return std::move(*refused);
    }
    if (range && response->status == 200) {  // the whole of it, asked for or not
      if (range->offset >= response->body.size()) {
        co_return Stop{stall, "bad_answer"};
      }
      co_return response->body.substr(range->offset, range->size);
    }
    co_return std::move(response->body);
  }
}

}  // namespace vigie::capture
