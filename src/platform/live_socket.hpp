// SPDX-License-Identifier: Apache-2.0
// Where a platform tells by itself what happens in a live, at once. Optional, and never a
// dependency: whatever ends it, the questions of live_source.hpp go on as before.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "async/async.hpp"

namespace vigie::platform {

enum class LiveEventKind : std::uint8_t {
  alive,      // something came: the room is there
  viewers,    // how many watch now
  paused,     // by the host; the same live
  resumed,    //
  ended,      // by the host
  suspended,  // by the platform: over as well
  chat,       // these five are counted, and nothing of them is kept
  like,
  member,  // somebody came in
  follow,
  gift,
};

// The word for metrics: the enumerator's own name.
std::string_view to_string(LiveEventKind kind);

struct LiveEvent {
  LiveEventKind kind = LiveEventKind::alive;
  std::int64_t number = 1;  // the viewers, or how many of these at once
};

// Why listening to a live came to its end.
enum class Parting : std::uint8_t {
  over,     // the live is: ended or suspended was the last event
  dropped,  // the connection broke, or could not be made
  silent,   // open, and not one event for a minute
  refused,  // the platform does not let us in
  limited,  // no more sockets for now: the platform's, the signer's or our own budget
  denied,   // the signer does not serve us: a key, or another one, is needed
  failed,   // the signer is down, or answers what nobody understands
};

std::string_view to_string(Parting parting);

struct Farewell {
  Parting how = Parting::dropped;
  std::string words{};                  // for the log
  std::chrono::seconds retry_after{0};  // not before, for any live: with limited and denied
};

class LiveSocket {
 public:
  virtual ~LiveSocket() = default;
  virtual std::string_view platform() const = 0;

  // Listens to one live until one of the partings, or until cancelled. on_event is called on the
  // I/O thread and neither waits nor throws; the first call says that the socket is open.
  virtual Async<Farewell> listen(std::string room,
                                 std::function<void(const LiveEvent&)> on_event) = 0;

  // How many more may be opened today.
  virtual std::int64_t budget_left() const = 0;
};

}  // namespace vigie::platform
