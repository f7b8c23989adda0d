// SPDX-License-Identifier: Apache-2.0
// Where a platform plugs in. A source only answers questions, each with one polite request; when to
// ask, how often, retries and what to believe are the caller's (watch/).
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/async.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::platform {

// What one answer proves, and no more (tiktok protocol §6).
enum class Evidence : std::uint8_t {
  live,       // on air
  paused,     // the host paused; the same live
  not_live,   // the account exists and is not on air
  exists,     // the account exists; nothing is said about a live
  not_found,  // the main source does not know the account: alone it proves nothing
  absent,     // an independent source says the account does not exist
  unknown,    // refused, blocked, garbage, contradiction, a number nobody knows
};

// The word for metrics: the enumerator's own name.
std::string_view to_string(Evidence evidence);

// How the host took a request, whatever the answer says: what its pace is made of.
enum class Treatment : std::uint8_t {
  served,     // it answered what was asked
  failed,     // no whole answer: 5xx, timeout, broken connection, garbage; says nothing of us
  throttled,  // 429: ask less often
  blocked,    // WAF, captcha, login wall, 403, HTML or nothing where JSON is due
};

// What a live's own socket says of it (live_socket.hpp).
enum class RoomSign : std::uint8_t { goes_on, paused, resumed, ended };

struct LiveFacts {
  std::string room;  // empty where a platform numbers none: the open live goes on, or one begins
  std::string title;
  Time started_at;
  std::optional<std::int64_t> viewers;
  bool restricted = false;  // on air, but only for some: no sound to be had
};

struct Observation {
  Evidence evidence = Evidence::unknown;
  std::string reason;  // a code for the page: "status_2", "captcha", "http_429", "user_not_found" …
  std::optional<LiveFacts> live;      // with live and paused
  std::optional<RoomSign> from_room;  // told by the socket of live->room, of that live alone
  std::string stable_id;
  std::string username;  // where an answer to another question than a name says it; folded
  std::string display_name;
  std::optional<std::int64_t> followers;
  bool blocked = false;  // the host refuses us (throttled or blocked): slow down for every account
  Treatment treatment = Treatment::served;
  std::chrono::seconds retry_after{0};
};

// What a batch of rooms answered: a cheap question that tells whether known lives go on, and never
// that one began. A room that is missing in `alive` was not spoken of.
struct RoomsAnswer {
  std::map<std::string, bool> alive;  // by room
  std::string reason;                 // why there is nothing: "poisoned", "http_429" …; else empty
  bool poisoned = false;  // the canary, a room known dead, was called alive: all thrown away
  bool blocked = false;
  Treatment treatment = Treatment::served;
  std::chrono::seconds retry_after{0};
};

struct StreamAddress {
  std::string url;
  enum class Kind : std::uint8_t { flv, hls } kind = Kind::flv;
  bool audio_only = false;
};

enum class Question : std::uint8_t {
  probe,
  look_up,
  probe_rooms,
  probe_room,
  resolve,
  resolve_by_room
};

class LiveSource {
 public:
  virtual ~LiveSource() = default;
  virtual std::string_view platform() const = 0;

  // The host this question is put to: each has a budget of its own (host_queue.hpp).
  virtual std::string_view host_of(Question) const { return platform(); }

  // Is username on air? Never fails: whatever goes wrong is evidence `unknown` with its reason.
  virtual Async<Observation> probe(std::string username) = 0;

  // The same for somebody who waits for it ("check now", a new account): before what is scheduled.
  virtual Async<Observation> probe_now(std::string username) { return probe(std::move(username)); }

  // A second, independent look at whether the account exists: exists, absent or unknown.
  virtual Async<Observation> look_up(std::string username) = 0;

  // The most rooms probe_rooms() takes at once; 0: this platform has no such question.
  virtual std::size_t rooms_at_once() const { return 0; }

  // Do these lives go on? One request, at most rooms_at_once() rooms. Never fails.
  virtual Async<RoomsAnswer> probe_rooms(std::vector<std::string> rooms);

  // Whose room is this? stable_id and username where the answer says them, so that who changed
  // their name is found again; live or paused when they are on air in it, else unknown. Never
  // fails.
  virtual Async<Observation> probe_room(std::string room);

  // A fresh address of the sound. Errc::not_found: not on air any more; Errc::denied: restricted;
  // Errc::unavailable or timeout: try again later; Errc::rate_limited: refused; Errc::corrupt: on
  // air, but the answer holds no address.
  virtual Async<Result<StreamAddress>> resolve(std::string username, std::string room) = 0;

  // A second source of the address, for when the first holds none. create_paced() asks it.
  virtual Async<Result<StreamAddress>> resolve_by_room(std::string room);

  // May the sound be fetched from this host? (the platform's own suffixes)
  virtual bool is_stream_host(std::string_view host) const = 0;
};

}  // namespace vigie::platform
