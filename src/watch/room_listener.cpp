// SPDX-License-Identifier: Apache-2.0
#include "watch/room_listener.hpp"

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <set>
#include <utility>

namespace vigie::watch {
namespace {

using platform::Farewell;
using platform::LiveEvent;
using platform::LiveEventKind;
using platform::Parting;
using platform::RoomSign;

constexpr std::int64_t most_rooms = 1000;  // considered at a time
constexpr std::size_t most_unwritten = 100;
constexpr double jitter = 0.2;

// Troubles of the signer or of our budget concern every live; the others that one.
bool concerns_everybody(Parting how) {
  return how == Parting::limited || how == Parting::denied || how == Parting::failed;
}

struct Saying {
  RoomSign sign;
  std::string_view reason;
};

Saying saying_of(LiveEventKind kind) {
  switch (kind) {
    case LiveEventKind::paused:
      return {RoomSign::paused, "socket_paused"};
    case LiveEventKind::resumed:
      return {RoomSign::resumed, "socket_resumed"};
    case LiveEventKind::ended:
      return {RoomSign::ended, "socket_ended"};
    case LiveEventKind::suspended:
      return {RoomSign::ended, "socket_suspended"};
    default:
      return {RoomSign::goes_on, "socket"};
  }
}

}  // namespace

// One live that is, was or will be listened to.
struct RoomListener::Ear {
  Ear(const asio::any_io_executor& executor, OpenRoom place)
      : room{std::move(place)}, changed{executor} {}

  OpenRoom room;
  Signal changed;
  bool is_busy = false;
  bool is_gone = false;  // the live is over, or nobody follows the account any more
  int failures = 0;      // in a row
  Span retry_at{0};

