// SPDX-License-Identifier: Apache-2.0
#include "api/hub.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "api/access.hpp"
#include "api/follows.hpp"
#include "base/json.hpp"
#include "db/event_log.hpp"
#include "notify/interruptions.hpp"

namespace vigie::api {
namespace {

constexpr std::int64_t page_of_events = 100;
constexpr std::int64_t longest_replay = 500;
constexpr Span sweep{2'000'000};
constexpr Span session_check{60'000'000};
constexpr Span pause_for_slow_reader{50'000};
constexpr int patience_for_slow_reader = 100;  // pauses: 5 s
constexpr Span pause_between_messages{50'000};
constexpr int most_messages_at_once = 40;
constexpr std::uint16_t policy_violation = 1008;
constexpr std::uint16_t try_again_later = 1013;

// What a page needs to know of them beside what happened.
Result<std::vector<Event>> for_pages(db::Transaction& transaction,
                                     Result<std::vector<Event>> events, Time now) {
  if (events) {
    if (auto marked = notify::mark_interruptions(transaction, *events, now); !marked) {
      return marked.error();
    }
  }
  return events;
}

bool may_see(const Listener& listener, const std::set<std::string, std::less<>>& accounts,
             const Event& event) {
  if ((roles_for_event(event.type) & role_bit(listener.person.role)) == 0) {
    return false;
  }
  if (!event.person_id.empty()) {
    return event.person_id == listener.person.id;
  }
  return listener.all_accounts || accounts.contains(event.account_id);
}

}  // namespace

std::string to_message(const Event& event) {
  const auto id = event.id == 0 ? std::string{} : fmt::format(R"("id":{},)", event.id);
  return fmt::format(R"({{{}"type":"{}","at":"{}","data":{}}})", id, event.type,
                     to_rfc3339(event.at), event.data);
}

Hub::Hub(const asio::any_io_executor& executor, db::Database& database, Bus& bus, Clock& clock,
         log::Log& log, metrics::Registry& metrics)
    : executor_{executor},
      database_{database},
      clock_{clock},
      log_{log},
      news_{executor},
      on_events_{
          bus.subscribe(std::string{topic::events}, [this](std::string_view) { news_.ring(); })},
      on_accounts_{bus.subscribe(std::string{topic::accounts},
                                 [this](std::string_view) {
                                   accounts_changed_ = true;
                                   ++accounts_version_;
                                   news_.ring();
                                 })},
      on_interim_{bus.subscribe(std::string{topic::interim},
                                [this](std::string_view hint) { broadcast_interim(hint); })},
      listeners_{metrics.gauge("vigie_api_listeners", "Open event sockets.")},
      delivered_{metrics.counter("vigie_api_events_delivered_total", "Events handed to sockets.")},
      dropped_{metrics.counter("vigie_api_slow_listeners_total",
                               "Sockets closed because they read too slowly.")} {}

Async<> Hub::run() {
  auto next_check = clock_.steady() + session_check;
  for (;;) {
    if (std::exchange(accounts_changed_, false)) {
      co_await refresh_all_accounts();
    }
    co_await read_log();
    const auto doubted = std::exchange(doubted_, {});
    if (std::exchange(sessions_changed_, false) || clock_.steady() >= next_check) {
      co_await check_sessions(nullptr);
      next_check = clock_.steady() + session_check;
    } else if (!doubted.empty()) {
      co_await check_sessions(&doubted);
    }
    co_await news_.wait_for(clock_, sweep);
  }
}

Async<> Hub::read_log() {
  for (;;) {
    const auto from = position_;
    std::function<Result<std::vector<Event>>(db::Transaction&)> work =
        [from, now = clock_.now()](db::Transaction& transaction) -> Result<std::vector<Event>> {
      if (from >= 0) {
        return for_pages(transaction, db::events_after(transaction, from, page_of_events), now);
      }
      auto newest = db::newest_event(transaction);
      if (!newest) {
        return newest.error();
      }
      Event start;
      start.id = *newest;
      return std::vector<Event>{start};
    };
    const auto events = co_await db::read<std::vector<Event>>(database_, std::move(work));
    if (!events) {
      log_.warn("reading the event log failed", {{"why", events.error().what}});
      co_return;
    }
    if (from < 0) {
      // Who looked first said where the feed begins; what happened since is still to be told.
      if (position_ < 0) {
        position_ = events->front().id;
      }
      continue;
    }
    for (const auto& event : *events) {
      if (event.id > position_) {  // somebody else may have read on while we waited
        position_ = event.id;
        broadcast(event);
      }
    }
    if (static_cast<std::int64_t>(events->size()) < page_of_events) {
      co_return;
    }
  }
}

void Hub::broadcast(const Event& event) {
  if (event.type == event_type::people_changed) {
    const auto said = parse_json(event.data);
    doubted_.insert(said ? get_string(*said, "person_id").value_or("") : "");
    return;
  }
  std::string message;
  for (auto& ear : ears_) {
    // What the replay already sent may be ahead of what was read here.
    const bool is_told = event.id != 0 && event.id <= ear.position;
    if (ear.is_catching_up || is_told || !may_see(ear.listener, ear.accounts, event)) {
      continue;
    }
    if (message.empty()) {
      message = to_message(event);
    }
    if (ear.socket->send(message)) {
      delivered_.add();
    } else {
      dropped_.add();
      ear.socket->close(try_again_later, "too slow");
    }
  }
}

void Hub::broadcast_interim(std::string_view hint) {
  const auto message = parse_json(hint);
  const auto account = message ? get_string(*message, "account_id") : std::nullopt;
  const auto* data =
      message && message->is_object() ? message->get_object().if_contains("data") : nullptr;
  if (!account || data == nullptr) {
    log_.warn("an unfinished text came in another form than expected");
    return;
  }
  Event event;
  event.type = event_type::segment_interim;
  event.at = clock_.now();
  event.account_id = *account;
  event.data = boost::json::serialize(*data);
  broadcast(event);
}

Async<> Hub::serve(http::WebSocket& socket, Listener listener) {
  const auto ear = ears_.emplace(ears_.end());
  ear->socket = &socket;
  ear->listener = std::move(listener);
  struct Leave {
    Hub& hub;
    Ears::iterator ear;
    ~Leave() {
      hub.ears_.erase(ear);
      hub.listeners_.set(static_cast<double>(hub.ears_.size()));
    }
  };
  const Leave leave{*this, ear};
  listeners_.set(static_cast<double>(ears_.size()));

  co_await refresh_accounts(*ear);
  const bool is_ready = co_await catch_up(ear);
  if (!is_ready) {
    co_return;
  }
  for (auto due = clock_.steady();;) {
    const auto message = co_await socket.receive();  // browsers say nothing; this notices the end
    if (!message) {
      co_return;
    }
    due = std::max(due, clock_.steady()) + pause_between_messages;
    if (due - clock_.steady() > pause_between_messages * most_messages_at_once) {
      socket.close(policy_violation, "too many messages");
      co_return;
    }
  }
}

Async<bool> Hub::catch_up(Ears::iterator ear) {
  if (position_ < 0 || ear->listener.after.value_or(0) > position_) {
    co_await read_log();
  }
  const auto knocked = ear->listener.position;
  ear->position = ear->listener.after.value_or(knocked >= 0 ? knocked : position_);
  if (ear->position > position_) {
    // Numbers of another database: what this browser shows is not ours.
    send_resync(*ear);
  }
  for (std::int64_t sent = 0; ear->position < position_;) {
    const auto after = ear->position;
    const auto person = ear->listener.person.id;
    const auto all = ear->listener.all_accounts;
    std::int64_t oldest = 0;
    std::function<Result<std::vector<Event>>(db::Transaction&)> work =
        [after, person, all, &oldest,
         now = clock_.now()](db::Transaction& transaction) -> Result<std::vector<Event>> {
      auto first = db::oldest_event(transaction);
      if (!first) {
        return first.error();
      }
      oldest = *first;
      return for_pages(transaction, db::events_for(transaction, person, all, after, page_of_events),
                       now);
    };
    const auto target = position_;
    const auto events = co_await db::read<std::vector<Event>>(database_, std::move(work));
    if (!events) {
      ear->socket->close(try_again_later, "the database does not answer");
      co_return false;
    }
    sent += static_cast<std::int64_t>(events->size());
    if (after + 1 < oldest || sent > longest_replay) {
      send_resync(*ear);
      break;
    }
    for (const auto& event : *events) {
      auto message = to_message(event);
      const bool is_sent = co_await deliver_patiently(*ear->socket, std::move(message));
      if (!is_sent) {
        co_return false;
      }
      ear->position = event.id;
    }
    if (static_cast<std::int64_t>(events->size()) < page_of_events) {
      ear->position = std::max(ear->position, target);
    }
  }
  // Nothing was awaited since the last look at position_: no event falls between.
  ear->is_catching_up = false;
  co_return true;
}

void Hub::send_resync(Ear& ear) {
  const auto message = fmt::format(R"({{"id":{},"type":"resync","at":"{}","data":{{}}}})",
                                   position_, to_rfc3339(clock_.now()));
  ear.socket->send(message);
  ear.position = position_;
}

Async<bool> Hub::deliver_patiently(http::WebSocket& socket, std::string text) {
  for (int i = 0; i < patience_for_slow_reader; ++i) {
    if (socket.send(text)) {
      delivered_.add();
      co_return true;
    }
    co_await clock_.sleep(pause_for_slow_reader);
  }
  dropped_.add();
  socket.close(try_again_later, "too slow");
  co_return false;
}

Async<> Hub::refresh_accounts(Ear& ear) {
  const auto person = ear.listener.person.id;
  std::uint64_t read_at = 0;
  do {
    read_at = accounts_version_;  // another by the answer: that may be what was followed before
    auto accounts = co_await followed_accounts(database_, person);
    if (accounts) {
      ear.accounts = std::move(*accounts);
    } else {
      log_.warn("reading the accounts of a listener failed", {{"why", accounts.error().what}});
    }
  } while (read_at != accounts_version_);
}

Async<> Hub::refresh_all_accounts() {
  std::set<std::string, std::less<>> people;
  for (const auto& ear : ears_) {
    people.insert(ear.listener.person.id);
  }
  for (const auto& person : people) {
    auto accounts = co_await followed_accounts(database_, person);
    for (auto& ear : ears_) {
      if (accounts && ear.listener.person.id == person) {
        ear.accounts = *accounts;
      }
    }
  }
}

// Of these people, or of everybody.
Async<> Hub::check_sessions(const std::set<std::string, std::less<>>* of) {
  std::vector<std::function<Async<bool>()>> checks;
  std::vector<http::WebSocket*> sockets;
  for (const auto& ear : ears_) {
    if (of == nullptr || of->contains(ear.listener.person.id)) {
      checks.push_back(ear.listener.is_still_valid);
      sockets.push_back(ear.socket);
    }
  }
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const bool is_valid = co_await checks[i]();
    // The socket may have gone while we asked.
    const auto ear = std::ranges::find(ears_, sockets[i], &Ear::socket);
    if (!is_valid && ear != ears_.end()) {
      ear->socket->close(policy_violation, "the session ended");
    }
  }
}

void Hub::check_sessions_soon() {
  sessions_changed_ = true;
  news_.ring();
}

void Hub::close_session(std::string_view session_token) {
  for (const auto& ear : ears_) {
    if (!session_token.empty() && ear.listener.session_token == session_token) {
      ear.socket->close(policy_violation, "the session ended");
    }
  }
}

}  // namespace vigie::api
