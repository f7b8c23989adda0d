// SPDX-License-Identifier: Apache-2.0
// What the signer is asked and answers, and the address of the socket made of it (protocol §5).
// Pure: no I/O, no clock of its own.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "http/guard.hpp"
#include "http/message.hpp"
#include "platform/live_socket.hpp"
#include "platform/tiktok/webcast_frames.hpp"

namespace vigie::platform::tiktok {

// Our own count of what a signer is asked, whatever it would allow. An anonymous one allows 5 a
// minute, 30 an hour and 100 a day; the day's number is configured, the shares stay.
class SignBudget {
 public:
  explicit SignBudget(std::int64_t per_day);

  // Takes one and answers 0, or says how long until there is one.
  Span take(Span now);
  // The signer's own wish: nothing before that.
  void hold(Span now, Span wait) { held_until_ = std::max(held_until_, now + wait); }
  std::int64_t left(Span now) const;

 private:
  struct Window {
    Span length;
    std::int64_t most;
  };
  std::int64_t used(Span now, Span length) const;

  std::array<Window, 3> windows_;
  std::deque<Span> taken_;  // of the last day
  Span held_until_{0};
};

// "{signer}/webcast/fetch/?…".
std::string signing_url(std::string_view signer, std::string_view room);

struct Signature {
  Batch first;  // cursor, parameters, address and what the room says at the start
  std::string cookies;
};

// What the signer's answer gives, or why it gives nothing.
boost::system::result<Signature, Farewell> read_signature(const http::Response& response,
                                                          std::string_view room, Time now);

// "ttwid=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT, msToken=2" → "ttwid=1; msToken=2".
std::string cookies_in(std::string_view header);

// Retry-After, RateLimit-Reset or X-RateLimit-Reset: in seconds, or as a moment in seconds or
// milliseconds since 1970; between a second and a day, a minute when nothing readable is said.
std::chrono::seconds wait_in(const http::Headers& headers, Time now);

// The one address a signature is good for, once.
std::string socket_url(const Batch& first, std::string_view room);

// Where the signer sends us is only believed when it is TikTok's, over TLS, or the operator's own.
Result<> check_push_server(std::string_view url, const http::AddressGuard& guard);

// "Handshake-Options: ping-interval=5" → 5 s; 10 s when it says nothing, between 1 and 60 s.
Span heartbeat_interval(std::string_view handshake_options);

}  // namespace vigie::platform::tiktok