  // Of the socket that is open now.
  std::optional<Span> opened_at;
  std::deque<LiveEvent> unwritten;  // pauses and ends, in their order
  std::optional<std::int64_t> viewers;
  std::optional<Span> viewers_written_at;
  std::optional<Farewell> farewell;
  RoomCounts counts;
};

RoomListener::RoomListener(asio::any_io_executor executor, OpenRooms& rooms, Accounts& accounts,
                           platform::LiveSocket& socket, Bus& bus, Clock& clock, Random& random,
                           log::Log& log, metrics::Registry& metrics, ListenOptions options)
    : executor_{executor},
      rooms_{rooms},
      accounts_{accounts},
      socket_{socket},
      bus_{bus},
      clock_{clock},
      random_{random},
      log_{log},
      metrics_{metrics},
      options_{options},
      wake_{executor} {}

std::optional<RoomCounts> RoomListener::counts(const std::string& live_id) const {
  const auto found = ears_.find(live_id);
  return found == ears_.end() || !found->second->opened_at ? std::nullopt
                                                           : std::optional{found->second->counts};
}

Async<> RoomListener::run() {
  auto on_failure = [this](const std::string& name, const std::exception_ptr& failure) {
    log_.error("listening to a live broke", {{"task", name}, {"why", words_of(failure)}});
  };
  TaskGroup ears{executor_, std::move(on_failure)};
  auto on_hint = [this](std::string_view) {
    is_stale_ = true;
    wake_.ring();
  };
  const auto of_events = bus_.subscribe(std::string{topic::events}, on_hint);
  const auto of_accounts = bus_.subscribe(std::string{topic::accounts}, on_hint);
  std::exception_ptr end;
  try {
    co_await loop(ears);
  } catch (...) {
    end = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  ears.cancel();
  co_await ears.join();
  std::rethrow_exception(end);
}

Async<> RoomListener::loop(TaskGroup& ears) {
  for (;;) {
    const auto age = clock_.steady() - loaded_at_;
    if (loaded_at_ == Span{0} || age >= options_.reload ||
        (is_stale_ && age >= options_.least_reload)) {
      co_await reload();
    }
    start_listening(ears);
    co_await wake_.wait_for(clock_, patience());
  }
}

Async<> RoomListener::reload() {
  is_stale_ = false;
  loaded_at_ = std::max(clock_.steady(), Span{1});
  std::string platform{socket_.platform()};
  const auto rooms = co_await rooms_.list(std::move(platform), most_rooms);
  if (!rooms) {
    log_.error("cannot read which lives are on", {{"why", rooms.error().what}});
    co_return;
  }
  order_.clear();
  std::set<std::string> present;
  for (const auto& room : *rooms) {
    order_.push_back(room.live_id);
    present.insert(room.live_id);
    auto& ear = ears_[room.live_id];
    if (!ear) {
      ear = std::make_shared<Ear>(executor_, room);
    }
  }
  std::erase_if(ears_, [&](const auto& entry) {
    if (present.contains(entry.first)) {
      return false;
    }
    entry.second->is_gone = true;
    entry.second->changed.ring();
    return true;
  });
}

void RoomListener::start_listening(TaskGroup& ears) {
  const auto now = clock_.steady();
  if (now < closed_until_) {
    return;
  }
  for (const auto& live_id : order_) {
    if (busy_ >= options_.most) {
      return;
    }
    const auto found = ears_.find(live_id);
    if (found == ears_.end() || found->second->is_busy || now < found->second->retry_at) {
      continue;
    }
    ++busy_;
    found->second->is_busy = true;
    ears.spawn("ear", hear(found->second));
    if (troubles_ > 0) {
      return;  // one finds out for all
    }
  }
}

Span RoomListener::patience() const {
  const auto now = clock_.steady();
  auto until = loaded_at_ + (is_stale_ ? options_.least_reload : options_.reload);
  if (now < closed_until_) {
    until = std::min(until, closed_until_);
  } else {
    for (const auto& [live_id, ear] : ears_) {
      if (!ear->is_busy && ear->retry_at > now) {
        until = std::min(until, ear->retry_at);
      }
    }
  }
  return std::max(until - now, Span{0});
}

Async<> RoomListener::hear(std::shared_ptr<Ear> ear) {
  struct Leaving {
    RoomListener& listener;
    Ear& ear;
    ~Leaving() { listener.leave(ear); }
  };
  const Leaving leaving{*this, *ear};
  auto on_failure = [this, &ear](const std::string& name, const std::exception_ptr& failure) {
    log_.error("an event socket broke", {{"task", name}, {"why", words_of(failure)}});
    ear->farewell = Farewell{Parting::failed, "a bug"};
    ear->changed.ring();
  };
  TaskGroup tasks{executor_, std::move(on_failure)};
  tasks.spawn("socket", listen(*ear));
  std::exception_ptr stopped;
  try {
    co_await write_all(*ear);
  } catch (...) {
    stopped = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  tasks.cancel();
  co_await tasks.join();
  if (stopped) {
    std::rethrow_exception(stopped);
  }
}

Async<> RoomListener::listen(Ear& ear) {
  std::function<void(const LiveEvent&)> on_event = [this, &ear](const LiveEvent& event) {
    take(ear, event);
  };
  ear.farewell = co_await socket_.listen(ear.room.room, std::move(on_event));
  ear.changed.ring();
}

void RoomListener::take(Ear& ear, const LiveEvent& event) {
  if (!ear.opened_at) {
    ear.opened_at = clock_.steady();
    ear.counts = {};
    troubles_ = 0;
    last_trouble_.clear();
    ++open_;
    metrics_.gauge("vigie_watch_sockets_open_count", "Lives that are listened to.")
        .set(static_cast<double>(open_));
    wake_.ring();  // the others may follow
  }
  count(ear, event);
  switch (event.kind) {
    case LiveEventKind::viewers:
      ear.viewers = event.number;
      break;
    case LiveEventKind::paused:
    case LiveEventKind::resumed:
    case LiveEventKind::ended:
    case LiveEventKind::suspended:
      if (ear.unwritten.size() < most_unwritten) {
        ear.unwritten.push_back(event);
      }
      break;
    default:
      return;
  }
  ear.changed.ring();
}

void RoomListener::count(Ear& ear, const LiveEvent& event) {
  std::int64_t* counter = nullptr;
  switch (event.kind) {
    case LiveEventKind::chat:
      counter = &ear.counts.chat;
      break;
    case LiveEventKind::like:
      counter = &ear.counts.likes;
      break;
    case LiveEventKind::member:
      counter = &ear.counts.members;
      break;
    case LiveEventKind::follow:
      counter = &ear.counts.follows;
      break;
    case LiveEventKind::gift:
      counter = &ear.counts.gifts;
      break;
    default:
      break;
  }
  const auto number = counter == nullptr ? 1 : event.number;
  if (counter != nullptr) {
    *counter += number;
  }
  metrics_
      .counter("vigie_watch_room_events_total", "What lives told by themselves.",
               {{"kind", to_string(event.kind)}})
      .add(static_cast<double>(number));
}

// Writes what the socket tells, in its order, until it has ended and all is written.
Async<> RoomListener::write_all(Ear& ear) {
  while (!ear.is_gone) {
    if (!ear.unwritten.empty()) {
      const auto event = ear.unwritten.front();
      ear.unwritten.pop_front();
      co_await write(ear, event);
      continue;
    }
    if (ear.farewell) {
      co_return;
    }
    if (!ear.viewers) {
      co_await ear.changed.wait();
      continue;
    }
    const auto now = clock_.steady();
    const auto due =
        ear.viewers_written_at ? *ear.viewers_written_at + options_.viewers_write : now;
    if (now < due) {
      co_await ear.changed.wait_for(clock_, due - now);
      continue;
    }
    ear.viewers_written_at = now;
    const LiveEvent event{LiveEventKind::viewers, *std::exchange(ear.viewers, {})};
    co_await write(ear, event);
  }
}

Async<> RoomListener::write(Ear& ear, LiveEvent event) {
  const auto [sign, reason] = saying_of(event.kind);
  Check check;
  check.account_id = ear.room.account_id;
  check.at = clock_.now();
  auto& seen = check.observation;
  seen.from_room = sign;
  seen.reason = reason;
  auto& facts = seen.live.emplace();
  facts.room = ear.room.room;
  if (event.kind == LiveEventKind::viewers) {
    facts.viewers = event.number;
  }
  const auto recorded = co_await accounts_.record(std::move(check));
  if (!recorded && recorded.error().code == Errc::not_found) {
    ear.is_gone = true;
  } else if (!recorded) {
    log_.error("what a live told could not be recorded", {{"why", recorded.error().what}});
  }
}

// The socket is closed; when to open the next one.
void RoomListener::leave(Ear& ear) {
  --busy_;
  ear.is_busy = false;
  const auto now = clock_.steady();
  if (ear.opened_at) {
    --open_;
    metrics_.gauge("vigie_watch_sockets_open_count", "Lives that are listened to.")
        .set(static_cast<double>(open_));
    ear.failures = now - *ear.opened_at >= options_.first_retry ? 0 : ear.failures;
  }
  const auto farewell = std::exchange(ear.farewell, {});
  if (farewell) {
    metrics_
        .counter("vigie_watch_sockets_ended_total", "Sockets of lives by why they ended.",
                 {{"how", to_string(farewell->how)}})
        .add();
    log_.info("no longer listening to a live", {{"how", std::string{to_string(farewell->how)}},
                                                {"why", farewell->words},
                                                {"chat", ear.counts.chat},
                                                {"likes", ear.counts.likes},
                                                {"gifts", ear.counts.gifts}});
    if (farewell->how != Parting::over) {
      last_trouble_ = to_string(farewell->how);
    }
    if (concerns_everybody(farewell->how)) {
      const Span wished = farewell->retry_after;
      closed_until_ = now + std::max(wished, backoff(troubles_++));
    } else {
      ear.retry_at = now + backoff(ear.failures++);
    }
  }
  ear.opened_at.reset();
  ear.unwritten.clear();
  ear.viewers.reset();
  wake_.ring();
}

Span RoomListener::backoff(int failures) {
  const auto wished = std::min<Span>(
      options_.first_retry * (std::int64_t{1} << std::min(failures, 20)), options_.longest_retry);
  return from_seconds(to_seconds(wished) * (1 + jitter * random_.unit()));
}

}  // namespace vigie::watch
