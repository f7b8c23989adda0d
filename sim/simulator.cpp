// SPDX-License-Identifier: Apache-2.0
#include "sim/simulator.hpp"

#include <boost/asio/this_coro.hpp>
#include <exception>

#include "async/task_group.hpp"
#include "base/text.hpp"
#include "sim/controls.hpp"
#include "sim/listeners.hpp"
#include "sim/misbehave.hpp"
#include "sim/origin.hpp"
#include "sim/pages.hpp"
#include "sim/webcast.hpp"

namespace vigie::sim {
namespace {

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
        stats_{clock},
        llm_{clock, random},
        origin_{world_, sounds_, faults_, stats_, clock, random},
        controls_{world_, sounds_, faults_, llm_, stats_, options.sound_folder},
        webcast_{executor,
                 tasks_,
                 clock,
                 world_,
                 faults_,
                 stats_,
                 random,
                 [this](const http::Request& request) {
                   return listeners_->url_for(request.headers.get("host"), Host::webcast);
                 }},
        scenario_{options.scenario} {
    plugins_.push_back(&webcast_);
    controls_.add(webcast_);
  }

  Result<> begin(const asio::any_io_executor& executor, const SimulatorOptions& options,
                 metrics::Registry& metrics) {
    auto handler = [this](const Entrance& entrance, http::Request request) {
      return answer(entrance, std::move(request));
    };
    auto opened = Listeners::open(executor, options, std::move(handler), random_, log_, metrics);
    if (!opened) {
      return opened.error();
    }
    listeners_ = std::move(*opened);
    return {};
  }

  std::uint16_t port() const override { return listeners_->port(); }
  std::string url() const override { return listeners_->url(Host::web); }
  std::string webcast_url() const override { return listeners_->url(Host::webcast); }
  std::string cdn_url() const override { return listeners_->url(Host::cdn); }
  std::string move_url() const override { return listeners_->url(Host::cdn, 1); }

  Async<> run() override {
    controls_.play(built_in_scenario());
    controls_.play(scenario_);
    std::exception_ptr stopped;
    try {
      co_await listeners_->run(tasks_);
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

  // entrance is a listener's own and outlives every answer.
  Async<http::Answer> answer(const Entrance& entrance, http::Request request) {
    if (request.path.starts_with("/__sim/")) {
      co_return co_await controls_.answer(std::move(request));
    }
    if (request.path.starts_with("/openai/")) {
      co_return co_await answer_llm(std::move(request));
    }
    for (auto* plugin : plugins_) {
      if (plugin->serves(request.path)) {
        co_return co_await plugin->answer(std::move(request));
      }
    }
    const auto named = host_named(request.headers.get("host"));
    const bool is_stream = request.path.starts_with("/stream/");
    auto route = is_stream ? origin_.route_of(request) : route_of(request);
    const bool is_here = entrance.serves.at(static_cast<std::size_t>(route.host)) &&
                         (!named || *named == route.host);
    if (route.name.empty() || !is_here) {
      http::Response response =
          html_response("<!DOCTYPE html><title>vigie-sim: no such page</title>", 404);
      co_return response;
    }
    if (is_stream) {
      const auto origin = named ? origin_named(request.headers.get("host")) : entrance.origin;
      co_return co_await answer_stream(std::move(request), std::move(route), origin);
    }
    auto page = answer_page(request, route);
    co_return page;
  }

  // The fake model is no host of TikTok's: it is counted by its route alone.
  Async<http::Answer> answer_llm(http::Request request) {
    stats_.request("llm", std::nullopt);
    co_return co_await llm_.answer(std::move(request));
  }

  Async<http::Answer> answer_stream(http::Request request, Route route, std::size_t origin) {
    stats_.request(route.name, Host::cdn);
    stats_.of_user(route.name, route.user);
    const auto fault = faults_.take(route.user, route.name, world_.now());
    const auto base = listeners_->url_for(request.headers.get("host"), Host::web);
    // The origins are other hosts than the pages: what only pages do is done when asked for by
    // name. A stream that has begun gets slow or garbled by itself (Origin).
    const bool is_endless =
        route.name == "flv" &&
        (fault.mode == Mode::slow || fault.mode == Mode::garbage || fault.mode == Mode::truncated);
    if (fault.mode != Mode::ok && !is_endless &&
        (fault.names_route || is_of_any_host(fault.mode))) {
      http::Response nothing;
      co_return misbehave(fault, route, std::move(nothing), base, clock_, random_);
    }
    co_return co_await origin_.answer(std::move(request), origin);
  }

  http::Answer answer_page(const http::Request& request, Route& route) {
    stats_.request(route.name, route.host);
    const auto rooms = rooms_of(request, route);
    if (rooms.empty()) {
      stats_.of_user(route.name, route.user);
    }
    const auto context = context_of(request);
    if (route.name == "login") {
      return login_page();
    }
    const auto fault = faults_.take(route.user, route.name, world_.now());
    return misbehave(fault, route, page(request, context, route, rooms, fault.mode), context.base,
                     clock_, random_);
  }

  // The rooms asked about; the account of the first known one becomes the route's user.
  std::vector<std::string> rooms_of(const http::Request& request, Route& route) {
    constexpr std::size_t most_rooms = 1000;
    const auto parameter = room_parameter(route.name);
    if (parameter.empty()) {
      return {};
    }
    std::vector<std::string> rooms;
    const auto text = parameter_of(request, parameter).value_or("");
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

  http::Response page(const http::Request& request, const PageContext& context, const Route& route,
                      const std::vector<std::string>& rooms, Mode mode) {
    const auto* account = world_.find(route.user);
    const auto name = route.name;
    const auto room = rooms.empty() ? std::nullopt : world_.find_room(rooms.front());
    if (name == "api-live") {
      const bool is_asked = request.parameter("aid").has_value() && !route.user.empty();
      return is_asked && mode != Mode::params_error ? api_live_page(context, account)
                                                    : api_live_params_error(context);
    }
    if (mode == Mode::params_error) {
      return room_params_error(context);
    }
    if (name == "check_alive") {
      return check_alive_page(context, rooms, mode == Mode::poison);
    }
    if (name == "room_info" || name == "room_enter") {
      return room_info_page(context, room);
    }
    if (name == "room_info_by_user") {
      return room_info_by_user_page(context, account);
    }
    if (name == "live_detail") {
      return live_detail_page(context, room);
    }
    if (name == "embed") {
      return embed_page(account, route.user);
    }
    if (name == "oembed") {
      return oembed_page(context, account);
    }
    return name == "live_page" ? live_page(context, account) : profile_page(context, account);
  }

  PageContext context_of(const http::Request& request) {
    const std::string host{request.headers.get("host")};
    auto origin = [this, host](const Live& live) {
      return listeners_->url_for(host, Host::cdn, live.origin_generation(world_.now()) % 2);
    };
    auto address = [this, origin](const Live& live, std::string_view quality) {
      return origin_.address(origin(live), live, quality);
    };
    auto playlist = [this, origin](const Live& live, std::string_view quality) {
      return origin_.playlist(origin(live), live, quality);
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
                       .base = listeners_->url_for(host, Host::web),
                       .address = std::move(address),
                       .playlist = std::move(playlist)};
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
  Webcast webcast_;
  std::vector<Plugin*> plugins_;  // asked in this order; told to controls_ too
  Scenario scenario_;
  std::unique_ptr<Listeners> listeners_;
};

}  // namespace

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
