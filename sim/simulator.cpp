// SPDX-License-Identifier: Apache-2.0
#include "sim/simulator.hpp"

#include <boost/asio/this_coro.hpp>
#include <exception>

#include "async/task_group.hpp"
#include "base/text.hpp"
#include "sim/controls.hpp"
#include "sim/origin.hpp"
#include "sim/pages.hpp"

namespace vigie::sim {
namespace {

constexpr std::size_t max_body = 16U << 20U;  // a scenario of ten thousand accounts
constexpr std::size_t most_connections = 10'000;
// Streams are endless: nothing is gained by waiting for them at the end.
constexpr std::chrono::milliseconds stop_grace{100};

// What a path is about.
struct Route {
  std::string_view name;  // in the statistics; empty: nothing known
  std::string user;
};

Route route_of(const http::Request& request) {
  auto path = std::string_view{request.path};
  if (path.size() > 1 && path.ends_with('/')) {
    path.remove_suffix(1);
  }
  if (path == "/api-live/user/room") {
    return {.name = "api-live", .user = request.parameter("uniqueId").value_or("")};
  }
  if (path == "/webcast/room/check_alive") {
    return {.name = "check_alive", .user = {}};
  }
  if (path == "/webcast/room/info") {
    return {.name = "room_info", .user = {}};
  }
  if (path.starts_with("/embed/@")) {
    return {.name = "embed", .user = std::string{path.substr(8)}};
  }
  if (path == "/oembed") {
    const auto url = request.parameter("url").value_or("");
    const auto at = url.rfind("/@");
    return {.name = "oembed", .user = at == std::string::npos ? "" : url.substr(at + 2)};
  }
  if (path.starts_with("/@")) {
    const auto name = path.substr(2);
    const bool is_live_page = name.ends_with("/live");
    return {.name = is_live_page ? "live_page" : "profile",
            .user = std::string{is_live_page ? name.substr(0, name.size() - 5) : name}};
  }
  return {};
}

// The marks of the pages by which TikTok refuses plain clients (protocol notes §2), and no more.
http::Response captcha_page() {
  return html_response(
      "<!DOCTYPE html><html><head><title>tiktok-verify-page</title></head><body>"
      "<div id=\"captcha_container\" class=\"captcha\">Verify to continue</div></body></html>");
}
http::Response waf_page() {
  auto response = html_response(
      "<!DOCTYPE html><html><head><script id=\"slardar-config\" type=\"application/json\">"
      "{\"slardarClient\":\"SlardarWAF\",\"bid\":\"slardar_us_waf\"}</script></head><body>Please "
      "wait..."
      "<p id=\"wci\" class=\"_wafchallengeid\"></p><p id=\"rci\" "
      "class=\"waforiginalreid\"></p></body></html>");
  response.headers.set("x-tt-system-error", "3");
  return response;
}

bool is_plain_host(std::string_view host) {
  return !host.empty() && host.size() <= 255 && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']' || c == '_';
  });
}

class TheSimulator final : public Simulator {
 public:
  TheSimulator(const asio::any_io_executor& executor, const SimulatorOptions& options, Clock& clock,
               Random& random, log::Log& log)
      : clock_{clock},
        random_{random},
        log_{log},
        workers_{"sim sound", 1},
        tasks_{executor,
               [this](const std::string& name, std::exception_ptr why) { report(name, why); }},
        sounds_{executor, workers_, tasks_, log},
        world_{clock, random},
        llm_{clock, random},
        origin_{world_, sounds_, faults_, stats_, clock, random},
        controls_{world_, sounds_, faults_, llm_, stats_, options.sound_folder} {
    address_ = options.address;
  }

  Result<> begin(const asio::any_io_executor& executor, const SimulatorOptions& options,
                 metrics::Registry& metrics) {
    http::ServerOptions server{.address = options.address, .port = options.port};
    server.max_body = max_body;
    server.max_connections = most_connections;
    server.max_connections_per_peer = most_connections;
    server.name = "sim";
    server.stop_grace = stop_grace;
    auto handler = [this](http::Request request) { return answer(std::move(request)); };
    auto made = http::create_server(executor, std::move(server), std::move(handler), random_, log_,
                                    metrics);
    if (!made) {
      return made.error();
    }
    server_ = std::move(*made);
    scenario_ = options.scenario;
    return {};
  }

