// SPDX-License-Identifier: Apache-2.0
#include "platform/tiktok/webcast_signing.hpp"

#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platform/tiktok/browser.hpp"

namespace vigie::platform::tiktok {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds default_wait{60};
constexpr seconds longest_wait = hours{24};
constexpr std::size_t longest_cookies = 4 * 1024;
constexpr std::size_t longest_words = 200;
constexpr std::int64_t oldest_moment = 1'000'000'000;             // in seconds: 2001
constexpr std::int64_t oldest_moment_millis = 1'000'000'000'000;  // in milliseconds: 2001

constexpr std::array<std::string_view, 4> tiktok_suffixes{"tiktok.com", "tiktokv.com", "tiktokv.us",
                                                          "tiktokv.eu"};

// What every page of TikTok's sends (protocol §5); room, cursor and the rest come behind.
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> socket_parameters{{
    {"version_code", "180800"},
    {"aid", "1988"},
    {"app_name", "tiktok_web"},
    {"app_language", "fr"},
    {"browser_language", "fr-FR"},
    {"browser_name", "Mozilla"},
    {"browser_version", browser_version},
    {"browser_platform", "Linux x86_64"},
    {"browser_online", "true"},
    {"cookie_enabled", "true"},
    {"device_platform", "web"},
    {"identity", "audience"},
    {"live_id", "12"},
    {"update_version_code", "2.0.0"},
    {"sup_ws_ds_opt", "1"},
    {"did_rule", "3"},
    {"resp_content_type", "protobuf"},
    {"history_comment_count", "6"},
    {"heartbeat_duration", "10000"},
    {"last_rtt", "150"},
    {"client_enter", "1"},
    {"ws_direct", "1"},
    {"webcast_language", "fr"},
    {"tz_name", "Europe/Paris"},
}};

void append(std::string& url, std::string_view name, std::string_view value) {
  url += url.ends_with('?') || url.ends_with('&') ? "" : "&";
  url += http::percent_encode(name) + "=" + http::percent_encode(value);
}

bool is_attribute(std::string_view name) {
  constexpr std::array<std::string_view, 10> attributes{
      "path",     "domain", "expires",  "max-age",     "samesite",
      "httponly", "secure", "priority", "partitioned", "version"};
  return std::ranges::find(attributes, to_lower_ascii(name)) != attributes.end();
}

bool is_cookie_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < '\x7F' && c != '"' && c != ',' && c != ';' && c != '\\';
  });
}

void append_cookie(std::string& cookies, std::string_view pair) {
  pair = trim(pair);
  const auto equals = pair.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return;
  }
  const auto name = pair.substr(0, equals);
  if (is_attribute(name) || !is_cookie_text(pair) ||
      cookies.size() + pair.size() + 2 > longest_cookies) {
    return;
  }
  cookies += cookies.empty() ? "" : "; ";
  cookies += pair;
}

Farewell farewell(Parting how, std::string words, seconds retry_after = seconds{0}) {
  Farewell why;
  why.how = how;
  why.words = std::move(words);
  why.retry_after = retry_after;
  return why;
}

// What a signer says of itself in words, for the log.
std::string words_in(const http::Response& response) {
  const auto value = parse_json(response.body);
  const auto message = value ? get_string(*value, "message") : std::nullopt;
  return clean_utf8(message.value_or(""), longest_words);
}

Farewell refusal(const http::Response& response, Time now) {
  const auto words = fmt::format("the signer says {} {}", response.status, words_in(response));
  switch (response.status) {
    case 429:
      return farewell(Parting::limited, words, wait_in(response.headers, now));
    case 401:
    case 402:
    case 403:
      return farewell(Parting::denied, words, hours{1});
    default:
      return farewell(Parting::failed, words);
  }
}

// "protubuf" is how the known signer spells it.
bool is_binary(std::string_view content_type) {
  const auto type = to_lower_ascii(content_type);
  return type.find("proto") != std::string::npos || type.find("protubuf") != std::string::npos ||
         type.find("octet-stream") != std::string::npos;
}

}  // namespace

SignBudget::SignBudget(std::int64_t per_day)
    : windows_{{{minutes{1}, std::max<std::int64_t>(per_day / 20, 1)},
                {hours{1}, std::max<std::int64_t>(per_day * 3 / 10, 1)},
                {hours{24}, std::max<std::int64_t>(per_day, 1)}}} {}

std::int64_t SignBudget::used(Span now, Span length) const {
  return std::ranges::count_if(taken_, [&](Span at) { return at > now - length; });
}

