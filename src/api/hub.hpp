// SPDX-License-Identifier: Apache-2.0
// The live feed: reads the event log once and hands each event to the sockets whose people may see
// it. I/O thread only.
#pragma once
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "async/signal.hpp"
#include "bus/bus.hpp"
#include "db/database.hpp"
#include "domain/event.hpp"
#include "domain/person.hpp"
#include "http/server.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

namespace vigie::api {

// Who listens on a socket, and what they want.
struct Listener {
  Person person;
  bool all_accounts = false;          // every followed account, not only their own
  std::optional<std::int64_t> after;  // replay what came after this event; nothing: from now on
  std::int64_t position = -1;         // of the feed when they knocked; -1: not known
  std::string session_token;          // empty for API tokens
  std::function<Async<bool>()> is_still_valid;  // asked once a minute
};

class Hub {
 public:
  Hub(const asio::any_io_executor& executor, db::Database& database, Bus& bus, Clock& clock,
      log::Log& log, metrics::Registry& metrics);

  // Reads the log on each hint, and every 2 s in case one was lost. What it says of people's
  // sessions and rights, in whatever process they changed, is asked of their sockets at once; of
  // every socket each minute. Until cancelled.
  Async<> run();

  // Replays what the listener missed, then delivers until the socket or the session ends. A
  // listener too far behind (the log no longer reaches back, or more than 500 events) gets
  // {"type":"resync"} with the newest id instead, and asks REST again. A slow reader is closed with
  // 1013.
  Async<> serve(http::WebSocket& socket, Listener listener);

  // Some sessions ended: asks each socket's now, not at the next minute.
  void check_sessions_soon();

  // Whether anybody would see an event now.
  bool has_listeners() const { return !ears_.empty(); }

  // There is something new in the log.
  void look_now() { news_.ring(); }

  // The newest event read; -1 before the first look.
  std::int64_t position() const { return position_; }

  // Closes the sockets of a session that ended.
  void close_session(std::string_view session_token);

 private:
  struct Ear {
    http::WebSocket* socket = nullptr;
    Listener listener;
    std::set<std::string, std::less<>> accounts;
    std::int64_t position = 0;  // everything up to here was delivered or is not theirs
    bool is_catching_up = true;
  };
  using Ears = std::list<Ear>;

  Async<> read_log();
  Async<> refresh_accounts(Ear& ear);
  Async<> refresh_all_accounts();
  Async<> check_sessions(const std::set<std::string, std::less<>>* of);
  Async<bool> catch_up(Ears::iterator ear);
  Async<bool> deliver_patiently(http::WebSocket& socket, std::string text);
  void broadcast(const Event& event);
  void broadcast_interim(std::string_view hint);
  void send_resync(Ear& ear);

  asio::any_io_executor executor_;
  db::Database& database_;
  Clock& clock_;
  log::Log& log_;
  Signal news_;
  bool accounts_changed_ = false;
  std::uint64_t accounts_version_ = 0;
  bool sessions_changed_ = false;
  std::set<std::string, std::less<>> doubted_;  // people whose sessions changed, here or elsewhere
  std::unique_ptr<Subscription> on_events_;
  std::unique_ptr<Subscription> on_accounts_;
  std::unique_ptr<Subscription> on_interim_;
  Ears ears_;
  std::int64_t position_ = -1;  // newest event read; -1 before the first look
  metrics::Gauge& listeners_;
  metrics::Counter& delivered_;
  metrics::Counter& dropped_;
};

// {"id":4711,"type":"…","at":"…","data":{…}}; without an id when it has none.
std::string to_message(const Event& event);

}  // namespace vigie::api
