// SPDX-License-Identifier: Apache-2.0
#include "sim/webcast.hpp"

#include "base/text.hpp"
#include "sim/pages.hpp"

namespace vigie::sim {
namespace {

constexpr std::string_view socket_path = "/webcast/im/ws";
constexpr std::string_view fetch_path = "/webcast/im/fetch";
constexpr std::size_t longest_frame = 64U << 10U;
constexpr std::size_t most_unacknowledged = 1000;
constexpr Span look_interval = std::chrono::milliseconds{200};
constexpr Span viewers_interval = std::chrono::seconds{10};
// A client that does not even send heartbeats is gone; one whose live is over may go by itself.
constexpr Span longest_silence = std::chrono::seconds{60};
constexpr Span goodbye_delay = std::chrono::seconds{3};
constexpr std::size_t longest_words = 500;
constexpr std::size_t bomb_size = 64U << 20U;

http::Response refused(std::string_view message, std::string_view status) {
  http::Response response;
  response.headers.set("Handshake-Msg", std::string{message});
  response.headers.set("Handshake-Status", std::string{status});
  return response;
}

// What a fault makes of a handshake. Most faults are of pages; these are of connections too.
std::optional<http::Answer> misbehave(const Fault& fault) {
  http::Response response;
  switch (fault.mode) {
    case Mode::reset:
      return http::Reset{};
    case Mode::http_429:
      response.status = 429;
      response.headers.set("Retry-After", std::to_string(fault.retry_after.count()));
      return response;
    case Mode::http_500:
      response.status = 500;
      return response;
    default:
      break;
  }
  if (fault.names_route && fault.mode == Mode::forbidden) {
    return refused("DEVICE_BLOCKED", "415");
  }
  if (fault.names_route && fault.mode == Mode::params_error) {
    response = refused("illegal app_id", "417");
    response.status = 400;
    return response;
  }
  return std::nullopt;
}

bool sends_cookie(const http::Request& request, std::string_view cookie) {
  for (const auto part : split(request.headers.get("cookie"), ';')) {
    if (trim(part) == cookie) {
      return true;
    }
  }
  return false;
}

// Nothing when the ticket is for this very request.
std::optional<http::Response> reject(const http::Request& request, const Ticket& ticket) {
  if (request.parameter("aid") != "1988") {
    return refused("illegal app_id", "417");
  }
  if (request.parameter("room_id") != ticket.room) {
    return refused("illegal secret key", "415");
  }
  const bool is_same_agent =
      ticket.user_agent.empty() || request.headers.get("user-agent") == ticket.user_agent;
  if (!is_same_agent || !sends_cookie(request, ticket.cookie)) {
    return refused("DEVICE_BLOCKED", "415");
  }
  return std::nullopt;
}

webcast::PushFrame transport_frame(std::string_view type) {
  webcast::PushFrame frame;
  frame.set_payload_type(std::string{type});
  frame.set_payload_encoding("pb");
  return frame;
}

}  // namespace

Webcast::Webcast(const asio::any_io_executor& executor, TaskGroup& tasks, Clock& clock,
                 World& world, Faults& faults, Stats& stats, Random& random, Signer::BaseOf base_of)
    : clock_{clock},
      tasks_{tasks},
      world_{world},
      faults_{faults},
      stats_{stats},
      random_{random},
      signer_{world, faults, stats, random, std::move(base_of)},
      changed_{executor} {}

bool Webcast::serves(std::string_view path) const {
  return path.starts_with(socket_path) || path.starts_with(fetch_path) || Signer::serves(path);
}

Async<http::Answer> Webcast::answer(http::Request request) {
  if (Signer::serves(request.path)) {
    co_return signer_.answer(request);
  }
  if (request.path.starts_with(fetch_path)) {
    // Unsigned, as every request here: reached, and refused without a word.
    stats_.request("im_fetch", Host::webcast);
    co_return http::Response{};
  }
  co_return connect(request);
}

http::Answer Webcast::connect(const http::Request& request) {
  stats_.request("webcast", Host::webcast);
  auto ticket = signer_.take(request.parameter("wrss").value_or(""));
  const auto room = world_.find_room(ticket ? ticket->room : "");
  const auto user = room ? room->live->username : std::string{};
  stats_.of_user("webcast", user);
  auto failure = misbehave(faults_.take(user, "webcast", world_.now()));
  if (failure) {
    return std::move(*failure);
  }
  if (!ticket) {
    return refused("illegal secret key", "415");
  }
  auto rejection = reject(request, *ticket);
  if (rejection) {
    return std::move(*rejection);
  }
  http::Upgrade upgrade;
  const bool wants_gzip = request.parameter("compress") == "gzip";
  upgrade.session = [this, ticket = std::move(*ticket), wants_gzip](http::WebSocket& socket) {
    return serve(&socket, ticket, wants_gzip);
  };
  upgrade.subprotocol = "echo-protocol";
  upgrade.headers.set("Handshake-Options", "ping-interval=5");
  upgrade.headers.set("Handshake-Status", "0");
  upgrade.is_binary = true;
  upgrade.longest_message = longest_frame;
  upgrade.has_pings = false;
  return upgrade;
}

Async<> Webcast::serve(http::WebSocket* socket, Ticket ticket, bool wants_gzip) {
  const Stats::Open open{stats_, "webcast"};
  const auto room = world_.find_room(ticket.room);
  const auto place = clients_.insert(
      clients_.end(),
      Client{.socket = *socket,
             .room = ticket.room,
             .user = room ? room->live->username : "",
             .wants_gzip = wants_gzip,
             .last_heard = world_.now(),
             .unacknowledged = {},
             .shown = room ? world_.status(*room->live, world_.now()) : Status::over,
             .shown_viewers = {},
             .leaves = {}});
  struct Leaving {
    std::list<Client>& clients;
    std::list<Client>::iterator place;
    ~Leaving() { clients.erase(place); }
  };
  const Leaving leaving{clients_, place};
  if (!looks_around_) {
    looks_around_ = true;
    tasks_.spawn("webcast", look_around());
  }
  while (true) {
    const auto bytes = co_await socket->receive();
    if (!bytes) {
      co_return;
    }
    hear(*place, *bytes);
  }
}

void Webcast::hear(Client& client, const std::string& bytes) {
  webcast::PushFrame frame;
  if (!frame.ParseFromString(bytes)) {
    stats_.note("webcast", "unreadable");
    client.socket.close(1007, "not a frame");
    return;
  }
  client.last_heard = world_.now();
  if (frame.payload_type() == "hb") {
    stats_.note("webcast", "heartbeats");
    send_frame(client, transport_frame("hb"));
  } else if (frame.payload_type() == "im_enter_room") {
    enter(client, frame);
  } else if (frame.payload_type() == "ack") {
    hear_acknowledgement(client, frame);
  } else {
    stats_.note("webcast", "unknown");
  }
}

void Webcast::hear_acknowledgement(Client& client, const webcast::PushFrame& frame) {
  const auto place = client.unacknowledged.find(frame.log_id());
  const bool is_right = place != client.unacknowledged.end() && frame.payload() == place->second;
  stats_.note("webcast", is_right ? "acks" : "wrong_acks");
  if (place != client.unacknowledged.end()) {
    client.unacknowledged.erase(place);
  }
}

void Webcast::enter(Client& client, const webcast::PushFrame& frame) {
  webcast::EnterRoom wish;
  const bool is_right = wish.ParseFromString(frame.payload()) &&
                        std::to_string(wish.room_id()) == client.room && wish.live_id() == 12 &&
                        wish.identity() == "audience";
  stats_.note("webcast", is_right ? "entered" : "wrong_rooms");
  if (is_right) {
    client.is_in = true;
    client.next_viewers = world_.now();
    send_frame(client, transport_frame("im_enter_room_resp"));
    changed_.ring();
  }
}

// What was planned happens because the clock says so: somebody has to look.
Async<> Webcast::look_around() {
  while (!clients_.empty()) {
    for (auto& client : clients_) {
      look(client);
    }
    static_cast<void>(co_await changed_.wait_for(clock_, look_interval));
  }
  looks_around_ = false;
}

void Webcast::look(Client& client) {
  const auto now = world_.now();
  if (now - client.last_heard >= longest_silence || (client.leaves && now >= *client.leaves)) {
    client.socket.close(1000, "");
    return;
  }
  if (!client.is_in || client.leaves) {
    return;
  }
  const auto room = world_.find_room(client.room);
  const auto status = room ? world_.status(*room->live, now) : Status::over;
  if (status != client.shown) {
    show_status(client, status);
  }
  if (status != Status::over) {
    show_viewers(client, *room->live);
  }
}

void Webcast::show_status(Client& client, Status status) {
  auto action = status == Status::paused ? webcast::CONTROL_PAUSED : webcast::CONTROL_UNPAUSED;
  if (status == Status::over) {
    action = suspended_.contains(client.room) ? webcast::CONTROL_SUSPENDED : webcast::CONTROL_ENDED;
    client.leaves = world_.now() + goodbye_delay;
  }
  client.shown = status;
  push(client, control_message(next_message(client.room), action));
}

// At once when they were set by hand, now and then as the plan has them.
void Webcast::show_viewers(Client& client, const Live& live) {
  const auto now = world_.now();
  if (now < client.next_viewers && live.viewers == client.shown_viewers) {
    return;
  }
  client.shown_viewers = live.viewers;
  client.next_viewers = now + viewers_interval;
  push(client,
       viewers_message(next_message(client.room), live.viewers_at(now), live.entered_at(now)));
}

MessageContext Webcast::next_message(const std::string& room) {
  return {.room = to_integer(room).value_or(0),
          .message = (to_micros(world_.wall()) << 8U) + (++messages_ & 0xFFU),
          .now = world_.wall()};
}

Mode Webcast::mode_of(const Client& client) const {
  const auto fault = faults_.at(client.user, "webcast", world_.now());
  return fault.names_route ? fault.mode : Mode::ok;
}

void Webcast::push(Client& client, webcast::BaseMessage message) {
  const auto mode = mode_of(client);
  const auto millis =
      std::chrono::duration_cast<std::chrono::milliseconds>(world_.wall().time_since_epoch())
          .count();
  webcast::FetchResult result;
  if (mode == Mode::poison) {
    *result.add_messages() = broken_message(next_message(client.room));
  }
  *result.add_messages() = std::move(message);
  result.set_cursor(fmt::format("t-{}_r-1_d-1_u-1_h-1", millis));
  result.set_fetch_interval(1000);
  result.set_now(millis);
  result.set_internal_ext(fmt::format("fetch_time:{}|ack_ids:|flag:0|seq:{}", millis, log_id_ + 1));
  result.set_heartbeat_duration(10'000);
  result.set_need_ack(true);

  auto frame = transport_frame("msg");
  frame.set_seq_id(++client.frames);
  frame.set_log_id(++log_id_);
  frame.set_service(10'003);
  frame.set_method(1);
  auto& header = *frame.add_headers();
  header.set_key("compress_type");
  header.set_value(client.wants_gzip ? "gzip" : "none");
  auto payload = result.SerializeAsString();
  if (mode == Mode::huge) {
    payload.append(bomb_size, '\0');
  }
  frame.set_payload(client.wants_gzip ? gzip(payload) : payload);
  if (client.unacknowledged.size() < most_unacknowledged) {
    client.unacknowledged[frame.log_id()] = result.internal_ext();
  }
  stats_.note("webcast", "frames");
  send_frame(client, frame);
}

void Webcast::send_frame(Client& client, const webcast::PushFrame& frame) {
  auto bytes = frame.SerializeAsString();
  const auto mode = mode_of(client);
  if (mode == Mode::empty) {
    return;  // an open socket on which nothing comes
  }
  if (mode == Mode::truncated) {
    bytes.resize(bytes.size() / 2);
  } else if (mode == Mode::garbage) {
    bytes = from_hex(random_.hex(bytes.size())).value_or("");
  }
  if (!client.socket.send(std::move(bytes))) {
    client.socket.close(1013, "too slow");
  }
}

std::optional<Result<>> Webcast::emit(const http::Request& request) {
  const auto what = request.parameter("what").value_or("");
  // The controls do the rest of what follows; whoever listens is told as soon as they have.
  changed_.ring();
  if (!is_emission(what) && what != "suspend") {
    return std::nullopt;
  }
  const auto user = request.parameter("user").value_or("");
  const auto* account = world_.find(user);
  const auto now = world_.now();
  const auto live = account == nullptr ? nullptr : account->last_live(now);
  if (!live || live->status(now) == Status::over) {
    return make_error(Errc::not_found, "{} is not on air", clean_utf8(user, longest_words));
  }
  if (what == "suspend") {
    suspended_.insert(live->room);
    return world_.end(user);
  }
  const auto count = to_integer(request.parameter("count").value_or("1"));
  if (!count || *count < 0) {
    return make_error(Errc::invalid, "count must be a whole number");
  }
  const Emission emission{
      .what = what,
      .name = clean_utf8(request.parameter("name").value_or("spectateur"), longest_words),
      .text = clean_utf8(request.parameter("text").value_or(""), longest_words),
      .count = *count};
  auto& likes = likes_[live->room];
  likes += what == "like" ? *count : 0;
  const RoomTotals totals{.likes = likes,
                          .viewers = live->viewers_at(now),
                          .followers = account->plan.followers,
                          .host = account->plan.username};
  for (auto& client : clients_) {
    if (client.room == live->room && client.is_in) {
      push(client, emitted_message(next_message(live->room), emission, totals));
    }
  }
  return Result<>{};
}

}  // namespace vigie::sim