Span SignBudget::take(Span now) {
  while (!taken_.empty() && taken_.front() <= now - windows_.back().length) {
    taken_.pop_front();
  }
  Span wait = std::max(held_until_ - now, Span{0});
  for (const auto& window : windows_) {
    const auto count = used(now, window.length);
    if (count >= window.most) {
      // Once the one that is `most` back has left the window there is place again.
      const auto& oldest = taken_[taken_.size() - static_cast<std::size_t>(window.most)];
      wait = std::max(wait, oldest + window.length - now);
    }
  }
  if (wait <= Span{0}) {
    taken_.push_back(now);
  }
  return wait;
}

std::int64_t SignBudget::left(Span now) const {
  if (now < held_until_) {
    return 0;
  }
  return std::max<std::int64_t>(windows_.back().most - used(now, windows_.back().length), 0);
}

std::string signing_url(std::string_view signer, std::string_view room) {
  while (signer.ends_with('/')) {
    signer.remove_suffix(1);
  }
  auto url = std::string{signer} + "/webcast/fetch/?";
  append(url, "client", "vigie");
  append(url, "room_id", room);
  append(url, "user_agent", user_agent);
  append(url, "platform", "web");
  append(url, "client_enter", "true");
  return url;
}

boost::system::result<Signature, Farewell> read_signature(const http::Response& response,
                                                          std::string_view room, Time now) {
  if (response.status != 200) {
    return refusal(response, now);
  }
  if (!is_binary(response.headers.get("Content-Type"))) {
    return farewell(Parting::failed, "the signer's answer is not of the type it should be");
  }
  const auto signed_room = response.headers.get("X-Room-Id");
  if (!signed_room.empty() && signed_room != room) {
    return farewell(Parting::failed, "the signer signed for another room");
  }
  Signature signature;
  signature.first = decode_batch(response.body, room);
  signature.cookies = cookies_in(response.headers.get("X-Set-TT-Cookie"));
  if (signature.first.push_server.empty()) {
    return farewell(Parting::failed, "the signer names no socket");
  }
  if (signature.cookies.empty()) {
    return farewell(Parting::failed, "the signer gives no cookie");
  }
  return signature;
}

std::string cookies_in(std::string_view header) {
  std::string cookies;
  for (const auto part : split(header, ';')) {
    // Several cookies in one field are separated by commas, and the date of Expires has one too.
    for (const auto piece : split(part, ',')) {
      append_cookie(cookies, piece);
    }
  }
  return cookies;
}

seconds wait_in(const http::Headers& headers, Time now) {
  for (const auto* name : {"Retry-After", "RateLimit-Reset", "X-RateLimit-Reset"}) {
    const auto number = to_integer(trim(headers.get(name)));
    if (!number || *number < 0) {
      continue;
    }
    const auto now_seconds = to_micros(now) / 1'000'000;
    std::int64_t wait = *number;
    if (*number >= oldest_moment_millis) {
      wait = *number / 1000 - now_seconds;
    } else if (*number >= oldest_moment) {
      wait = *number - now_seconds;
    }
    return std::clamp(seconds{wait}, seconds{1}, longest_wait);
  }
  return default_wait;
}

std::string socket_url(const Batch& first, std::string_view room) {
  auto url = first.push_server;
  url += url.find('?') == std::string::npos ? "?" : "&";
  for (const auto& [name, value] : first.route_params) {
    append(url, name, value);
  }
  for (const auto& [name, value] : socket_parameters) {
    append(url, name, value);
  }
  append(url, "internal_ext", first.internal_ext);
  append(url, "cursor", first.cursor);
  append(url, "room_id", room);
  append(url, "compress", "gzip");
  // A second one, as TikTok's own page sends it.
  append(url, "version_code", "270000");
  return url;
}

Result<> check_push_server(std::string_view url, const http::AddressGuard& guard) {
  std::string address{url};
  const bool is_socket =
      starts_with_ignoring_case(address, "ws://") || starts_with_ignoring_case(address, "wss://");
  if (is_socket) {
    address.replace(0, 2, "http");
  }
  const auto parsed = http::parse_url(address);
  if (!parsed) {
    return parsed.error();
  }
  if (!is_socket) {
    return make_error(Errc::denied, "the socket's address is no socket's");
  }
  const bool is_tiktok =
      parsed->scheme == "https" && std::ranges::any_of(tiktok_suffixes, [&](auto suffix) {
        return http::host_matches(parsed->host, suffix);
      });
  if (!is_tiktok && !guard.is_trusted(*parsed)) {
    return make_error(Errc::denied, "{} is no host of TikTok's", parsed->host);
  }
  return {};
}

Span heartbeat_interval(std::string_view handshake_options) {
  constexpr seconds usual{10};
  constexpr std::string_view name = "ping-interval=";
  for (const auto part : split(handshake_options, ';')) {
    const auto option = trim(part);
    if (starts_with_ignoring_case(option, name)) {
      const auto number = to_integer(option.substr(name.size()));
      return number ? std::clamp(seconds{*number}, seconds{1}, seconds{60}) : usual;
    }
  }
  return usual;
}

}  // namespace vigie::platform::tiktok
