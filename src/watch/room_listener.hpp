// SPDX-License-Identifier: Apache-2.0
// Listens to what lives tell by themselves, beside the Watcher: viewers, pauses and ends are known
// at once. Whatever goes wrong here is nobody's error: looking at the accounts goes on all along.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "base/random.hpp"
#include "bus/bus.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "platform/live_socket.hpp"
#include "watch/accounts.hpp"
#include "watch/open_rooms.hpp"

namespace vigie::watch {

struct ListenOptions {
  std::size_t most = 20;                         // sockets at once
  Span reload{std::chrono::seconds{30}};         // hints may be lost: the lives are read again
  Span least_reload{std::chrono::seconds{1}};    // and however many hints come, not more often
  Span viewers_write{std::chrono::seconds{10}};  // between two numbers that are written
  Span first_retry{std::chrono::minutes{1}};     // doubled each time
  Span longest_retry{std::chrono::minutes{30}};
};

// What happened in a live since somebody listened; nothing of it is kept but the number.
struct RoomCounts {
  std::int64_t chat = 0;
  std::int64_t likes = 0;
  std::int64_t members = 0;
  std::int64_t follows = 0;
  std::int64_t gifts = 0;
};

// What is passed by reference must outlive run().
class RoomListener {
 public:
  RoomListener(asio::any_io_executor executor, OpenRooms& rooms, Accounts& accounts,
               platform::LiveSocket& socket, Bus& bus, Clock& clock, Random& random, log::Log& log,
               metrics::Registry& metrics, ListenOptions options = {});

  // Until cancelled; returns when the last socket is closed.
  Async<> run();

  // For the status page.
  std::size_t sockets_open() const { return open_; }
  const std::string& last_trouble() const { return last_trouble_; }  // a Parting; empty: none

  // Of a live that is listened to now.
  std::optional<RoomCounts> counts(const std::string& live_id) const;

 private:
  struct Ear;

  Async<> loop(TaskGroup& ears);
  Async<> reload();
  void start_listening(TaskGroup& ears);
  Span patience() const;
  Async<> hear(std::shared_ptr<Ear> ear);
  Async<> listen(Ear& ear);
  Async<> write_all(Ear& ear);
  Async<> write(Ear& ear, platform::LiveEvent event);
  void take(Ear& ear, const platform::LiveEvent& event);
  void count(Ear& ear, const platform::LiveEvent& event);
  void leave(Ear& ear);
  Span backoff(int failures);

  asio::any_io_executor executor_;
  OpenRooms& rooms_;
  Accounts& accounts_;
  platform::LiveSocket& socket_;
  Bus& bus_;
  Clock& clock_;
  Random& random_;
  log::Log& log_;
  metrics::Registry& metrics_;
  ListenOptions options_;

  Signal wake_;
  std::map<std::string, std::shared_ptr<Ear>> ears_;  // by live
  std::vector<std::string> order_;                    // of the lives, as they matter
  std::size_t busy_ = 0;                              // sockets open or being opened
  std::size_t open_ = 0;
  std::string last_trouble_;
  int troubles_ = 0;      // in a row, that concern every live
  Span closed_until_{0};  // because of them
  bool is_stale_ = true;
  Span loaded_at_{0};
};

}  // namespace vigie::watch
