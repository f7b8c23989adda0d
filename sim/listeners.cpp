// SPDX-License-Identifier: Apache-2.0
#include "sim/listeners.hpp"

#include <fmt/format.h>

namespace vigie::sim {
namespace {

constexpr std::size_t max_body = 16U << 20U;  // a scenario of ten thousand accounts
constexpr std::size_t most_connections = 10'000;
// Streams are endless: nothing is gained by waiting for them at the end.
constexpr std::chrono::milliseconds stop_grace{100};

std::string named(std::string_view scheme, std::string_view name, std::uint16_t port) {
  const bool is_v6 = name.find(':') != std::string_view::npos && !name.starts_with('[');
  return fmt::format("{}://{}{}{}:{}", scheme, is_v6 ? "[" : "", name, is_v6 ? "]" : "", port);
}

Entrance entrance_of(Host host, std::size_t origin) {
  Entrance entrance{.serves = {}, .origin = origin};
  entrance.serves.at(static_cast<std::size_t>(host)) = true;
  return entrance;
}

// "pull-flv-f1-sim…" is the origin's usual port, "…f2…" its other one.
std::string_view tiktok_name(Host host, std::size_t origin) {
  switch (host) {
    case Host::web:
      return "www.tiktok.com";
    case Host::webcast:
      return "webcast.tiktok.com";
    case Host::cdn:
      break;
  }
  return origin % 2 == 1 ? "pull-flv-f2-sim.tiktokcdn.com" : "pull-flv-f1-sim.tiktokcdn.com";
}

}  // namespace

Result<std::unique_ptr<Listeners>> Listeners::open(const asio::any_io_executor& executor,
                                                   const SimulatorOptions& options,
                                                   EntranceHandler handler, Random& random,
                                                   log::Log& log, metrics::Registry& metrics) {
  auto out = std::make_unique<Listeners>();
  out->handler_ = std::move(handler);
  out->random_ = &random;
  out->log_ = &log;
  out->metrics_ = &metrics;
  out->address_ = options.address;
  out->scheme_ = options.tls ? "https" : "http";
  Entrance web{.serves = {true, !options.webcast_port, !options.cdn_port}, .origin = 0};
  auto opened = out->add(executor, options, options.port, web);
  if (opened && options.webcast_port) {
    opened = out->add(executor, options, *options.webcast_port, entrance_of(Host::webcast, 0));
  }
  if (opened && options.cdn_port) {
    opened = out->add(executor, options, *options.cdn_port, entrance_of(Host::cdn, 0));
  }
  if (opened) {
    opened = out->add(executor, options, options.move_port, entrance_of(Host::cdn, 1));
  }
  if (!opened) {
    return opened.error();
  }
  return out;
}

Result<> Listeners::add(const asio::any_io_executor& executor, const SimulatorOptions& options,
                        std::uint16_t port, const Entrance& entrance) {
  auto door = std::make_unique<Door>();
  http::ServerOptions server{.address = options.address, .port = port};
  server.max_body = max_body;
  server.max_connections = most_connections;
  server.max_connections_per_peer = most_connections;
  server.name = "sim";
  server.tls = options.tls;
  server.stop_grace = stop_grace;
  auto handler = [this, here = door.get()](http::Request request) {
    return handler_(here->entrance, std::move(request));
  };
  auto made = http::create_server(executor, std::move(server), std::move(handler), *random_, *log_,
                                  *metrics_);
  if (!made) {
    return made.error();
  }
  door->server = std::move(*made);
  door->entrance = entrance;
  doors_.push_back(std::move(door));
  return {};
}

Async<> Listeners::run(TaskGroup& tasks) {
  for (std::size_t index = 1; index < doors_.size(); ++index) {
    tasks.spawn("listener", doors_[index]->server->run());
  }
  co_await doors_.front()->server->run();
}

const Listeners::Door& Listeners::door_of(Host host, std::size_t origin) const {
  for (const auto& door : doors_) {
    if (door->entrance.serves.at(static_cast<std::size_t>(host)) &&
        door->entrance.origin == origin % 2) {
      return *door;
    }
  }
  return *doors_.front();
}

std::string Listeners::url(Host host, std::size_t origin) const {
  return named(scheme_, address_, door_of(host, origin).server->port());
}

std::string Listeners::url_for(std::string_view host_field, Host host, std::size_t origin) const {
  if (!is_plain_host(host_field)) {
    return url(host, origin);
  }
  const auto& door = door_of(host, origin);
  const auto colon = host_field.rfind(':');
  const bool has_port = colon != std::string_view::npos && host_field.back() != ']';
  const auto name = host_field.substr(0, has_port ? colon : std::string_view::npos);
  if (host_named(host_field)) {
    const auto port = has_port ? std::string{host_field.substr(colon)} : std::string{};
    return fmt::format("{}://{}{}", scheme_, tiktok_name(host, origin), port);
  }
  // Behind a forwarded port the client's own is the right one, as far as that port serves the host.
  if (&door == doors_.front().get()) {
    return fmt::format("{}://{}", scheme_, host_field);
  }
  return named(scheme_, name, door.server->port());
}

}  // namespace vigie::sim
