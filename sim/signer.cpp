// SPDX-License-Identifier: Apache-2.0
#include "sim/signer.hpp"

#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "sim/pages.hpp"
#include "sim/webcast_messages.hpp"

namespace vigie::sim {
namespace {

constexpr Span ticket_life = std::chrono::seconds{30};
constexpr std::size_t most_tickets = 100'000;
constexpr std::string_view fetch_path = "/webcast/fetch";
constexpr std::string_view limits_path = "/webcast/rate_limits";
constexpr std::string_view rooms_path = "/webcast/rooms/";
constexpr std::string_view connect_suffix = "/connect";

std::string_view without_slash(std::string_view path) {
  return path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

// "/webcast/rooms/{id}/connect" → id.
std::optional<std::string> room_in(std::string_view path) {
  if (!path.starts_with(rooms_path) || !path.ends_with(connect_suffix) ||
      path.size() < rooms_path.size() + connect_suffix.size()) {
    return std::nullopt;
  }
  path.remove_prefix(rooms_path.size());
  path.remove_suffix(connect_suffix.size());
  return std::string{path};
}

http::Response refusal(int status, std::string_view message) {
  return json_response({{"code", status}, {"message", message}}, status);
}

http::Response too_many(std::chrono::seconds retry_after) {
  auto response = json_response({{"code", 429},
                                 {"message", "Too many connections started, try again later."},
                                 {"limit_label", "minute"}},
                                429);
  const auto seconds = std::to_string(retry_after.count());
  for (const auto* name : {"RateLimit-Reset", "Retry-After", "X-RateLimit-Reset"}) {
    response.headers.set(name, seconds);
  }
  return response;
}

// "http://host" → the address of the socket there.
std::string push_server(std::string base) {
  constexpr std::string_view http = "http";
  base.replace(0, std::min(http.size(), base.size()), "ws");
  return base + "/webcast/im/ws_proxy/ws_reuse_supplement/";
}

// How the signer fails. Only faults meant for it count: it is no host of TikTok's.
std::optional<http::Answer> misbehave(const Fault& fault) {
  if (!fault.names_route) {
    return std::nullopt;
  }
  http::Response response;
  switch (fault.mode) {
    case Mode::http_429:
      return too_many(fault.retry_after);
    case Mode::http_500:
      return refusal(500, "Internal error");
    case Mode::forbidden:
      return refusal(403, "You do not have permission to use this route.");
    case Mode::login:  // the nearest there is to "pay first"
      return refusal(402, "This feature needs a paid plan.");
    case Mode::params_error:
      return refusal(404, "Not found");
    case Mode::empty:
      return response;
    case Mode::garbage:
      response.headers.set("Content-Type", "application/protubuf");
      response.headers.set("X-Set-TT-Cookie", "ttwid=0");
      response.body = "\xFF\xFF\xFFnot a fetch result";
      return response;
    case Mode::reset:
      return http::Reset{};
    default:
      return std::nullopt;
  }
}

}  // namespace

Signer::Signer(World& world, Faults& faults, Stats& stats, Random& random, BaseOf base_of)
    : world_{world},
      faults_{faults},
      stats_{stats},
      random_{random},
      base_of_{std::move(base_of)} {}

bool Signer::serves(std::string_view path) {
  path = without_slash(path);
  return path == fetch_path || path == limits_path || room_in(path).has_value();
}

http::Answer Signer::answer(const http::Request& request) {
  const auto path = without_slash(request.path);
  if (path == limits_path) {
    const auto fault = faults_.at("", "signer", world_.now());
    return limits(fault.names_route && fault.mode == Mode::http_429);
  }
  return sign(request, room_in(path).value_or(request.parameter("room_id").value_or("")));
}

http::Answer Signer::sign(const http::Request& request, const std::string& room) {
  stats_.request("signer");
  const auto found = world_.find_room(room);
  const auto user = found ? found->live->username : std::string{};
  stats_.of_user("signer", user);
  auto failure = misbehave(faults_.take(user, "signer", world_.now()));
  if (failure) {
    return std::move(*failure);
  }
  if (request.parameter("client").value_or("").empty()) {
    return refusal(400, "client: who asks?");
  }
  if (!found || world_.status(*found->live, world_.now()) == Status::over) {
    return refusal(404, "No such room is on air.");
  }
  ++signed_;
  return first_result(request, *found);
}

http::Response Signer::first_result(const http::Request& request, const World::Room& room) {
  const auto now = world_.now();
  std::erase_if(tickets_, [now](const auto& entry) { return entry.second.expires < now; });
  if (tickets_.size() >= most_tickets) {
    return too_many(std::chrono::seconds{30});
  }
  const auto token = random_.hex(16);
  const auto& ticket =
      tickets_
          .emplace(token, Ticket{.room = room.live->room,
                                 .cookie = "ttwid=1%7C" + random_.hex(16),
                                 .user_agent = request.parameter("user_agent").value_or(""),
                                 .expires = now + ticket_life})
          .first->second;

  const auto millis =
      std::chrono::duration_cast<std::chrono::milliseconds>(world_.wall().time_since_epoch())
          .count();
  webcast::FetchResult result;
  *result.add_messages() = welcome_message(
      {.room = to_integer(room.live->room).value_or(0), .message = millis, .now = world_.wall()});
  result.set_cursor(fmt::format("t-{}_r-1_d-1_u-1_h-1", millis));
  result.set_fetch_interval(1000);
  result.set_now(millis);
  result.set_internal_ext(fmt::format("fetch_time:{}|start_time:0|ack_ids:|flag:0|seq:1", millis));
  result.set_fetch_type(1);
  auto& parameter = *result.add_route_params();
  parameter.set_key("wrss");
  parameter.set_value(token);
  result.set_heartbeat_duration(10'000);
  result.set_push_server(push_server(base_of_(request)));
  result.set_is_first(true);

  http::Response response;
  response.headers.set("Content-Type", "application/protubuf");  // so spelled
  response.headers.set("X-Set-TT-Cookie", ticket.cookie + "; Path=/; Domain=tiktok.com");
  response.headers.set("X-Room-Id", room.live->room);
  response.headers.set("X-Agent-Id", "vigie-sim");
  response.headers.set("X-Request-Id", random_.hex(8));
  response.body = result.SerializeAsString();
  return response;
}

http::Response Signer::limits(bool are_used_up) const {
  constexpr std::int64_t most = 1'000'000;
  const auto left = are_used_up ? 0 : std::max<std::int64_t>(most - signed_, 0);
  const boost::json::object span{{"max", most}, {"remaining", left}, {"reset_at", nullptr}};
  return json_response({{"code", 200},
                        {"message", "Successfully retrieved WEBCAST rate limits!"},
                        {"day", span},
                        {"hour", span},
                        {"minute", span}});
}

std::optional<Ticket> Signer::take(std::string_view token) {
  const auto place = tickets_.find(token);
  if (place == tickets_.end()) {
    return std::nullopt;
  }
  auto ticket = std::move(place->second);
  tickets_.erase(place);
  if (ticket.expires < world_.now()) {
    return std::nullopt;
  }
  return ticket;
}

}  // namespace vigie::sim
