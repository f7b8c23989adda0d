// SPDX-License-Identifier: Apache-2.0
// Fetches what an address of a platform leads to. Every address, redirects and the pieces of
// playlists included, must be of the platform's own hosts, and passes the address guard.
#pragma once
#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "http/client.hpp"
#include "http/guard.hpp"
#include "media/hls_playlist.hpp"
#include "platform/live_source.hpp"

namespace vigie::capture {

// Why no sound comes: the word for the gap, and what exactly for the page.
struct Stop {
  Stop() = default;
  Stop(std::string_view the_word, std::string_view the_detail)
      : word{the_word}, detail{the_detail} {}

  std::string_view word;
  std::string detail;
};
inline constexpr std::string_view stall = "stall";
inline constexpr std::string_view paused = "paused";
inline constexpr std::string_view disk = "disk";
inline constexpr std::string_view expired = "expired";
inline constexpr std::string_view garbage = "garbage";

template <class T>
using Outcome = boost::system::result<T, Stop>;

// All outlive what uses them.
struct FetchTools {
  http::Client& client;
  const http::AddressGuard& guard;
  const platform::LiveSource& source;
  Clock& clock;
  std::chrono::milliseconds silence;  // without a byte
};

struct Fetched {
  http::Url url;  // where the redirects led
  std::unique_ptr<http::ResponseStream> stream;
};

// The answer, once its head is there and good.
Async<Outcome<Fetched>> open_stream(FetchTools tools, http::Url url);

// A whole answer, or the part of it that range names.
Async<Outcome<std::string>> fetch(FetchTools tools, http::Url url, std::size_t max_bytes,
                                  std::optional<media::ByteRange> range = {});

// "forbidden_address" for what is no http address at all.
Outcome<http::Url> stream_url(std::string_view address);

// What a playlist at base means by reference.
Outcome<http::Url> stream_url(const http::Url& base, std::string_view reference);

}  // namespace vigie::capture
