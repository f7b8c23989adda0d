// SPDX-License-Identifier: Apache-2.0
// For the simulator's tests: one running on a context of its own, a hand-turned clock, and a
// client.
#pragma once
#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <string>

#include "async/clock_fake.hpp"
#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "base/json.hpp"
#include "base/random_fake.hpp"
#include "http/client.hpp"
#include "media/flv.hpp"
#include "sim/simulator.hpp"

namespace vigie::sim::testing {

class Rig {
 public:
  explicit Rig(Scenario scenario = {}, SimulatorOptions options = {})
      : log{[](std::string_view) {}, [] { return from_micros(0); }},
        tasks_{io.get_executor(), [](const std::string& name, std::exception_ptr) {
                 ADD_FAILURE() << name << " ended by an exception";
               }} {
    options.scenario = std::move(scenario);
    simulator = create_simulator(io.get_executor(), options, clock, random, log, metrics).value();
    const std::vector ours{simulator->url(), simulator->webcast_url(), simulator->cdn_url(),
                           simulator->move_url()};
    guard = std::make_unique<http::AddressGuard>(ours, std::vector<std::string>{});
    client = http::create_client(io.get_executor(), *guard);
    tasks_.spawn("simulator", simulator->run());
    vigie::testing::settle(io);
  }
  ~Rig() {
    client.reset();
    tasks_.cancel();
    vigie::testing::run(io, tasks_.join());
  }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  Result<http::Response> send(http::ClientRequest request) {
    return vigie::testing::run(io, client->send(std::move(request)));
  }
  http::Response get(const std::string& target) {
    http::ClientRequest request;
    request.url = simulator->url() + target;
    return send(std::move(request)).value();
  }
  http::Response post(const std::string& target, std::string body) {
    http::ClientRequest request;
    request.method = "POST";
    request.url = simulator->url() + target;
    request.body = std::move(body);
    return send(std::move(request)).value();
  }
  json::value get_json(const std::string& target) { return parse(get(target)); }
  static json::value parse(const http::Response& response) {
    return parse_json(response.body, {.bytes = 1U << 20U, .depth = 32}).value();
  }

  json::value api_live(const std::string& user) {
    return get_json("/api-live/user/room/?aid=1988&uniqueId=" + user);
  }
  std::string room_of(const std::string& user) {
    return get_string(api_live(user), "data.user.roomId").value_or("");
  }
  std::string stream_of(const std::string& user, const std::string& quality = "ao") {
    const auto text = get_string(api_live(user), "data.liveRoom.streamData.pull_data.stream_data");
    const auto data = parse_json(text.value_or("")).value();
    return get_string(data, "data." + quality + ".main.flv").value_or("");
  }

  // Runs until every stream has sent what was due and waits for the clock.
  void wait_for_streams() {
    io.restart();
    while (clock.sleepers() < streams && io.run_one() != 0) {
    }
    vigie::testing::settle(io);
  }

  std::size_t streams = 0;  // being watched
  asio::io_context io;
  ManualClock clock;
  SeededRandom random;
  log::Log log;
  metrics::Registry metrics;
  std::unique_ptr<Simulator> simulator;
  std::unique_ptr<http::AddressGuard> guard;
  std::unique_ptr<http::Client> client;

 private:
  TaskGroup tasks_;
};

// Someone watching a stream, reading whatever comes.
class Viewer {
 public:
  // One that is asleep reads nothing before wake().
  Viewer(Rig& rig, const std::string& url, bool is_asleep = false)
      : rig_{rig}, tasks_{rig.io.get_executor(), [](const std::string& name, std::exception_ptr) {
                            ADD_FAILURE() << name << " ended by an exception";
                          }} {
    http::ClientRequest request;
    request.url = url;
    auto opened = vigie::testing::run(rig.io, rig.client->open(std::move(request)));
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().what);
    if (!opened) {
      return;
    }
    stream_ = std::move(*opened);
    status_ = stream_->head().status;
    if (status_ == 200 && !is_asleep) {
      wake();
    }
  }
  ~Viewer() {
    tasks_.cancel();
    vigie::testing::run(rig_.io, tasks_.join());
  }
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  void wake() {
    ++rig_.streams;
    tasks_.spawn("viewer", watch());
  }

  int status() const { return status_; }

  // Turns the clock by steps of 200 ms until count packets of sound have come, or the stream is
  // over.
  void listen(std::size_t count) {
    constexpr int patience = 10'000;
    for (int turn = 0; sound.size() < count && !is_over && turn < patience; ++turn) {
      rig_.wait_for_streams();
      rig_.clock.advance(std::chrono::milliseconds{200});
    }
    rig_.wait_for_streams();
  }

  media::FlvReader reader;
  std::vector<media::FlvAudio> configs;
  std::vector<media::FlvAudio> sound;
  bool is_over = false;

 private:
  Async<> watch() {
    const Leaving leaving{*this};
    while (true) {
      const auto bytes = co_await stream_->read();
      if (!bytes || bytes->empty()) {
        co_return;
      }
      for (auto& tag : reader.feed(*bytes)) {
        (tag.is_config ? configs : sound).push_back(std::move(tag));
      }
    }
  }
  struct Leaving {
    Viewer& viewer;
    explicit Leaving(Viewer& who) : viewer{who} {}
    Leaving(const Leaving&) = delete;
    Leaving& operator=(const Leaving&) = delete;
    ~Leaving() {
      viewer.is_over = true;
      --viewer.rig_.streams;
    }
  };

  Rig& rig_;
  int status_ = 0;
  std::unique_ptr<http::ResponseStream> stream_;
  TaskGroup tasks_;
};

}  // namespace vigie::sim::testing