  std::uint16_t port() const override { return server_->port(); }

  Async<> run() override {
    controls_.play(built_in_scenario());
    controls_.play(scenario_);
    std::exception_ptr stopped;
    try {
      co_await server_->run();
    } catch (...) {
      stopped = std::current_exception();
    }
    // The cancellation is being obeyed: joining must not be cut by it.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    tasks_.cancel();
    co_await tasks_.join();
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    if (stopped) {
      std::rethrow_exception(stopped);
    }
  }

 private:
  void report(const std::string& name, const std::exception_ptr& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      log_.error("a task of the simulator failed",
                 {{"task", name}, {"why", std::string{error.what()}}});
    }
  }

  Async<http::Answer> answer(http::Request request) {
    if (request.path.starts_with("/__sim/")) {
      co_return co_await controls_.answer(std::move(request));
    }
    if (request.path.starts_with("/openai/")) {
      stats_.request("llm");
      co_return co_await llm_.answer(std::move(request));
    }
    if (request.path.starts_with("/stream/")) {
      co_return answer_stream(request);
    }
    auto route = route_of(request);
    if (route.name.empty()) {
      http::Response response =
          html_response("<!DOCTYPE html><title>vigie-sim: no such page</title>", 404);
      co_return response;
    }
    auto page = answer_page(request, route);
    co_return page;
  }

  http::Answer answer_stream(const http::Request& request) {
    const auto name = std::string_view{request.path}.substr(std::string_view{"/stream/"}.size());
    const auto found = world_.find_room(name.substr(0, name.find('_')));
    const auto fault = faults_.at(found ? found->live->username : "", world_.now());
    // The origins are other hosts than the pages: captcha, WAF and the like are not seen there.
    switch (fault.mode) {
      case Mode::http_429:
      case Mode::http_500:
      case Mode::reset:
        stats_.request("flv");
        stats_.of_user("flv", found ? found->live->username : "");
        return misbehave(fault);
      case Mode::ok:
      case Mode::captcha:
      case Mode::waf:
      case Mode::garbage:
      case Mode::empty:
      case Mode::slow:
      case Mode::poison:
        break;
    }
    return origin_.answer(request);
  }

  http::Answer answer_page(const http::Request& request, Route& route) {
    stats_.request(route.name);
    std::vector<std::string> rooms;
    if (route.name == "check_alive" || route.name == "room_info") {
      rooms = rooms_of(request, route);
    } else {
      stats_.of_user(route.name, route.user);
    }
    const auto fault = faults_.at(route.user, world_.now());
    if (fault.mode == Mode::slow) {
      return slowly(page(request, route, rooms, false));
    }
    if (fault.mode != Mode::ok && fault.mode != Mode::poison) {
      return misbehave(fault);
    }
    return page(request, route, rooms, fault.mode == Mode::poison);
  }

  // The rooms asked about; the account of the first known one becomes the route's user.
  std::vector<std::string> rooms_of(const http::Request& request, Route& route) {
    constexpr std::size_t most_rooms = 1000;
    std::vector<std::string> rooms;
    const auto text =
        request.parameter(route.name == "room_info" ? "room_id" : "room_ids").value_or("");
    for (const auto room : split(text, ',')) {
      if (room.empty() || rooms.size() >= most_rooms) {
        continue;
      }
      rooms.emplace_back(trim(room));
      if (const auto found = world_.find_room(rooms.back())) {
        stats_.of_user(route.name, found->live->username);
        route.user = route.user.empty() ? found->live->username : route.user;
      }
    }
    return rooms;
  }

  http::Response page(const http::Request& request, const Route& route,
                      const std::vector<std::string>& rooms, bool is_poisoned) {
    const auto context = context_of(request);
    const auto* account = world_.find(route.user);
    const bool has_aid = request.parameter("aid").has_value();
    if (route.name == "api-live") {
      return !has_aid || route.user.empty() ? api_live_params_error(context)
                                            : api_live_page(context, account);
    }
    if (route.name == "check_alive") {
      return check_alive_page(context, rooms, is_poisoned);
    }
    if (route.name == "room_info") {
      return room_info_page(context,
                            rooms.empty() ? std::nullopt : world_.find_room(rooms.front()));
    }
    if (route.name == "embed") {
      return embed_page(account, route.user);
    }
    if (route.name == "oembed") {
      return oembed_page(context, account);
    }
    return route.name == "live_page" ? live_page(context, account) : profile_page(context, account);
  }

  PageContext context_of(const http::Request& request) {
    const auto host = request.headers.get("host");
    auto base = is_plain_host(host) ? "http://" + std::string{host} : url();
    auto address = [this, base](const Live& live, std::string_view quality) {
      return origin_.address(base, live, quality);
    };
    // As TikTok's: the moment to the second, then random digits.
    const auto moment = to_rfc3339(clock_.now());
    std::string log_id;
    for (const char c : std::string_view{moment}.substr(0, 19)) {
      if (c >= '0' && c <= '9') {
        log_id += c;
      }
    }
    return PageContext{.world = world_,
                       .log_id = log_id + random_.hex(10),
                       .base = base,
                       .address = std::move(address)};
  }

  http::Answer misbehave(const Fault& fault) {
    http::Response response;
    switch (fault.mode) {
      case Mode::http_429:
        response.status = 429;
        response.headers.set("Retry-After", std::to_string(fault.retry_after.count()));
        return response;
      case Mode::http_500:
        return html_response("<!DOCTYPE html><title>Internal error</title>", 500);
      case Mode::captcha:
        return captcha_page();
      case Mode::waf:
        return waf_page();
      case Mode::garbage:
        response.headers.set("Content-Type", "application/json; charset=utf-8");
        response.body.resize(2000);
        random_.fill({static_cast<std::uint8_t*>(static_cast<void*>(response.body.data())),
                      response.body.size()});
        return response;
      case Mode::reset:
        return http::Reset{};
      case Mode::empty:
      case Mode::ok:
      case Mode::slow:
      case Mode::poison:
        break;
    }
    return response;
  }

  // One byte a second.
  http::Answer slowly(http::Response response) {
    http::Streamed streamed;
    streamed.body = [this, body = std::exchange(response.body, {})](http::BodyWriter& writer) {
      return drip(body, writer);
    };
    streamed.head = std::move(response);
    return streamed;
  }
  Async<> drip(std::string body, http::BodyWriter& writer) {
    const std::string_view rest{body};
    for (std::size_t at = 0; at < body.size(); ++at) {
      const auto byte = rest.substr(at, 1);
      const auto written = co_await writer.write(byte);
      if (!written) {
        co_return;
      }
      const Span between_bytes = std::chrono::seconds{1};
      co_await clock_.sleep(between_bytes);
    }
  }

  Clock& clock_;
  Random& random_;
  log::Log& log_;
  WorkerPool workers_;
  TaskGroup tasks_;
  SoundBank sounds_;
  World world_;
  Faults faults_;
  Stats stats_;
  FakeLlm llm_;
  Origin origin_;
  Controls controls_;
  Scenario scenario_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace

std::string Simulator::url() const {
  const bool is_v6 = address_.find(':') != std::string::npos;
  return fmt::format("http://{}{}{}:{}", is_v6 ? "[" : "", address_, is_v6 ? "]" : "", port());
}

Result<std::unique_ptr<Simulator>> create_simulator(const asio::any_io_executor& executor,
                                                    SimulatorOptions options, Clock& clock,
                                                    Random& random, log::Log& log,
                                                    metrics::Registry& metrics) {
  auto simulator = std::make_unique<TheSimulator>(executor, options, clock, random, log);
  const auto begun = simulator->begin(executor, options, metrics);
  if (!begun) {
    return begun.error();
  }
  return std::unique_ptr<Simulator>{std::move(simulator)};
}

}  // namespace vigie::sim
